//! Work that is not on disk though it was to be: it is shown, outlives a lock, and lands when there is room.

use dossier::draft::DraftBody;
use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use engine::Vault;
use engine::command::{Command, Failure, Reply, Status};
use engine::store::faulty::{Counted, Fault};

use super::draft::visit_draft;
use super::tablet::{PASSPHRASE, Remembered, Tablet, failure, this_morning};

fn save(slot: Option<u8>, body: DraftBody) -> Command {
    Command::SaveDraft { slot, body }
}

fn sign(client: ClientId, visit: EntryId, slot: u8) -> Command {
    Command::Edit {
        edit: Edit::SignVisit {
            client,
            visit,
            input: Box::new(this_morning("Geholpen met douchen")),
        },
        draft: Some(slot),
    }
}

fn form(name: &str, text: &str) -> DraftBody {
    let mut fields = std::collections::BTreeMap::new();
    fields.insert("last-name".to_owned(), text.to_owned());
    DraftBody::Form {
        form: name.to_owned(),
        client: None,
        fields,
    }
}

/// Every text in a slot, in memory or on disk.
fn bodies(tablet: &mut Tablet) -> Vec<DraftBody> {
    (0..=u8::MAX)
        .filter_map(|slot| tablet.draft(slot))
        .collect()
}

fn has_unsaved(tablet: &mut Tablet) -> bool {
    match tablet.status() {
        Status::Open { has_unsaved, .. } | Status::Locked { has_unsaved, .. } => has_unsaved,
        Status::Empty => panic!("no vault"),
    }
}

#[test]
fn text_that_did_not_fit_outlives_a_lock_and_stands_on_disk_with_the_next_unlock_that_works() {
    let (mut tablet, client) = Tablet::with_client(4);
    let (visit, other) = (EntryId(tablet.fresh()), EntryId(tablet.fresh()));
    let slot = tablet.save_draft(None, visit_draft(client, visit, "Eerst"));
    let unlock = || Command::Unlock {
        passphrase: PASSPHRASE.into(),
    };
    let locked = |has_unsaved| Status::Locked {
        wait_until: 0,
        has_unsaved,
    };
    tablet.store.limit_commit_bytes(Some(1_000));
    let works = [
        (Some(slot), visit_draft(client, visit, "Eerst en later")),
        (None, visit_draft(client, other, "Nooit eerder bewaard")),
    ];
    for (slot, body) in works.clone() {
        assert_eq!(failure(tablet.ask(save(slot, body))), Failure::Full);
    }
    assert!(has_unsaved(&mut tablet));
    tablet.lock();
    assert_eq!(tablet.status(), locked(true));
    let held = tablet.disk.dump();
    assert_eq!(failure(tablet.ask(unlock())), Failure::Full);
    assert_eq!(
        (tablet.disk.dump(), tablet.status()),
        (held, locked(true)),
        "a try that does not fit changes nothing and forgets nothing"
    );
    tablet.store.limit_commit_bytes(None);
    tablet.unlock();
    tablet.restart_and_unlock();
    for (_, body) in works {
        assert!(
            (0..8).any(|slot| tablet.draft(slot) == Some(body.clone())),
            "{body:?} is on disk"
        );
    }
    assert_eq!(tablet.draft_count(), 2);
    assert!(tablet.unreadable().is_empty());
    tablet.audit();
    tablet.lock();
    assert_eq!(tablet.status(), locked(false));
}

#[test]
fn a_draft_that_did_not_fit_is_gone_after_it_is_signed_or_thrown_away() {
    let (mut tablet, client) = Tablet::with_client(5);
    let (visit, other) = (EntryId(tablet.fresh()), EntryId(tablet.fresh()));
    let signed = tablet.save_draft(None, visit_draft(client, visit, "Geholpen"));
    let thrown = tablet.save_draft(None, visit_draft(client, other, "Vergissing"));
    tablet.store.limit_commit_bytes(Some(1_000));
    for (slot, visit) in [(signed, visit), (thrown, other)] {
        let body = visit_draft(client, visit, "Geholpen met douchen");
        assert_eq!(failure(tablet.ask(save(Some(slot), body))), Failure::Full);
    }
    tablet.store.limit_commit_bytes(None);
    assert!(matches!(
        tablet.ask(sign(client, visit, signed)),
        Reply::Saved { .. }
    ));
    let throw = Command::DeleteDraft { slot: thrown };
    assert!(matches!(tablet.ask(throw), Reply::Done));
    assert!(!has_unsaved(&mut tablet));
    tablet.lock();
    tablet.unlock();
    tablet.restart_and_unlock();
    assert_eq!(tablet.draft_count(), 0);
    assert!(tablet.unreadable().is_empty());
    assert_eq!(tablet.visits(client).rows.len(), 1);
    tablet.audit();
}

/// What another tab did with the slot meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Elsewhere {
    Saved(usize),
    Signed,
    Thrown,
}

