//! A full disk: the answer says so, nothing is half, and the same works again after space is made.

use dossier::edit::Edit;
use dossier::id::EntryId;
use engine::Vault;
use engine::command::{Command, Failure, Reply, Status};
use engine::store::StoreError;
use engine::store::faulty::{Counted, Fault};

use super::draft::visit_draft;
use super::tablet::{PASSPHRASE, Remembered, Tablet, failure, this_morning};

#[test]
fn a_visit_that_does_not_fit_is_signed_after_space_is_made() {
    let (mut tablet, client) = Tablet::with_client(1);
    let visit = EntryId(tablet.fresh());
    let input = this_morning("Geholpen met douchen");
    let slot = tablet.save_draft(None, visit_draft(client, visit, "Geholpen met douchen"));
    let sign = Command::Edit {
        edit: Edit::SignVisit {
            client,
            visit,
            input: Box::new(input),
        },
        draft: Some(slot),
    };
    let before = tablet.disk.dump();
    tablet.store.limit_commit_bytes(Some(1_000));
    for _ in 0..3 {
        assert_eq!(failure(tablet.ask(sign.clone())), Failure::Full);
        assert_eq!(tablet.disk.dump(), before);
        let again = Command::SaveDraft {
            slot: Some(slot),
            body: visit_draft(client, visit, "Meer tekst"),
        };
        assert_eq!(failure(tablet.ask(again)), Failure::Full);
    }
    assert_eq!(
        tablet.draft(slot),
        Some(visit_draft(client, visit, "Meer tekst")),
        "what was typed last is what is shown, though the disk has the earlier text"
    );
    tablet.store.limit_commit_bytes(None);
    assert!(matches!(tablet.ask(sign), Reply::Saved { .. }));
    assert_eq!(tablet.visits(client).rows.len(), 1);
    assert!(matches!(
        tablet.ask(Command::Draft { slot }),
        Reply::Draft(None)
    ));
    tablet.restart_and_unlock();
    assert_eq!(tablet.visits(client).rows.len(), 1);
    assert!(tablet.unreadable().is_empty());
    tablet.audit();
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
        let save = Command::SaveDraft { slot, body };
        assert_eq!(failure(tablet.ask(save)), Failure::Full);
    }
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
        let save = Command::SaveDraft {
            slot: Some(slot),
            body: visit_draft(client, visit, "Geholpen met douchen"),
        };
        assert_eq!(failure(tablet.ask(save)), Failure::Full);
    }
    tablet.store.limit_commit_bytes(None);
    let sign = Command::Edit {
        edit: Edit::SignVisit {
            client,
            visit,
            input: Box::new(this_morning("Geholpen met douchen")),
        },
        draft: Some(signed),
    };
    assert!(matches!(tablet.ask(sign), Reply::Saved { .. }));
    let throw = Command::DeleteDraft { slot: thrown };
    assert!(matches!(tablet.ask(throw), Reply::Done));
    tablet.lock();
    tablet.unlock();
    tablet.restart_and_unlock();
    assert_eq!(tablet.draft_count(), 0);
    assert!(tablet.unreadable().is_empty());
    assert_eq!(tablet.visits(client).rows.len(), 1);
    tablet.audit();
}

#[test]
fn text_that_did_not_fit_goes_with_the_tab_to_another_vault_object_and_never_over_newer_text() {
    let (mut tablet, client) = Tablet::with_client(6);
    let visit = EntryId(tablet.fresh());
    let slot = tablet.save_draft(None, visit_draft(client, visit, "Eerst"));
    tablet.store.limit_commit_bytes(Some(1_000));
    let save = Command::SaveDraft {
        slot: Some(slot),
        body: visit_draft(client, visit, "Hier getypt"),
    };
    assert_eq!(failure(tablet.ask(save)), Failure::Full);
    tablet.lock();
    let unsaved = tablet.give_up().into_unsaved();
    assert!(!unsaved.is_empty());
    tablet.restart_and_unlock();
    for text in ["Elders getypt", "Elders verder getypt"] {
        tablet.save_draft(Some(slot), visit_draft(client, visit, text));
    }
    tablet.give_up();
    tablet.vault = Vault::new(tablet.store.clone(), Remembered).with_unsaved(unsaved);
    tablet.unlock();
    let texts = (0..8).filter_map(|slot| tablet.draft(slot));
    assert_eq!(
        texts.collect::<Vec<_>>(),
        ["Elders verder getypt", "Hier getypt"].map(|text| visit_draft(client, visit, text))
    );
    tablet.audit();
}

#[test]
fn a_reading_that_cannot_be_logged_is_not_shown() {
    let (mut tablet, client) = Tablet::with_client(2);
    tablet.store.limit_commit_bytes(Some(1));
    assert_eq!(
        failure(tablet.ask(Command::Client { client })),
        Failure::Full
    );
    assert_eq!(failure(tablet.ask(Command::NoteSearch)), Failure::Full);
    tablet.store.limit_commit_bytes(None);
    tablet.client(client);
}

#[test]
fn each_error_of_a_store_is_told_by_its_own_name() {
    for (error, expected) in [
        (StoreError::Full, Failure::Full),
        (StoreError::Evicted, Failure::Evicted),
        (StoreError::Blocked, Failure::Blocked),
        (StoreError::Corrupt, Failure::Corrupt),
        (StoreError::NewerFormat, Failure::NewerFormat),
    ] {
        let (mut tablet, client) = Tablet::with_client(3);
        let visit = EntryId(tablet.fresh());
        let edit = Edit::SignVisit {
            client,
            visit,
            input: Box::new(this_morning("Geholpen met douchen")),
        };
        tablet
            .store
            .fail_at(0, Counted::Commits, Fault::Refuse(error));
        assert_eq!(failure(tablet.edit(edit.clone())), expected);
        tablet.save(edit);
        tablet
            .store
            .fail_at(0, Counted::Calls, Fault::Refuse(error));
        tablet.restart();
        tablet
            .store
            .fail_at(0, Counted::Calls, Fault::Refuse(error));
        assert_eq!(
            failure(tablet.ask(Command::Status)),
            expected,
            "a failed open is not an empty one"
        );
    }
}
