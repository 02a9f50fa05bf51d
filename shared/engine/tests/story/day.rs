//! The test day: set up, a client, a visit, lock, and everything is there.

use dossier::edit::{CorrectionInput, Edit, ProfileInput, VisitField};
use dossier::id::{ClientId, EntryId};
use engine::command::{ClientFilter, Command, Failure, Reply, Status};

use super::tablet::{
    DAY, MINUTE, MORNING, PASSPHRASE, Tablet, caregiver, failure, janssen, name, passport,
    this_morning, with_bsn,
};

#[test]
fn a_day_with_one_client() {
    let mut tablet = Tablet::new(1);
    assert_eq!(tablet.status(), Status::Empty);
    assert!(matches!(tablet.set_up(), Reply::Open));
    let client = tablet.create_client(&janssen());
    let visit = tablet.sign(client, &this_morning("Geholpen met douchen"));
    assert_eq!(tablet.visits(client).rows.len(), 1);

    tablet.lock();
    assert!(matches!(
        tablet.status(),
        Status::Locked { wait_until: 0, .. }
    ));
    assert_eq!(
        failure(tablet.ask(Command::Client { client })),
        Failure::Locked
    );

    tablet.restart_and_unlock();
    assert_eq!(tablet.names(), ["Janssen"]);
    let view = tablet.visit(client, visit);
    assert_eq!(view.done, "Geholpen met douchen");
    assert_eq!(view.performer, "Marijke van der Veen");
    assert_eq!(tablet.client(client).years, [2026]);
    assert!(tablet.unreadable().is_empty());
    assert!(matches!(
        tablet.status(),
        Status::Open {
            clock_behind_ms: 0,
            ..
        }
    ));
}

#[test]
fn a_setup_left_halfway_leaves_nothing() {
    let mut tablet = Tablet::new(2);
    assert!(matches!(
        tablet.ask(Command::BeginSetup),
        Reply::RecoveryCode { .. }
    ));
    assert!(tablet.disk.dump().is_empty());
    tablet.restart();
    assert_eq!(tablet.status(), Status::Empty);
    let groups = [(1, "AAAA".to_owned()), (2, "BBBB".to_owned())];
    let finish = Command::FinishSetup {
        profile: caregiver(),
        passphrase: PASSPHRASE.into(),
        groups,
    };
    assert_eq!(failure(tablet.ask(finish)), Failure::NoVault);
    assert!(tablet.disk.dump().is_empty());
}

#[test]
fn a_setup_refuses_wrong_groups_weak_passphrases_and_empty_names_and_goes_on() {
    let mut tablet = Tablet::new(3);
    let Reply::RecoveryCode { groups, ask } = tablet.ask(Command::BeginSetup) else {
        panic!()
    };
    assert_eq!(groups.len(), 7);
    assert_ne!(ask[0], ask[1]);
    let right = ask.map(|number| (number, groups[usize::from(number) - 1].to_lowercase()));
    let mut wrong = right.clone();
    wrong[1].1 = "????".into();
    let finish = |profile: ProfileInput, passphrase: &str, groups: &[(u8, String); 2]| {
        Command::FinishSetup {
            profile,
            passphrase: passphrase.into(),
            groups: groups.clone(),
        }
    };
    let reply = tablet.ask(finish(caregiver(), PASSPHRASE, &wrong));
    assert_eq!(failure(reply), Failure::RecoveryGroup { number: ask[1] });
    for weak in ["kort", "wachtwoord123", "            "] {
        assert_eq!(
            failure(tablet.ask(finish(caregiver(), weak, &right))),
            Failure::WeakPassphrase,
            "{weak}"
        );
    }
    let nameless = ProfileInput {
        name: " ".into(),
        ..caregiver()
    };
    assert!(matches!(
        tablet.ask(finish(nameless, PASSPHRASE, &right)),
        Reply::Refused(_)
    ));
    assert!(tablet.disk.dump().is_empty());
    assert!(matches!(
        tablet.ask(finish(caregiver(), PASSPHRASE, &right)),
        Reply::Open
    ));
    assert_eq!(failure(tablet.ask(Command::BeginSetup)), Failure::Exists);
    tablet.restart();
    assert_eq!(failure(tablet.ask(Command::BeginSetup)), Failure::Exists);
    tablet.unlock();
    let Reply::Profile(profile) = tablet.ask(Command::Profile) else {
        panic!()
    };
    assert_eq!(profile.name, "Marijke van der Veen");
}

