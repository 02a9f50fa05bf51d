//! Devices around a relay, frame by frame: what was told as saved is there, and whoever may converge does.

mod both_ways;
mod clock;
mod fault;
mod hostile;
mod lies;
mod place;
pub(crate) mod relay;
mod seeds;
mod world;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dossier::edit::{ClientField, Edit};
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Reply};
use engine::store::StoreName;
use engine::store::memory::Memory;
use engine::sync::{Input, Phase, Trouble};

use super::draft::visit_draft;
use super::hub::seen;
use super::tablet::{PASSPHRASE, Tablet, visit_at};
use hostile::{ALL, ALL_UP, Habits, Malice};
use relay::Relay;
use world::World;

const HOUR: i64 = 3_600_000;
/// Every text typed in these stories holds it.
const CANARY: &str = "Zwanenzang";

type Rows = Vec<(StoreName, Vec<u8>, Vec<u8>)>;

/// Disks of four devices of one account that never met a relay, and the account's client.
fn disks() -> (Vec<Memory>, ClientId, i64) {
    static MADE: OnceLock<(Vec<Rows>, ClientId, i64)> = OnceLock::new();
    let (rows, client, now) = MADE.get_or_init(|| {
        let (mut tablet, client) = Tablet::with_client(4_000);
        let mut others: Vec<Tablet> = (1..4).map(|n| tablet.add_tablet(4_000 + n)).collect();
        let chain = tablet.chain();
        for other in &mut others {
            other.sync(engine::sync::Work::TakeChain {
                entries: chain.clone(),
            });
        }
        let dumps = std::iter::once(&tablet).chain(&others);
        let dumps = dumps.map(|of| of.disk.dump()).collect();
        (dumps, client, tablet.now + 60_000)
    });
    let disks = rows.iter().map(|rows| {
        let disk = Memory::new();
        for (store, key, value) in rows {
            disk.overwrite(*store, key, value.clone());
        }
        disk
    });
    (disks.collect(), *client, *now)
}

/// A world of some devices that all know the client.
fn world(seed: u64, count: usize) -> (World, ClientId) {
    let (disks, client, now) = disks();
    let mut world = World::new(&disks[..count], now, seed);
    world.run(60_000);
    for peer in &mut world.peers {
        assert_eq!(peer.tablet.names(), ["Janssen"]);
    }
    (world, client)
}

/// What devices were told is saved.
#[derive(Default)]
struct Told {
    visits: BTreeMap<EntryId, String>,
    /// On which device.
    makers: BTreeMap<EntryId, usize>,
}

/// A text of its own for each visit, in letters: digits may come to a number that the law keeps out of it.
fn text_of(visit: EntryId) -> String {
    let letter = |of: char| {
        of.to_digit(16)
            .and_then(|digit| char::from_u32(u32::from('g') + digit))
    };
    let name = visit.to_string();
    let letters: String = name.chars().filter_map(letter).collect();
    format!("{CANARY} {letters}")
}

/// One thing somebody does on one of the devices.
fn act(world: &mut World, client: ClientId, told: &mut Told) {
    let index = world.pick(world.peers.len() as u32) as usize;
    let number = world.pick(60);
    let now = world.now;
    let peer = &mut world.peers[index];
    peer.tablet.now = now + peer.clock_off;
    match number % 6 {
        0..=2 => {
            let visit = EntryId(peer.tablet.fresh());
            let text = text_of(visit);
            let begin = format!("{}:{:02}", 6 + number % 12, number);
            let input = visit_at("20-11-2026", &begin, "23:59", &text);
            let reply = peer.tablet.edit(Edit::SignVisit {
                client,
                visit,
                input: Box::new(input),
            });
            if let Reply::Saved { .. } = reply {
                told.visits.insert(visit, text);
                told.makers.insert(visit, index);
            }
        }
        3 => {
            peer.tablet.edit(Edit::ChangeClient {
                client,
                field: ClientField::Place,
                value: format!("{CANARY} {number}"),
            });
        }
        4 => {
            let visit = EntryId([u8::try_from(number).unwrap(); 16]);
            let body = visit_draft(client, visit, CANARY);
            peer.tablet.ask(Command::SaveDraft {
                slot: Some(0),
                body,
            });
        }
        _ => {
            peer.tablet.lock();
            world.feed(index, Input::Locking);
            let passphrase = PASSPHRASE.into();
            let unlock = Command::Unlock { passphrase };
            if let Reply::Open = world.peers[index].tablet.ask(unlock) {
                world.open(index);
            }
            return;
        }
    }
    world.changed(index);
}

