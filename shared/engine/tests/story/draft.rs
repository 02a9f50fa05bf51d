//! Unsaved work: it survives, it is blanked, it never holds a BSN it may not hold.

use std::collections::BTreeMap;

use dossier::draft::{DraftBody, SLOT_COUNT};
use dossier::edit::{Edit, VisitInput};
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Failure, Reply};
use engine::store::StoreName;
use engine::store::faulty::{Counted, Fault};

use super::tablet::{Tablet, failure, name, passport, this_morning, with_bsn};

pub(crate) fn visit_draft(client: ClientId, visit: EntryId, done: &str) -> DraftBody {
    DraftBody::Visit {
        client,
        visit,
        input: Box::new(this_morning(done)),
    }
}

fn sizes(tablet: &Tablet) -> Vec<usize> {
    let rows = tablet
        .disk
        .dump()
        .into_iter()
        .filter(|(store, ..)| *store == StoreName::Draft);
    rows.map(|(_, _, value)| value.len()).collect()
}

#[test]
fn a_draft_survives_lock_and_power_cut_and_is_blanked_by_signing() {
    let (mut tablet, client) = Tablet::with_client(1);
    let visit = EntryId(tablet.fresh());
    let slot = tablet.save_draft(None, visit_draft(client, visit, "Geh"));
    assert_eq!(
        tablet.save_draft(
            Some(slot),
            visit_draft(client, visit, "Geholpen met douchen")
        ),
        slot
    );
    tablet.lock();
    tablet.unlock();
    tablet.restart_and_unlock();
    let Reply::Drafts { visits, forms, .. } = tablet.ask(Command::Drafts) else {
        panic!()
    };
    assert!(forms.is_empty());
    assert_eq!(
        (visits[0].client_name.as_str(), visits[0].excerpt.as_str()),
        ("Greet Janssen", "Geholpen met douchen")
    );
    let Reply::Today(today) = tablet.ask(Command::Today) else {
        panic!()
    };
    assert_eq!(today.drafts.len(), 1);
    let Reply::Draft(Some((_, Some(row)))) = tablet.ask(Command::Draft { slot }) else {
        panic!()
    };
    assert_eq!(row.last_name, "Janssen");

    let before = sizes(&tablet);
    let input = Box::new(this_morning("Geholpen met douchen"));
    let reply = tablet.ask(Command::Edit {
        edit: Edit::SignVisit {
            client,
            visit,
            input,
        },
        draft: Some(slot),
    });
    assert!(matches!(reply, Reply::Saved { .. }), "{}", name(&reply));
    assert_eq!(tablet.draft(slot), None);
    assert_eq!(
        sizes(&tablet),
        before,
        "a blank is as large as what it replaces"
    );
    tablet.restart_and_unlock();
    assert_eq!(tablet.draft(slot), None);
    assert_eq!(tablet.visits(client).rows.len(), 1);
}

#[test]
fn a_deleted_draft_leaves_a_blank_of_its_size_and_the_slot_is_free() {
    let (mut tablet, client) = Tablet::with_client(2);
    let long = "Lang verhaal. ".repeat(500);
    let slot = tablet.save_draft(None, visit_draft(client, EntryId([1; 16]), &long));
    let large = sizes(&tablet);
    assert!(large[0] > 16 * 1024);
    assert!(matches!(
        tablet.ask(Command::DeleteDraft { slot }),
        Reply::Done
    ));
    assert_eq!(sizes(&tablet), large);
    assert_eq!(tablet.draft(slot), None);
    assert_eq!(
        tablet.save_draft(None, visit_draft(client, EntryId([2; 16]), "Kort")),
        slot
    );
    assert!(sizes(&tablet)[0] < 5 * 1024);
    assert!(matches!(
        tablet.ask(Command::DeleteDraft { slot: 5 }),
        Reply::Done
    ));
}