#[test]
fn text_that_did_not_fit_never_replaces_what_another_tab_did_meanwhile() {
    const TYPED: &str = "Hier getypt";
    for refusals in 1..=3 {
        for elsewhere in [
            Elsewhere::Saved(0),
            Elsewhere::Saved(1),
            Elsewhere::Saved(2),
            Elsewhere::Saved(3),
            Elsewhere::Signed,
            Elsewhere::Thrown,
        ] {
            let (mut tablet, client) = Tablet::with_client(6);
            let visit = EntryId(tablet.fresh());
            let slot = tablet.save_draft(None, visit_draft(client, visit, "Eerst"));
            tablet.store.limit_commit_bytes(Some(1_000));
            for _ in 0..refusals {
                let body = visit_draft(client, visit, TYPED);
                assert_eq!(failure(tablet.ask(save(Some(slot), body))), Failure::Full);
            }
            tablet.lock();
            let unsaved = tablet.give_up().into_unsaved();
            assert!(!unsaved.is_empty());

            tablet.restart_and_unlock();
            let mut there = Vec::new();
            match elsewhere {
                Elsewhere::Saved(count) => {
                    for round in 0..count {
                        there = vec![visit_draft(client, visit, &format!("Elders {round}"))];
                        tablet.save_draft(Some(slot), there[0].clone());
                    }
                }
                Elsewhere::Signed => {
                    let reply = tablet.ask(sign(client, visit, slot));
                    assert!(matches!(reply, Reply::Saved { .. }));
                }
                Elsewhere::Thrown => {
                    tablet.ask(Command::DeleteDraft { slot });
                }
            }
            tablet.give_up();
            tablet.vault = Vault::new(tablet.store.clone(), Remembered).with_unsaved(unsaved);
            tablet.unlock();
            tablet.restart_and_unlock();

            let case = format!("{refusals} refusals, {elsewhere:?}");
            let found = bodies(&mut tablet);
            assert_eq!(found.len(), there.len() + 1, "{case}: {found:?}");
            assert!(there.iter().all(|body| found.contains(body)), "{case}");
            let typed = found.iter().find_map(|body| match body {
                DraftBody::Visit { visit, input, .. } if input.done == TYPED => Some(*visit),
                _ => None,
            });
            let is_of_its_own = elsewhere != Elsewhere::Saved(0);
            assert_eq!(
                typed.map(|found| found != visit),
                Some(is_of_its_own),
                "{case}"
            );
            let mine = (0..8).find(|slot| {
                matches!(tablet.draft(*slot), Some(DraftBody::Visit { visit, .. }) if Some(visit) == typed)
            });
            let reply = tablet.ask(sign(client, typed.unwrap(), mine.unwrap()));
            assert!(
                matches!(reply, Reply::Saved { .. }),
                "{case}: can be signed"
            );
            assert!(tablet.unreadable().is_empty(), "{case}");
            tablet.audit();
        }
    }
}

#[test]
fn a_form_without_a_slot_outlives_a_lock_and_gets_the_first_slot_that_is_free() {
    let (mut tablet, client) = Tablet::with_client(7);
    let mut slots = Vec::new();
    for _ in 0..8 {
        let visit = EntryId(tablet.fresh());
        slots.push((
            tablet.save_draft(None, visit_draft(client, visit, "Bezoek")),
            visit,
        ));
    }
    for text in ["Jans", "Janssen"] {
        let reply = tablet.ask(save(None, form("new-client", text)));
        assert_eq!(failure(reply), Failure::SlotsFull);
    }
    tablet.lock();
    assert!(has_unsaved(&mut tablet));
    tablet.unlock();
    assert_eq!(tablet.draft_count(), 8, "no visit gave way");
    let typed = form("new-client", "Janssen");
    let number = (8..=u8::MAX).find(|slot| tablet.draft(*slot) == Some(typed.clone()));
    assert!(number.is_some(), "{:?}", bodies(&mut tablet));

    let (slot, visit) = slots[3];
    assert!(matches!(
        tablet.ask(sign(client, visit, slot)),
        Reply::Saved { .. }
    ));
    assert_eq!(tablet.save_draft(number, typed.clone()), slot);
    assert!(!has_unsaved(&mut tablet));
    tablet.restart_and_unlock();
    assert_eq!(tablet.draft(slot), Some(typed));
    assert_eq!(bodies(&mut tablet).len(), 8);
}

#[test]
fn a_text_too_long_for_a_slot_outlives_a_lock_and_can_be_signed_or_cut() {
    let (mut tablet, client) = Tablet::with_client(8);
    let visit = EntryId(tablet.fresh());
    let slot = tablet.save_draft(None, visit_draft(client, visit, "Kort"));
    let long = visit_draft(client, visit, &"Lang verhaal. ".repeat(2_000));
    assert!(matches!(
        failure(tablet.ask(save(Some(slot), long.clone()))),
        Failure::TooLarge { .. }
    ));
    for _ in 0..2 {
        tablet.lock();
        assert!(has_unsaved(&mut tablet));
        tablet.unlock();
        assert_eq!(tablet.draft(slot), Some(long.clone()));
        tablet.client(client);
        assert!(
            has_unsaved(&mut tablet),
            "another commit does not settle it"
        );
    }
    let cut = visit_draft(client, visit, "Korter verhaal");
    tablet.save_draft(Some(slot), cut.clone());
    assert!(!has_unsaved(&mut tablet));
    tablet.restart_and_unlock();
    assert_eq!(bodies(&mut tablet), [cut]);
}

#[test]
fn an_unlock_whose_answer_got_lost_stores_what_waited_once() {
    let (mut tablet, client) = Tablet::with_client(9);
    let visit = EntryId(tablet.fresh());
    let typed = visit_draft(client, visit, "Hier getypt");
    tablet.store.limit_commit_bytes(Some(1_000));
    assert_eq!(
        failure(tablet.ask(save(None, typed.clone()))),
        Failure::Full
    );
    tablet.lock();
    tablet.store.limit_commit_bytes(None);
    tablet.store.fail_at(0, Counted::Commits, Fault::LoseAnswer);
    let unlock = Command::Unlock {
        passphrase: PASSPHRASE.into(),
    };
    failure(tablet.ask(unlock));
    tablet.unlock();
    for _ in 0..2 {
        assert_eq!(bodies(&mut tablet).as_slice(), std::slice::from_ref(&typed));
        tablet.restart_and_unlock();
    }
    assert!(!has_unsaved(&mut tablet));
    assert!(tablet.unreadable().is_empty());
}
