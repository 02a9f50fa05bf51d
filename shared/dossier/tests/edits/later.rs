//! Documents of a later version, and damaged entries: what is known is shown, the rest hides nothing.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT};
use dossier::document::{Document, Kind};
use dossier::edit::Funding;
use dossier::project;

use super::world::{World, entry, sign, visit_input};

/// The document as another program leaves it.
fn rewrite(document: &Document, write: impl FnOnce(&mut AutoCommit)) -> Document {
    let mut inner = AutoCommit::load(&document.save()).unwrap();
    write(&mut inner);
    Document::load(&inner.save(), None, [66; 16]).unwrap()
}

fn put_entry(inner: &mut AutoCommit, key: &str, fields: &[(&str, &str)]) {
    let object = inner.put_object(ROOT, key, ObjType::Map).unwrap();
    for (name, value) in fields {
        inner.put(&object, *name, *value).unwrap();
    }
}

#[test]
fn unknown_kinds_of_entries_and_fields_are_skipped_and_kept() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(sign(1, visit_input()));
    let journal = world.newest_journal().unwrap();
    let (rows, _) = project::visits(journal);
    let later = rewrite(journal, |inner| {
        put_entry(
            inner,
            "wound/00000000000000000000000000000001",
            &[("size", "3")],
        );
        put_entry(inner, "visit/of-another-form", &[("begin", "?")]);
        inner
            .put(ROOT, "mood", automerge::ScalarValue::F64(0.5))
            .unwrap();
        let (_, visit) = automerge::ReadDoc::get(inner, ROOT, format!("visit/{}", entry(1)))
            .unwrap()
            .unwrap();
        inner.put(&visit, "weather", "rain").unwrap();
        inner
            .put(&visit, "score", automerge::ScalarValue::F64(1.0))
            .unwrap();
        put_entry(
            inner,
            &format!("correction/{}/{}", entry(1), entry(2)),
            &[
                ("field", "mood"),
                ("text", "vrolijk"),
                ("reason", "Vergist"),
            ],
        );
    });
    assert_eq!(later.kind(), Some(Kind::Journal { year: 2026 }));
    assert_eq!(project::visits(&later), (rows, Vec::new()));
    assert_eq!(
        project::visit(&later, entry(1)),
        project::visit(journal, entry(1))
    );

    world.journals.insert(2026, later);
    world.apply(sign(3, visit_input()));
    let saved = world.newest_journal().unwrap().save();
    let kept = AutoCommit::load(&saved).unwrap();
    assert!(
        automerge::ReadDoc::get(&kept, ROOT, "mood")
            .unwrap()
            .is_some(),
        "what is not understood stays"
    );
}

#[test]
fn a_damaged_visit_is_named_and_hides_no_other() {
    let mut world = World::with_client(&[Funding::Private]);
    world.apply(sign(1, visit_input()));
    let damaged = rewrite(world.newest_journal().unwrap(), |inner| {
        put_entry(
            inner,
            &format!("visit/{}", entry(2)),
            &[("result", "Zonder tijden")],
        );
        put_entry(
            inner,
            &format!("visit/{}", entry(3)),
            &[("begin", "gisteren"), ("end", "vandaag")],
        );
    });
    let (rows, named) = project::visits(&damaged);
    assert_eq!((rows.len(), named), (1, vec![entry(2), entry(3)]));
    assert_eq!(project::visit(&damaged, entry(2)), None);
    assert_eq!(project::last_visit(&damaged).unwrap().date, "2026-11-22");
    let before = world.row();
    world.journals.insert(2026, damaged);
    assert_eq!(world.row(), before);
}

#[test]
fn a_kind_of_a_later_version_opens_without_a_kind() {
    let mut inner = AutoCommit::new();
    inner.put(ROOT, "kind", "incident").unwrap();
    let opened = Document::load(&inner.save(), None, [66; 16]).unwrap();
    assert_eq!(opened.kind(), None);
    assert_eq!(project::profile(&opened), None);
}

#[test]
fn a_planning_and_words_of_a_later_version_are_left_out() {
    let mut world = World::with_client(&[Funding::Private]);
    let later = rewrite(world.dossier.as_ref().unwrap(), |inner| {
        put_entry(
            inner,
            &format!("planning/{}", entry(5)),
            &[("rule.2026-11-22", "every full moon")],
        );
        put_entry(
            inner,
            &format!("change/{}", entry(6)),
            &[("field", "nickname"), ("from", "An")],
        );
        inner.put(ROOT, "care.funding", "private,zorgmunt").unwrap();
    });
    world.dossier = Some(later);
    let view = world.view();
    assert_eq!(
        (view.row.planning.len(), view.funding),
        (0, vec![Funding::Private])
    );
    assert!(view.fields.iter().all(|field| field.earlier.is_empty()));
}
