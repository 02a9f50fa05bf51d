//! The access log: every deed has its line, and none can be taken out unseen.

use dossier::edit::Edit;
use dossier::id::EntryId;
use engine::Now;
use engine::command::{Command, Failure, Reply};
use engine::store::StoreName;
use pollster::block_on;
use protocol::audit::AuditEvent as Event;
use protocol::record::{Lane, Record};

use super::tablet::{MINUTE, Tablet, passport, this_morning, with_bsn};

fn events(tablet: &mut Tablet) -> Vec<Event> {
    tablet.audit().into_iter().map(|line| line.event).collect()
}

fn audit_records(tablet: &Tablet) -> Vec<Vec<u8>> {
    let rows = tablet
        .disk
        .dump()
        .into_iter()
        .filter(|(store, ..)| *store == StoreName::Record);
    rows.filter(|(_, _, value)| {
        Record::decode(value.clone()).is_ok_and(|record| record.outer().lane == Lane::Audit)
    })
    .map(|(_, key, _)| key)
    .collect()
}

#[test]
fn a_day_in_lines() {
    let mut tablet = Tablet::with_vault(1);
    let client = tablet.create_client(&with_bsn());
    tablet.save(Edit::EstablishIdentity {
        client,
        input: passport(),
    });
    let visit = tablet.sign(client, &this_morning("Wond verzorgd"));
    tablet.ask(Command::NoteSearch);
    tablet.client(client);
    tablet.client(client);
    tablet.ask(Command::RevealBsn { client });
    tablet.visits(client);
    tablet.visit(client, visit);
    tablet.lock();
    tablet.unlock();
    let lines = tablet.audit();
    let found: Vec<Event> = lines.iter().map(|line| line.event).collect();
    let made = found
        .iter()
        .position(|event| *event == Event::DossierMade)
        .unwrap();
    assert_eq!(
        found[made + 1..],
        [
            Event::Entered,
            Event::Entered,
            Event::Searched,
            Event::Read,
            Event::Read,
            Event::Read,
            Event::Read,
            Event::Locked,
            Event::Unlocked,
        ]
    );
    assert!(lines.iter().zip(1..).all(|(line, n)| line.n == n));
    let of_client = lines.iter().filter(|line| line.client == Some(client.0));
    assert_eq!(of_client.count(), 7);
    let users: std::collections::BTreeSet<_> = lines.iter().map(|line| &line.user).collect();
    assert_eq!(users.len(), 1, "one pseudonymous user");
    assert!(!lines[0].user.contains("Marijke"));
    let text = format!("{lines:?}");
    assert!(!text.contains("Wond") && !text.contains("Amrani") && !text.contains("111222333"));
}

#[test]
fn reading_something_else_in_between_is_a_new_line() {
    let (mut tablet, client) = Tablet::with_client(2);
    for _ in 0..2 {
        tablet.client(client);
        tablet.visits(client);
    }
    let reads = events(&mut tablet)
        .into_iter()
        .filter(|event| *event == Event::Read)
        .count();
    assert_eq!(reads, 4);
    tablet.restart_and_unlock();
    tablet.visits(client);
    let reads = events(&mut tablet)
        .into_iter()
        .filter(|event| *event == Event::Read)
        .count();
    assert_eq!(reads, 5, "a new session writes its own line");
}

#[test]
fn a_line_stands_on_disk_before_the_answer() {
    let (mut tablet, client) = Tablet::with_client(3);
    tablet.client(client);
    tablet.restart_and_unlock();
    assert!(events(&mut tablet).contains(&Event::Read));
}

#[test]
fn open_lines_become_a_record_after_five_minutes_at_sixteen_kib_and_at_lock() {
    let (mut tablet, client) = Tablet::with_client(4);
    assert_eq!(audit_records(&tablet).len(), 0);
    tablet.now += 6 * MINUTE;
    tablet.client(client);
    assert_eq!(audit_records(&tablet).len(), 1);
    tablet.lock();
    assert_eq!(audit_records(&tablet).len(), 2);
    tablet.unlock();
    tablet.step_ms.set(0);
    for _ in 0..400 {
        assert!(matches!(tablet.ask(Command::NoteSearch), Reply::Done));
    }
    let count = audit_records(&tablet).len();
    assert!((3..=6).contains(&count), "{count}");
    let row = tablet
        .disk
        .dump()
        .into_iter()
        .find(|(store, ..)| *store == StoreName::Audit)
        .unwrap();
    assert!(row.2.len() < 24 * 1024);
    let searched = events(&mut tablet)
        .into_iter()
        .filter(|event| *event == Event::Searched)
        .count();
    assert_eq!(searched, 400);
    tablet.restart_and_unlock();
    let searched = events(&mut tablet)
        .into_iter()
        .filter(|event| *event == Event::Searched)
        .count();
    assert_eq!(searched, 400);
}

#[test]
fn a_record_taken_out_of_the_log_is_noticed() {
    let (mut tablet, client) = Tablet::with_client(5);
    for _ in 0..3 {
        tablet.now += 6 * MINUTE;
        tablet.client(client);
        tablet.visits(client);
    }
    let records = audit_records(&tablet);
    assert!(records.len() >= 2);
    for key in records {
        let mut copy = Tablet::on(tablet.disk.fork(), 6);
        copy.now = tablet.now;
        copy.disk.remove(StoreName::Record, &key);
        copy.unlock();
        let read = block_on(copy.vault.audit_log(Now { ms: copy.now }, &mut copy.rng));
        assert_eq!(read.err(), Some(Failure::Corrupt));
    }
}

#[test]
fn a_refused_edit_and_a_draft_leave_no_line() {
    let (mut tablet, client) = Tablet::with_client(6);
    let before = tablet.audit().len();
    let empty = Edit::SignVisit {
        client,
        visit: EntryId([1; 16]),
        input: Box::default(),
    };
    assert!(matches!(tablet.edit(empty), Reply::Refused(_)));
    tablet.save_draft(
        None,
        super::draft::visit_draft(client, EntryId([1; 16]), "Bezig"),
    );
    assert_eq!(tablet.audit().len(), before);
}