/// Everybody may talk now: all come to the same, and everything told is there.
fn assert_converged(world: &mut World, client: ClientId, told: &Told, story: &str) {
    let first = seen(&mut world.peers[0].tablet, client);
    for (visit, text) in &told.visits {
        assert!(first.contains(text), "{story}: lost {visit}");
    }
    for index in 1..world.peers.len() {
        let other = seen(&mut world.peers[index].tablet, client);
        assert_eq!(other, first, "{story}: device {index}");
    }
    for peer in &mut world.peers {
        assert!(peer.tablet.unreadable().is_empty(), "{story}");
        peer.tablet.audit();
        assert_eq!(peer.tablet.standing().waiting_count, 0, "{story}");
    }
    assert_no_canary(&world.relays, story);
}

fn assert_no_canary(relays: &[Relay], story: &str) {
    let has = |bytes: &[u8]| {
        let mut windows = bytes.windows(CANARY.len());
        windows.any(|window| window == CANARY.as_bytes())
    };
    for account in relays.iter().flat_map(|relay| relay.accounts.values()) {
        let drafts = account.drafts.values().map(|(_, bytes)| bytes);
        let all = account.log.iter().chain(&account.entries).chain(drafts);
        let mut count = 0;
        for bytes in all {
            count += 1;
            assert!(!has(bytes), "{story}: readable at the relay");
        }
        assert!(count > 0);
    }
}

/// An honest hour in which everybody says and hears everything.
fn make_peace(world: &mut World) {
    world.line.habits.clear();
    world.line.up_habits.clear();
    world.is_relay_up = true;
    for peer in &mut world.peers {
        peer.relay = 0;
    }
    world.cut_all();
    for _ in 0..3 {
        for index in 0..world.peers.len() {
            world.changed(index);
            world.feed(index, Input::TryNow);
        }
        world.run(HOUR / 2);
    }
}

#[test]
fn devices_that_never_met_a_relay_meet_over_one() {
    let (mut world, client) = world(1, 4);
    let mut told = Told::default();
    for _ in 0..24 {
        act(&mut world, client, &mut told);
        world.run(3_000);
    }
    world.run(60_000);
    assert_converged(&mut world, client, &told, "honest");
    for peer in &world.peers {
        assert_eq!(peer.status.phase, Phase::UpToDate);
        assert_eq!(peer.status.trouble, None);
    }
    // Beacons come to an end.
    world.run(HOUR);
    let before = world.relays[0].record_count();
    world.run(24 * HOUR);
    let after = world.relays[0].record_count();
    assert_eq!(after, before, "nobody talks to himself");
}

fn struggle(seed: u64, habits: &[(Malice, u32)], up_habits: &[(Malice, u32)]) -> usize {
    let count = 2 + usize::try_from(seed % 3).unwrap();
    let (mut world, client) = world(seed, count);
    let story = format!("seed {seed} {habits:?} {up_habits:?}");
    let mut told = Told::default();
    world.line.habits = habits.to_vec();
    world.line.up_habits = up_habits.to_vec();
    for _ in 0..8 {
        act(&mut world, client, &mut told);
        let pause = i64::from(world.pick(30_000));
        world.run(pause);
        if world.pick(4) == 0 {
            let index = world.pick(count as u32) as usize;
            world.cut(index);
        }
    }
    world.run(120_000);
    let strikes = world.line.strike_count;
    make_peace(&mut world);
    assert_converged(&mut world, client, &told, &story);
    strikes
}

#[test]
fn whatever_a_line_does_alone_is_harmless() {
    for malice in ALL {
        let strikes = seeds::each(|seed| struggle(seed, &[(malice, 4)], &[]));
        let strikes: usize = strikes.iter().sum();
        assert!(strikes > 0, "{malice:?} never struck");
    }
}

#[test]
fn whatever_a_line_does_on_the_way_to_the_relay_is_harmless() {
    for malice in ALL_UP {
        let strikes = seeds::each(|seed| struggle(seed, &[], &[(malice, 4)]));
        let strikes: usize = strikes.iter().sum();
        assert!(strikes > 0, "{malice:?} never struck");
    }
}

#[test]
fn whatever_a_line_does_together_is_harmless() {
    let all: Habits = ALL.into_iter().map(|malice| (malice, 25)).collect();
    let all_up: Habits = ALL_UP.into_iter().map(|malice| (malice, 25)).collect();
    // One way by itself gets further than both together.
    seeds::each(|seed| match seed % 3 {
        0 => struggle(seed, &all, &[]),
        1 => struggle(seed, &[], &all_up),
        _ => struggle(seed, &all, &all_up),
    });
}

