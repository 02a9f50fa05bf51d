//! Long histories: snapshots at their boundary, a long journal, and the fixture.

use dossier::edit::{ClientField, Edit};
use engine::command::{Command, Reply};
use engine::fixture::{self, Size};
use engine::store::StoreName;
use engine::store::memory::Memory;
use engine::{Now, Vault};
use pollster::block_on;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::tablet::{MORNING, Remembered, Tablet, name, this_morning, visit_at};

fn count(tablet: &Tablet, store: StoreName) -> usize {
    tablet
        .disk
        .dump()
        .iter()
        .filter(|row| row.0 == store)
        .count()
}

/// Snapshots besides that of the profile, which always has one.
fn snapshots(tablet: &Tablet) -> usize {
    count(tablet, StoreName::Snapshot) - 1
}

#[test]
fn a_snapshot_is_made_at_the_boundary_and_nothing_changes_for_the_reader() {
    let (mut tablet, client) = Tablet::with_client(1);
    assert_eq!(snapshots(&tablet), 0);
    for number in 1..=70 {
        let value = format!(
            "Plaats {}",
            "abcdefgh".chars().cycle().take(number).collect::<String>()
        );
        tablet.save(Edit::ChangeClient {
            client,
            field: ClientField::Place,
            value: value.clone(),
        });
        let expected = usize::from(number + 1 >= 32);
        assert_eq!(snapshots(&tablet), expected, "{number}");
        if (29..=34).contains(&number) || number > 61 {
            tablet.restart_and_unlock();
        }
        assert_eq!(tablet.client(client).row.place, value);
    }
    assert!(tablet.unreadable().is_empty());
    let records = tablet
        .disk
        .dump()
        .into_iter()
        .filter(|row| row.0 == StoreName::Record)
        .count();
    assert!(records > 70, "records stay for the relay");
    assert_eq!(
        count(&tablet, StoreName::Outbox),
        records,
        "each waits in the outbox"
    );
    tablet.audit();
}

#[test]
fn large_changes_make_a_snapshot_sooner() {
    let (mut tablet, client) = Tablet::with_client(2);
    for day in 1..=9 {
        let mut input = visit_at(&format!("{day}-11-2026"), "8:00", "8:30", "Wassen");
        input.facts = (0..900).map(|n| format!("feit {day}-{n} ")).collect();
        tablet.sign(client, &input);
    }
    assert_eq!(snapshots(&tablet), 1);
    tablet.restart_and_unlock();
    assert_eq!(tablet.visits(client).rows.len(), 9);
}

#[test]
fn a_long_journal_opens_whole() {
    let (mut tablet, client) = Tablet::with_client(3);
    for number in 0..365 {
        tablet.sign(client, &this_morning(&format!("Bezoek {number}")));
    }
    tablet.restart_and_unlock();
    assert_eq!(tablet.visits(client).rows.len(), 365);
    assert!(tablet.unreadable().is_empty());
    assert_eq!(tablet.client(client).years, [2026]);
}

#[test]
fn the_fixture_makes_what_it_says_and_opens_like_any_vault() {
    let size = Size {
        clients: 13,
        visits: 900,
        years: 6,
        largest: 400,
        is_even: false,
    };
    let disk = Memory::new();
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let now = Now { ms: MORNING };
    let mut vault = Vault::new(disk.clone(), Remembered);
    let filled = block_on(fixture::make(&mut vault, &size, now, &mut rng)).unwrap();
    assert_eq!((filled.clients.len(), filled.visit_count), (13, 900));

    let mut tablet = Tablet::on(disk, 5);
    let reply = tablet.ask(Command::Unlock {
        passphrase: fixture::PASSPHRASE.into(),
    });
    assert!(matches!(reply, Reply::Open), "{}", name(&reply));
    assert_eq!(tablet.names().len(), 13);
    let mut visits = 0;
    for (index, client) in filled.clients.iter().enumerate() {
        let view = tablet.client(*client);
        let mut own = 0;
        for year in &view.years {
            let reply = tablet.ask(Command::Visits {
                client: *client,
                year: Some(*year),
            });
            let Reply::Visits(view) = reply else {
                panic!("{}", name(&reply))
            };
            own += view.rows.len();
        }
        assert!(index > 0 || own == 400);
        visits += own;
    }
    assert_eq!(visits, 900);
    assert!(tablet.unreadable().is_empty());
    assert!(tablet.audit().len() > 900);
    let Reply::Today(today) = tablet.ask(Command::Today) else {
        panic!()
    };
    assert_eq!(today.visits.len(), 12);
    let client = filled.clients[0];
    tablet.sign(client, &this_morning("Geholpen met douchen"));
}
