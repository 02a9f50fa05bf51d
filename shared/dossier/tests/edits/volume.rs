//! A full year: 400 visits stay one list.

use dossier::apply::{self, Context, Workspace};
use dossier::document::{Document, Kind};
use dossier::edit::{Edit, Funding, VisitInput};
use dossier::id::EntryId;
use dossier::project;

use super::world::{ANNA, World, visit_input};

const VISITS: u16 = 400;

#[test]
fn a_year_of_visits_opens_from_its_snapshot_and_from_its_records() {
    let mut world = World::with_client(&[Funding::Private]);
    let mut journal = Document::new(Kind::Journal { year: 2026 }, [8; 16]);
    let mut records = Vec::new();
    let mut row = world.row();
    for number in 0..VISITS {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        let (day, month) = (number % 28 + 1, number / 28 % 10 + 1);
        let edit = Edit::SignVisit {
            client: ANNA,
            visit: EntryId(id),
            input: Box::new(VisitInput {
                date: format!("{day}-{month}-2026"),
                facts: format!(
                    "Bezoek {number}: alles rustig, wond ziet er goed uit, dochter was aanwezig."
                ),
                ..visit_input()
            }),
        };
        let dossier = world.dossier.as_mut().unwrap();
        let mut docs = Workspace {
            profile: Some(&mut world.profile),
            identity: None,
            dossier: Some(dossier),
            journal: Some(&mut journal),
        };
        let mut fresh = || [0; 16];
        let mut ctx = Context {
            now_ms: world.now_ms,
            device_name: "tablet".to_owned(),
            fresh: &mut fresh,
        };
        apply::apply(&edit, &mut docs, &mut ctx).unwrap();
        row = project::refresh_row(
            &row,
            &edit,
            world.dossier.as_ref().unwrap(),
            None,
            Some(&journal),
        );
        records.push(journal.take_changes().unwrap().bytes);
    }
    let snapshot = journal.save();
    assert!(snapshot.len() < 100_000, "{} bytes", snapshot.len());

    let parts: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
    let from_records =
        Document::load_concatenated(&[], &parts, Some(&journal.heads()), [9; 16]).unwrap();
    let from_snapshot = Document::load(&snapshot, Some(&journal.heads()), [10; 16]).unwrap();
    let (rows, damaged) = project::visits(&from_snapshot);
    assert_eq!((rows.len(), damaged.len()), (usize::from(VISITS), 0));
    assert_eq!(project::visits(&from_records).0, rows);
    let (newest, _) = project::newest_visits(&from_snapshot, 3);
    assert_eq!(newest, rows[..3]);
    let whole = project::client_row(
        ANNA,
        world.dossier.as_ref().unwrap(),
        None,
        Some(&from_snapshot),
    );
    assert_eq!(row, whole, "refreshing edit by edit comes to the same row");
}