#[test]
fn eight_slots_and_no_more() {
    let (mut tablet, client) = Tablet::with_client(3);
    for number in 0..SLOT_COUNT {
        assert_eq!(
            tablet.save_draft(None, visit_draft(client, EntryId([number; 16]), "Bezig")),
            number
        );
    }
    let ninth = Command::SaveDraft {
        slot: None,
        body: visit_draft(client, EntryId([99; 16]), "Bezig"),
    };
    assert_eq!(failure(tablet.ask(ninth.clone())), Failure::SlotsFull);
    let nowhere = Command::SaveDraft {
        slot: Some(8),
        body: visit_draft(client, EntryId([99; 16]), "Bezig"),
    };
    assert_eq!(failure(tablet.ask(nowhere)), Failure::SlotsFull);
    tablet.ask(Command::DeleteDraft { slot: 3 });
    assert!(matches!(
        tablet.ask(ninth),
        Reply::DraftSaved { slot: 3, .. }
    ));
    tablet.restart_and_unlock();
    let Reply::Drafts { visits, .. } = tablet.ask(Command::Drafts) else {
        panic!()
    };
    assert_eq!(visits.len(), 8);
    assert_eq!(visits[0].visit, EntryId([99; 16]), "newest first");
}

#[test]
fn a_save_whose_answer_got_lost_takes_no_second_slot() {
    let (mut tablet, client) = Tablet::with_client(4);
    let forms: BTreeMap<String, String> = [("voornaam".to_owned(), "Piet".to_owned())].into();
    let form = DraftBody::Form {
        form: "new-client".into(),
        client: None,
        fields: forms,
    };
    for body in [visit_draft(client, EntryId([1; 16]), "Bezig"), form] {
        tablet.store.fail_at(0, Counted::Commits, Fault::LoseAnswer);
        let command = Command::SaveDraft { slot: None, body };
        assert_eq!(failure(tablet.ask(command.clone())), Failure::Blocked);
        assert!(matches!(tablet.ask(command), Reply::DraftSaved { .. }));
    }
    let Reply::Drafts { visits, forms, .. } = tablet.ask(Command::Drafts) else {
        panic!()
    };
    assert_eq!((visits.len(), forms.len()), (1, 1));
}

#[test]
fn a_bsn_is_masked_where_none_may_be_held_and_kept_where_one_is_needed() {
    let (mut tablet, client) = Tablet::with_client(5);
    let text = "Zegt dat haar nummer 111222333 is";
    let body = visit_draft(client, EntryId([1; 16]), text);
    let reply = tablet.ask(Command::SaveDraft { slot: None, body });
    assert!(
        matches!(
            reply,
            Reply::DraftSaved {
                is_part_held: true,
                ..
            }
        ),
        "{}",
        name(&reply)
    );
    let Some(DraftBody::Visit { input, .. }) = tablet.draft(0) else {
        panic!()
    };
    assert!(!input.done.contains("111222333"));
    assert!(input.done.starts_with("Zegt dat haar nummer"));

    let zvw = tablet.create_client(&with_bsn());
    tablet.save(Edit::EstablishIdentity {
        client: zvw,
        input: passport(),
    });
    let body = visit_draft(zvw, EntryId([2; 16]), text);
    let reply = tablet.ask(Command::SaveDraft {
        slot: None,
        body: body.clone(),
    });
    assert!(
        matches!(
            reply,
            Reply::DraftSaved {
                slot: 1,
                is_part_held: false
            }
        ),
        "{}",
        name(&reply)
    );
    assert_eq!(tablet.draft(1), Some(body));
}

#[test]
fn a_draft_larger_than_a_slot_is_refused_and_the_earlier_text_stays() {
    let (mut tablet, client) = Tablet::with_client(6);
    let small = visit_draft(client, EntryId([1; 16]), "Bezig");
    let slot = tablet.save_draft(None, small.clone());
    let huge = DraftBody::Visit {
        client,
        visit: EntryId([1; 16]),
        input: Box::new(VisitInput {
            facts: "x".repeat(20_000),
            ..VisitInput::default()
        }),
    };
    let reply = tablet.ask(Command::SaveDraft {
        slot: Some(slot),
        body: huge,
    });
    let Failure::TooLarge {
        got_bytes,
        limit_bytes,
    } = failure(reply)
    else {
        panic!()
    };
    assert!(got_bytes > 20_000 && limit_bytes < 16 * 1024 + 1);
    tablet.restart_and_unlock();
    assert_eq!(tablet.draft(slot), Some(small));
}
