//! A device that fills: what comes is stored first, then brought into its documents, the clients of today before others.

mod journal;

use std::collections::BTreeSet;

use dossier::edit::{ClientField, ClientInput, Edit, PlanningInput, ProfileInput};
use dossier::id::{ClientId, EntryId};
use dossier::view::ClientRow;
use engine::command::{ClientFilter, Command, Failure, Reply};
use engine::store::faulty::{Counted, Fault};
use engine::store::{StoreError, StoreName};
use engine::sync::{Done, Work};
use protocol::AccountSeq;

use super::draft::visit_draft;
use super::hub::{Hub, seen};
use super::tablet::{DAY, MINUTE, Tablet, caregiver, failure, janssen, this_morning, visit_at};

/// More than are brought in at once.
const CLIENTS: usize = 30;
/// Records that are handed over at once.
const PAGE: usize = 64;

/// A tablet with clients made one after the other, all of them yesterday, and a new laptop.
struct Story {
    tablet: Tablet,
    laptop: Tablet,
    hub: Hub,
    clients: Vec<ClientId>,
}

fn story(seed: u64, count: usize) -> Story {
    let mut tablet = Tablet::with_vault(seed);
    let mut clients = Vec::new();
    for number in 0..count {
        let input = ClientInput {
            last_name: format!("Janssen {number:02}"),
            ..janssen()
        };
        clients.push(tablet.create_client(&input));
        tablet.now += MINUTE;
    }
    tablet.now += DAY;
    let laptop = tablet.add_tablet(seed + 100);
    let mut hub = Hub::default();
    hub.push(&mut tablet);
    Story {
        tablet,
        laptop,
        hub,
        clients,
    }
}

impl Story {
    /// The laptop stores all there is, and no more.
    fn store(&mut self) {
        self.hub.push(&mut self.tablet);
        let cursor = self.laptop.standing().cursor;
        for page in self.hub.after(cursor).chunks(PAGE) {
            self.laptop.store_records(page.to_vec());
        }
        self.laptop.now = self.tablet.now;
    }

    fn finish(&mut self) {
        while self.laptop.standing().behind_count > 0 {
            catch_up(&mut self.laptop);
        }
    }

    fn assert_same(&mut self) {
        for client in self.clients.clone() {
            let (one, other) = (&mut self.tablet, &mut self.laptop);
            assert_eq!(seen(one, client), seen(other, client));
        }
        assert_eq!(self.tablet.names(), self.laptop.names());
        assert!(self.laptop.unreadable().is_empty());
        self.laptop.audit();
    }
}

fn catch_up(tablet: &mut Tablet) -> usize {
    match tablet.sync(Work::CatchUp) {
        Done::CaughtUp(caught) => caught.record_count,
        other => panic!("{other:?}"),
    }
}

/// Clients in the list.
fn listed(tablet: &mut Tablet) -> BTreeSet<ClientId> {
    rows(tablet).into_iter().map(|row| row.id).collect()
}

fn rows(tablet: &mut Tablet) -> Vec<ClientRow> {
    let query = Command::Clients {
        query: String::new(),
        filter: ClientFilter::All,
    };
    match tablet.ask(query) {
        Reply::Clients(hits) => hits.into_iter().map(|hit| hit.row).collect(),
        other => panic!("{}", super::tablet::name(&other)),
    }
}

#[test]
fn clients_of_today_are_there_first_with_their_visits() {
    let mut story = story(1, CLIENTS);
    let today = story.clients[3];
    let drafted = story.clients[5];
    story
        .tablet
        .sign(today, &visit_at("21-11-2026", "8:00", "8:45", "Vandaag"));
    let visit = EntryId([7; 16]);
    story
        .tablet
        .save_draft(None, visit_draft(drafted, visit, "Geh"));
    story.store();
    let Done::Drafts(drafts) = story.tablet.sync(Work::ReadDrafts) else {
        panic!();
    };
    let is_all = false;
    story.laptop.sync(Work::TakeDrafts { drafts, is_all });
    assert!(listed(&mut story.laptop).is_empty());
    catch_up(&mut story.laptop);
    let first = listed(&mut story.laptop);
    assert!(first.len() < CLIENTS / 2, "{} at once", first.len());
    assert!(first.contains(&today) && first.contains(&drafted));
    assert_eq!(story.laptop.visits(today).rows.len(), 1);
    let mut order = vec![first.clone()];
    while story.laptop.standing().behind_count > 0 {
        assert!(catch_up(&mut story.laptop) > 0);
        order.push(listed(&mut story.laptop));
    }
    // Of the others, those made last come first.
    for now in &order {
        let others = story
            .clients
            .iter()
            .filter(|of| **of != today && **of != drafted);
        let here: Vec<bool> = others.map(|of| now.contains(of)).collect();
        assert!(here.is_sorted(), "{here:?}");
    }
    assert!(order.len() > 2 && order.last().unwrap().len() == CLIENTS);
    story.assert_same();
}