#[test]
fn a_client_with_a_bsn_is_identified_before_the_first_visit() {
    let mut tablet = Tablet::with_vault(4);
    let client = tablet.create_client(&with_bsn());
    let early = Edit::SignVisit {
        client,
        visit: EntryId(tablet.fresh()),
        input: Box::new(this_morning("Wond verzorgd")),
    };
    assert!(matches!(tablet.edit(early.clone()), Reply::Refused(_)));
    let Reply::Today(today) = tablet.ask(Command::Today) else {
        panic!()
    };
    assert_eq!(today.tasks.len(), 1);
    tablet.save(Edit::EstablishIdentity {
        client,
        input: passport(),
    });
    tablet.save(early);
    tablet.restart_and_unlock();
    let Reply::Today(today) = tablet.ask(Command::Today) else {
        panic!()
    };
    assert!(today.tasks.is_empty());
    let view = tablet.client(client);
    assert!(
        view.bsn_masked
            .is_some_and(|masked| !masked.contains("111222333"))
    );
    assert!(
        matches!(tablet.ask(Command::RevealBsn { client }), Reply::Bsn(bsn) if bsn == "111222333")
    );
}

#[test]
fn a_planning_change_keeps_the_identity_on_the_row() {
    let mut tablet = Tablet::with_vault(5);
    let client = tablet.create_client(&with_bsn());
    tablet.save(Edit::EstablishIdentity {
        client,
        input: passport(),
    });
    let planning = EntryId(tablet.fresh());
    let input = dossier::edit::PlanningInput {
        weekdays: vec![1, 5],
        time: "9:00".into(),
        minutes: "45".into(),
        from: "20-11-2026".into(),
        until: String::new(),
    };
    tablet.save(Edit::AddPlanning {
        client,
        planning,
        input,
    });
    for _ in 0..2 {
        let Reply::Today(today) = tablet.ask(Command::Today) else {
            panic!()
        };
        assert!(today.tasks.is_empty());
        assert_eq!(today.visits.len(), 1);
        tablet.restart_and_unlock();
    }
}

#[test]
fn pressing_twice_signs_once_and_a_correction_keeps_the_old_text() {
    let (mut tablet, client) = Tablet::with_client(6);
    let visit = EntryId(tablet.fresh());
    let edit = Edit::SignVisit {
        client,
        visit,
        input: Box::new(this_morning("Medicatie aangereikt")),
    };
    tablet.save(edit.clone());
    let records = tablet.disk.dump().len();
    tablet.save(edit);
    assert_eq!(tablet.disk.dump().len(), records);
    assert_eq!(tablet.visits(client).rows.len(), 1);

    let input = CorrectionInput {
        field: VisitField::Result,
        text: "Duizelig na opstaan".into(),
        reason: "Verkeerd ingevuld".into(),
        is_client_request: false,
    };
    let (correction, addition) = (EntryId(tablet.fresh()), EntryId(tablet.fresh()));
    tablet.save(Edit::CorrectVisit {
        client,
        visit,
        correction,
        input,
    });
    let text = "Dochter gebeld".into();
    tablet.save(Edit::AddToVisit {
        client,
        visit,
        addition,
        text,
    });
    tablet.restart_and_unlock();
    let view = tablet.visit(client, visit);
    assert_eq!(view.result, "Duizelig na opstaan");
    assert_eq!(view.corrections[0].earlier, "Geen bijzonderheden");
    assert_eq!(view.additions[0].text, "Dochter gebeld");
}