#[test]
fn a_relay_that_is_wiped_is_filled_again() {
    seeds::each(|seed| {
        let (mut world, client) = world(seed, 3);
        let mut told = Told::default();
        for round in 0..6 {
            act(&mut world, client, &mut told);
            world.run(20_000);
            if round == 3 {
                world.relays[0] = Relay::new(9);
                world.cut_all();
            }
        }
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &format!("wiped {seed}"));
        assert_eq!(world.relays[0].accounts.len(), 1);
    });
}

#[test]
fn a_relay_restored_from_a_backup_is_filled_again() {
    seeds::each(|seed| {
        let (mut world, client) = world(seed, 3);
        let mut told = Told::default();
        let backup = world.relays[0].clone();
        for _ in 0..6 {
            act(&mut world, client, &mut told);
            world.run(20_000);
        }
        world.relays[0] = backup;
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &format!("restored {seed}"));
    });
}

/// The relay comes back from a backup, and is past the old end of its log before one of the devices sees it again.
#[test]
fn a_restored_relay_that_went_on_is_noticed_by_who_comes_late() {
    seeds::each(|seed| {
        let (mut world, client) = world(seed, 3);
        let mut told = Told::default();
        let backup = world.relays[0].clone();
        for _ in 0..5 {
            act(&mut world, client, &mut told);
            world.run(60_000);
        }
        let end = world.relays[0].record_count();
        for index in 1..3 {
            world.peers[index].tablet.lock();
            world.feed(index, Input::Locking);
        }
        world.run(60_000);
        world.relays[0] = backup;
        world.cut(0);
        while world.relays[0].record_count() <= end {
            let visit = EntryId(world.peers[0].tablet.fresh());
            let text = text_of(visit);
            let input = visit_at("20-11-2026", "8:00", "8:30", &text);
            world.peers[0].tablet.save(Edit::SignVisit {
                client,
                visit,
                input: Box::new(input),
            });
            told.visits.insert(visit, text);
            world.changed(0);
            world.run(60_000);
        }
        for index in 1..3 {
            world.peers[index].tablet.now = world.now;
            world.peers[index].tablet.unlock();
            world.open(index);
            world.run(60_000);
        }
        make_peace(&mut world);
        let story = format!("restored and went on {seed}");
        assert_converged(&mut world, client, &told, &story);
    });
}

#[test]
fn two_views_of_a_relay_that_forks_come_together_again() {
    seeds::each(|seed| {
        let (mut world, client) = world(seed, 4);
        let mut told = Told::default();
        world.fork_relay();
        for _ in 0..10 {
            act(&mut world, client, &mut told);
            world.run(20_000);
        }
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &format!("fork {seed}"));
    });
}

#[test]
fn a_full_account_keeps_the_work_and_goes_on_after() {
    let (mut world, client) = world(5, 2);
    let mut told = Told::default();
    world.relays[0].quota = 1;
    for _ in 0..6 {
        act(&mut world, client, &mut told);
        world.run(10_000);
    }
    let troubles: Vec<_> = world.peers.iter().map(|peer| peer.status.trouble).collect();
    assert!(troubles.contains(&Some(Trouble::Quota)), "{troubles:?}");
    world.relays[0].quota = usize::MAX;
    make_peace(&mut world);
    assert_converged(&mut world, client, &told, "quota");
}

#[test]
fn a_device_a_month_asleep_and_a_day_off_catches_up() {
    let (mut world, client) = world(6, 3);
    let mut told = Told::default();
    world.peers[2].tablet.lock();
    world.feed(2, Input::Locking);
    for _ in 0..20 {
        let before = told.visits.len();
        while told.visits.len() == before {
            let index = world.pick(2) as usize;
            let visit = EntryId(world.peers[index].tablet.fresh());
            let text = text_of(visit);
            let input = visit_at("20-11-2026", "8:00", "8:30", &text);
            let edit = Edit::SignVisit {
                client,
                visit,
                input: Box::new(input),
            };
            world.peers[index].tablet.save(edit);
            told.visits.insert(visit, text);
            world.changed(index);
        }
        world.run(36 * HOUR);
    }
    world.peers[2].tablet.unlock();
    world.open(2);
    make_peace(&mut world);
    assert_converged(&mut world, client, &told, "asleep");
}

#[test]
fn an_unreachable_relay_is_tried_less_and_less_and_the_app_goes_on() {
    let (mut world, client) = world(7, 2);
    let mut told = Told::default();
    world.is_relay_up = false;
    world.cut_all();
    for _ in 0..6 {
        act(&mut world, client, &mut told);
        world.run(HOUR);
    }
    for peer in &world.peers {
        assert!(matches!(
            peer.status.phase,
            Phase::Offline | Phase::Connecting
        ));
        assert_eq!(peer.status.trouble, Some(Trouble::Unreachable));
    }
    make_peace(&mut world);
    assert_converged(&mut world, client, &told, "unreachable");
}