/// Who has a visit today is known before any journal is brought in, also of a client nobody wrote of lately.
#[test]
fn a_client_planned_today_comes_before_those_written_in_since() {
    let mut story = story(16, CLIENTS);
    let planned = story.clients[0];
    let planning = EntryId(story.tablet.fresh());
    story.tablet.save(Edit::AddPlanning {
        client: planned,
        planning,
        input: PlanningInput {
            weekdays: vec![6],
            time: "16:00".into(),
            minutes: "30".into(),
            from: "20-11-2026".into(),
            until: String::new(),
        },
    });
    for client in story.clients.clone() {
        let visit = visit_at("21-11-2026", "8:00", "8:45", "Vandaag");
        story.tablet.sign(client, &visit);
        story.tablet.now += MINUTE;
    }
    story.store();
    let mut step_count = 0;
    loop {
        assert!(catch_up(&mut story.laptop) > 0);
        step_count += 1;
        let rows = rows(&mut story.laptop);
        let written = rows.iter().filter(|row| row.last_visit_at.is_some());
        let written: Vec<_> = written.map(|row| row.id).collect();
        assert!(written.is_empty() || written.contains(&planned));
        assert!(written.len() <= 1 || rows.len() == CLIENTS);
        if written.contains(&planned) {
            break;
        }
    }
    let Reply::Today(today) = story.laptop.ask(Command::Today) else {
        panic!()
    };
    assert_eq!(today.visits.len(), 1);
    assert!(step_count > 1, "all at once");
    story.finish();
    story.assert_same();
}

#[test]
fn a_client_that_is_opened_half_way_shows_all_that_is_stored_of_it() {
    let mut story = story(2, 3);
    let client = story.clients[0];
    story
        .tablet
        .sign(client, &visit_at("21-11-2026", "8:00", "8:45", "Eerste"));
    story.store();
    let before = story.laptop.standing();
    assert!(!story.laptop.vault.take_news());
    assert_eq!(
        seen(&mut story.tablet, client),
        seen(&mut story.laptop, client)
    );
    assert!(story.laptop.vault.take_news(), "other views may be old");
    seen(&mut story.laptop, client);
    assert!(!story.laptop.vault.take_news());
    let after = story.laptop.standing();
    assert!(after.behind_count > 0 && after.behind_count < before.behind_count);
    assert_eq!(listed(&mut story.laptop), BTreeSet::from([client]));
    assert!(matches!(
        story.laptop.ask(Command::Profile),
        Reply::Profile(_)
    ));
    story.laptop.restart_and_unlock();
    assert_eq!(story.laptop.standing().behind_count, after.behind_count - 1);
    story.finish();
    story.assert_same();
}

#[test]
fn an_edit_of_a_client_that_is_behind_converges() {
    let mut story = story(3, 3);
    let [one, other, _] = story.clients[..] else {
        panic!();
    };
    story
        .tablet
        .sign(one, &visit_at("21-11-2026", "8:00", "8:45", "Tablet"));
    story.store();
    story
        .laptop
        .sign(one, &visit_at("21-11-2026", "9:00", "9:45", "Laptop"));
    story.laptop.save(Edit::ChangeClient {
        client: other,
        field: ClientField::Place,
        value: "Zeist".into(),
    });
    story
        .tablet
        .sign(one, &visit_at("21-11-2026", "10:00", "10:45", "Later"));
    let (tablet, laptop) = (&mut story.tablet, &mut story.laptop);
    story.hub.settle(&mut [laptop, tablet]);
    assert_eq!(story.laptop.visits(one).rows.len(), 3);
    // One journal, not two beside each other.
    assert_eq!(story.laptop.client(one).years, [2026]);
    assert_eq!(story.tablet.client(other).row.place, "Zeist");
    story.assert_same();
}

#[test]
fn a_draft_is_kept_while_nothing_can_be_brought_in() {
    let mut story = story(4, 2);
    let client = story.clients[0];
    story.store();
    story
        .laptop
        .store
        .fail_at(0, Counted::Commits, Fault::Refuse(StoreError::Full));
    let visit = EntryId([7; 16]);
    let body = visit_draft(client, visit, "Geholpen met wassen");
    let save = Command::SaveDraft {
        slot: None,
        body: body.clone(),
    };
    // The disk is full when what waits is brought in; the draft itself has room again.
    assert!(matches!(story.laptop.ask(save), Reply::DraftSaved { .. }));
    assert!(story.laptop.store.has_failed());
    assert_eq!(story.laptop.draft(0), Some(body));
    story.finish();
    story.assert_same();
}