#[test]
fn actions_of_the_last_visit_are_offered_also_after_new_year() {
    let (mut tablet, client) = Tablet::with_client(7);
    let Reply::LastVisit(none) = tablet.ask(Command::LastVisit { client }) else {
        panic!()
    };
    assert!(none.is_none());
    tablet.sign(client, &this_morning("Geholpen met douchen"));
    tablet.now += 60 * DAY;
    tablet.restart_and_unlock();
    let Reply::LastVisit(Some(last)) = tablet.ask(Command::LastVisit { client }) else {
        panic!()
    };
    assert_eq!(last.actions, ["Geholpen met douchen"]);
    tablet.sign(
        client,
        &super::tablet::visit_at("10-1-2027", "8:00", "8:30", "Steunkousen"),
    );
    let whole = tablet.visits(client);
    assert_eq!((whole.years, whole.year), (vec![2027, 2026], 2027));
    let Reply::Visits(newest) = tablet.ask(Command::NewestVisits { client, count: 3 }) else {
        panic!("no visits");
    };
    assert_eq!((newest.year, newest.rows), (2027, whole.rows));
}

#[test]
fn a_client_that_does_not_exist_is_not_found() {
    let mut tablet = Tablet::with_vault(8);
    let client = ClientId([7; 16]);
    let visit = EntryId([7; 16]);
    for command in [
        Command::Client { client },
        Command::RevealBsn { client },
        Command::Visits { client, year: None },
        Command::Visit {
            client,
            year: 2026,
            visit,
        },
        Command::LastVisit { client },
    ] {
        assert_eq!(failure(tablet.ask(command)), Failure::NotFound);
    }
    let edit = Edit::SignVisit {
        client,
        visit,
        input: Box::new(this_morning("Niets")),
    };
    assert!(matches!(tablet.edit(edit), Reply::Refused(_)));
}

#[test]
fn a_clock_set_back_a_day_is_warned_of_and_nothing_is_lost() {
    let (mut tablet, client) = Tablet::with_client(9);
    tablet.sign(client, &this_morning("Geholpen met douchen"));
    let before = tablet.now;
    tablet.now = before - 9 * MINUTE;
    assert!(matches!(
        tablet.status(),
        Status::Open {
            clock_behind_ms: 0,
            ..
        }
    ));
    tablet.now = before - DAY;
    tablet.restart_and_unlock();
    let Status::Open {
        clock_behind_ms, ..
    } = tablet.status()
    else {
        panic!()
    };
    assert!(
        (DAY - MINUTE..=DAY).contains(&clock_behind_ms),
        "{clock_behind_ms}"
    );
    let visit = tablet.sign(
        client,
        &super::tablet::visit_at("19-11-2026", "8:00", "8:20", "Steunkousen"),
    );
    assert_eq!(tablet.visits(client).rows.len(), 2);
    tablet.now = MORNING + DAY;
    tablet.restart_and_unlock();
    assert!(matches!(
        tablet.status(),
        Status::Open {
            clock_behind_ms: 0,
            ..
        }
    ));
    assert_eq!(tablet.visits(client).rows.len(), 2);
    assert_eq!(tablet.visit(client, visit).done, "Steunkousen");
    assert!(!tablet.audit().is_empty());
}

#[test]
fn the_list_finds_clients_and_hides_closed_ones() {
    let (mut tablet, _) = Tablet::with_client(10);
    let mut other = janssen();
    other.last_name = "’t Hooft-Ümit".into();
    tablet.create_client(&other);
    for (query, found) in [("umit", 1), ("hooft", 1), ("greet", 2), ("pietersen", 0)] {
        let reply = tablet.ask(Command::Clients {
            query: query.into(),
            filter: ClientFilter::All,
        });
        let Reply::Clients(hits) = reply else {
            panic!("{}", name(&reply))
        };
        assert_eq!(hits.len(), found, "{query}");
    }
    let reply = tablet.ask(Command::Clients {
        query: String::new(),
        filter: ClientFilter::Closed,
    });
    assert!(matches!(reply, Reply::Clients(hits) if hits.is_empty()));
}
