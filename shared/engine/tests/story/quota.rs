//! A full disk: the answer says so, nothing is half, and the same works again after space is made.

use dossier::edit::Edit;
use dossier::id::EntryId;
use engine::command::{Command, Failure, Reply};
use engine::store::StoreError;
use engine::store::faulty::{Counted, Fault};

use super::draft::visit_draft;
use super::tablet::{Tablet, failure, this_morning};

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