#[test]
fn a_lock_half_way_goes_on_after_the_unlock_and_asks_for_nothing_again() {
    let mut story = story(5, CLIENTS);
    story.store();
    let cursor = story.laptop.standing().cursor;
    assert_eq!(cursor, AccountSeq(story.hub.log.len() as u64));
    let mut before = story.laptop.standing().behind_count;
    let mut count = 0;
    while before > 0 {
        before -= catch_up(&mut story.laptop);
        match count % 2 {
            0 => {
                story.laptop.lock();
                story.laptop.unlock();
            }
            _ => story.laptop.restart_and_unlock(),
        }
        let standing = story.laptop.standing();
        assert_eq!((standing.behind_count, standing.cursor), (before, cursor));
        count += 1;
    }
    assert!(count > 2, "{count} steps");
    story.assert_same();
}

#[test]
fn what_is_not_in_its_document_is_not_said_to_be_stored() {
    let mut story = story(6, 2);
    let client = story.clients[0];
    story.store();
    let unseen = |tablet: &mut Tablet| {
        let now = engine::Now { ms: tablet.now };
        let peers = pollster::block_on(tablet.vault.peers(now, &mut tablet.rng)).unwrap();
        peers[0].unseen_count
    };
    assert!(!story.laptop.standing().has_untold);
    story.laptop.sync(Work::Beacon);
    story
        .laptop
        .sign(client, &visit_at("21-11-2026", "9:00", "9:45", "Laptop"));
    assert!(story.laptop.standing().behind_count > 0);
    story.hub.push(&mut story.laptop);
    story.hub.pull(&mut story.tablet);
    let all = unseen(&mut story.tablet);
    assert!(all > 4, "{all}");
    story.finish();
    assert!(story.laptop.standing().has_untold);
    story.laptop.sync(Work::Beacon);
    story.hub.push(&mut story.laptop);
    story.hub.pull(&mut story.tablet);
    assert_eq!(unseen(&mut story.tablet), 0);
}

#[test]
fn a_record_that_does_not_open_is_told_once_it_was_tried() {
    let mut story = story(7, 2);
    let client = story.clients[0];
    let now = engine::Now {
        ms: story.tablet.now,
    };
    let tablet = &mut story.tablet;
    let planted = tablet
        .vault
        .plant_false_record(client, now, &mut tablet.rng);
    pollster::block_on(planted).unwrap();
    tablet.sign(client, &visit_at("21-11-2026", "8:00", "8:45", "Daarna"));
    story.store();
    assert!(story.laptop.unreadable().is_empty());
    assert_eq!(story.laptop.client(client).unreadable_count, 1);
    assert_eq!(story.laptop.visits(client).rows.len(), 1);
    story.finish();
    story.laptop.sync(Work::Beacon);
    story.hub.push(&mut story.laptop);
    story.hub.pull(&mut story.tablet);
    let tablet = &mut story.tablet;
    let peers = tablet.vault.peers(now, &mut tablet.rng);
    let peers = pollster::block_on(peers).unwrap();
    assert_eq!((peers[0].unseen_count, peers[0].unopened_count), (0, 1));
}

/// A snapshot is lost while more of its document waits: it is made again from the records that are in it.
#[test]
fn a_lost_snapshot_is_healed_while_more_waits() {
    let mut story = story(15, 1);
    story.store();
    story.finish();
    let input = ProfileInput {
        agb: String::new(),
        ..caregiver()
    };
    story.tablet.save(Edit::SetProfile(input));
    story.store();
    assert_eq!(story.laptop.standing().behind_count, 1);
    let rows = story.laptop.disk.dump().into_iter();
    let snapshots: Vec<_> = rows.filter(|row| row.0 == StoreName::Snapshot).collect();
    assert!(!snapshots.is_empty());
    for row in snapshots {
        story.laptop.disk.remove(row.0, &row.1);
    }
    story.laptop.restart_and_unlock();
    story.finish();
    let profile = |tablet: &mut Tablet| match tablet.ask(Command::Profile) {
        Reply::Profile(view) => format!("{view:?}"),
        other => panic!("{}", super::tablet::name(&other)),
    };
    assert_eq!(profile(&mut story.laptop), profile(&mut story.tablet));
    story.assert_same();
}

/// A store that fails at any effect while a device fills: it goes on where it stood, and pulls nothing twice.
#[test]
fn a_fault_at_any_effect_of_filling_loses_nothing_and_pulls_nothing_twice() {
    let mut story = story(10, 3);
    let client = story.clients[0];
    story
        .tablet
        .sign(client, &visit_at("21-11-2026", "8:00", "8:45", "Eerste"));
    story
        .tablet
        .sign(client, &visit_at("21-11-2026", "9:00", "9:45", "Tweede"));
    story.hub.push(&mut story.tablet);
    let pages = story.hub.after(AccountSeq(0));
    let reference: Vec<String> = story
        .clients
        .iter()
        .map(|client| seen(&mut story.tablet, *client))
        .collect();
    for fault in [
        Fault::CrashBefore,
        Fault::CrashAfter,
        Fault::LoseAnswer,
        Fault::Refuse(StoreError::Full),
    ] {
        let is_dead = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
        for n in 0.. {
            let mut copy = Tablet::on(story.laptop.disk.fork(), 11);
            copy.now = story.tablet.now;
            copy.unlock();
            let store = copy.store.clone();
            store.fail_at(n, Counted::Calls, fault);
            let (mut told, mut behind) = (AccountSeq(0), 0);
            for page in pages.chunks(1) {
                // What was told as stored is not handed over again.
                let fresh: Vec<_> = page
                    .iter()
                    .filter(|(place, _)| *place > told)
                    .cloned()
                    .collect();
                let mut done = copy.try_sync(Work::Take {
                    records: fresh.clone(),
                });
                if done.is_err() {
                    if is_dead {
                        copy.restart_and_unlock();
                    }
                    let standing = copy.standing();
                    assert!(
                        standing.cursor >= told && standing.behind_count >= behind,
                        "{fault:?} {n}"
                    );
                    done = copy.try_sync(Work::Take { records: fresh });
                }
                let standing = done.unwrap().standing;
                (told, behind) = (standing.cursor, standing.behind_count);
            }
            assert_eq!(told, AccountSeq(pages.len() as u64));
            // A command in the middle meets the fault too.
            let page = Command::Client { client };
            if let Reply::Failed(_) = copy.ask(page.clone()) {
                if is_dead {
                    copy.restart_and_unlock();
                }
                assert!(matches!(copy.ask(page), Reply::Client(_)), "{fault:?} {n}");
            }
            loop {
                match copy.try_sync(Work::CatchUp) {
                    Ok(report) if report.standing.behind_count == 0 => break,
                    Ok(_) => {}
                    Err(_) if is_dead => copy.restart_and_unlock(),
                    Err(_) => {}
                }
            }
            let has_failed = store.has_failed();
            store.fail_at(u64::MAX, Counted::Calls, fault);
            assert_eq!(copy.standing().cursor, told, "{fault:?} {n}");
            for (client, expected) in story.clients.iter().zip(&reference) {
                assert_eq!(seen(&mut copy, *client), *expected, "{fault:?} {n}");
            }
            copy.restart_and_unlock();
            assert_eq!(copy.standing().behind_count, 0);
            for (client, expected) in story.clients.iter().zip(&reference) {
                assert_eq!(seen(&mut copy, *client), *expected, "{fault:?} {n}");
            }
            assert!(copy.unreadable().is_empty(), "{fault:?} {n}");
            copy.audit();
            if !has_failed {
                assert!(n > 30, "only {n} effects");
                break;
            }
        }
    }
}

#[test]
fn a_command_about_all_clients_waits_for_none() {
    let mut story = story(12, 2);
    story.store();
    let before = story.laptop.standing().behind_count;
    assert!(matches!(story.laptop.ask(Command::Today), Reply::Today(_)));
    assert!(listed(&mut story.laptop).is_empty());
    assert_eq!(story.laptop.standing().behind_count, before);
    let unknown = Command::Client {
        client: ClientId([9; 16]),
    };
    assert_eq!(failure(story.laptop.ask(unknown)), Failure::NotFound);
    story.laptop.sign(story.clients[1], &this_morning("Meteen"));
    assert!(story.laptop.standing().behind_count < before);
}

/// One record of a page is not what its device signed, while the ones after it are.
#[test]
fn a_changed_record_in_a_page_is_not_taken_in_and_the_right_one_is_asked_for() {
    let mut story = story(13, 2);
    story.hub.push(&mut story.tablet);
    let page = story.hub.after(AccountSeq(0));
    for changed in 0..page.len() {
        let length = page[changed].1.len();
        // In the header, the route, the body, the signature.
        for at in [20, 100, length / 2, length - 10, length - 1] {
            let mut copy = Tablet::on(story.laptop.disk.fork(), 14);
            copy.now = story.tablet.now;
            copy.unlock();
            let mut harmed = page.clone();
            harmed[changed].1[at] ^= 0x04;
            let before = copy.disk.dump();
            let before: BTreeSet<_> = before.iter().map(|row| &row.1).collect();
            let taken = copy.store_records(harmed.clone());
            assert!(taken.new_count <= changed, "{changed} {at}");
            assert!(copy.standing().cursor < page[changed].0);
            let stored = copy.disk.dump().into_iter();
            let mut stored = stored.filter(|row| !before.contains(&row.1));
            assert!(!stored.any(|row| row.2 == harmed[changed].1));
            copy.take(page.clone());
            for client in &story.clients {
                assert_eq!(seen(&mut copy, *client), seen(&mut story.tablet, *client));
            }
        }
    }
}
