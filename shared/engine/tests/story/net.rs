//! Devices around a relay, frame by frame: what was told as saved is there, and whoever may converge does.

mod answers_undo;
mod both_ways;
mod clock;
mod fault;
mod hole;
mod hostile;
mod lies;
mod place;
mod power;
pub(crate) mod relay;
mod seeds;
mod told;
mod world;

use std::sync::OnceLock;

use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Reply};
use engine::store::StoreName;
use engine::store::memory::Memory;
use engine::sync::{Input, Phase, Trouble};

use super::tablet::{DAY, Tablet, visit_at};
use hostile::{ALL, ALL_UP, Habits, Malice};
use power::Power;
use relay::Relay;
use told::{Told, act, assert_converged, text_of};
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

/// A person has everything tried again that a relay refused for good.
fn retry_refused(world: &mut World) {
    let mut is_any = false;
    for peer in &mut world.peers {
        let Reply::WaitingList(list) = peer.tablet.ask(Command::WaitingList) else {
            panic!("no list");
        };
        for row in list.refused {
            is_any = true;
            let record = row.record;
            let reply = peer.tablet.ask(Command::RetryRefused { record });
            assert!(matches!(reply, Reply::Done));
        }
    }
    if is_any {
        make_peace(world);
    }
}

/// How often a line did harm, and how often a store failed meanwhile.
struct Struck {
    line: usize,
    store: usize,
}

fn struggle(seed: u64, habits: &[(Malice, u32)], up_habits: &[(Malice, u32)]) -> Struck {
    let count = 2 + usize::try_from(seed % 3).unwrap();
    let (mut world, client) = world(seed, count);
    let story = format!("seed {seed} {habits:?} {up_habits:?}");
    let mut told = Told::default();
    world.line.habits = habits.to_vec();
    world.line.up_habits = up_habits.to_vec();
    let mut power = Power::plan(&mut world);
    for _ in 0..10 {
        act(&mut world, client, &mut told);
        let pause = i64::from(world.pick(30_000));
        world.run(pause);
        power.mend(&mut world);
        if world.pick(4) == 0 {
            let index = world.pick(count as u32) as usize;
            world.cut(index);
        }
    }
    world.run(120_000);
    let store = power.end(&mut world);
    world.run(60_000);
    let line = world.line.strike_count;
    make_peace(&mut world);
    retry_refused(&mut world);
    assert_converged(&mut world, client, &told, &story);
    Struck { line, store }
}

/// One seed that is played again may have nothing of it.
fn assert_struck(struck: &[Struck], what: &str) {
    if struck.len() < 4 {
        return;
    }
    let line: usize = struck.iter().map(|of| of.line).sum();
    let store: usize = struck.iter().map(|of| of.store).sum();
    assert!(line > 0, "{what} never struck");
    assert!(store > 0, "{what}: no store failed");
}

#[test]
fn whatever_a_line_does_alone_is_harmless() {
    for malice in ALL {
        let struck = seeds::each(|seed| struggle(seed, &[(malice, 4)], &[]));
        assert_struck(&struck, &format!("{malice:?}"));
    }
}

#[test]
fn whatever_a_line_does_on_the_way_to_the_relay_is_harmless() {
    for malice in ALL_UP {
        let struck = seeds::each(|seed| struggle(seed, &[], &[(malice, 4)]));
        assert_struck(&struck, &format!("{malice:?} up"));
    }
}

#[test]
fn whatever_a_line_does_together_is_harmless() {
    let all: Habits = ALL.into_iter().map(|malice| (malice, 25)).collect();
    let all_up: Habits = ALL_UP.into_iter().map(|malice| (malice, 25)).collect();
    // One way by itself gets further than both together.
    let struck = seeds::each(|seed| match seed % 3 {
        0 => struggle(seed, &all, &[]),
        1 => struggle(seed, &[], &all_up),
        _ => struggle(seed, &all, &all_up),
    });
    assert_struck(&struck, "all");
}

/// Ten things are done while one store after the other fails; at one moment the relay becomes another. Answers how often a
/// store failed.
fn lose(seed: u64, what: &str, lose: impl Fn(&mut World, Relay)) -> usize {
    let count = 2 + usize::try_from(seed % 3).unwrap();
    let (mut world, client) = world(seed, count);
    let mut told = Told::default();
    let earlier = world.relays[0].clone();
    let mut power = Power::plan(&mut world);
    for round in 0..10 {
        if round == seed / 3 % 9 {
            lose(&mut world, earlier.clone());
        }
        act(&mut world, client, &mut told);
        let pause = i64::from(world.pick(40_000));
        world.run(pause);
        power.mend(&mut world);
    }
    world.run(60_000);
    let failure_count = power.end(&mut world);
    world.run(60_000);
    make_peace(&mut world);
    retry_refused(&mut world);
    let story = format!("{what} {seed}");
    assert_converged(&mut world, client, &told, &story);
    assert_eq!(world.relays[0].accounts.len(), 1, "{story}");
    failure_count
}

fn assert_failed(failures: &[usize]) {
    let sum: usize = failures.iter().sum();
    assert!(failures.len() < 4 || sum > 0, "no store failed");
}

#[test]
fn a_relay_that_is_wiped_is_filled_again() {
    let failures = seeds::each(|seed| {
        lose(seed, "wiped", |world, _| {
            world.relays[0] = Relay::new(9);
            world.cut_all();
        })
    });
    assert_failed(&failures);
}

#[test]
fn a_relay_restored_from_a_backup_is_filled_again() {
    let failures = seeds::each(|seed| {
        lose(seed, "restored", |world, earlier| {
            world.relays[0] = earlier;
            if seed.is_multiple_of(2) {
                world.cut_all();
            }
        })
    });
    assert_failed(&failures);
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
    let failures = seeds::each(|seed| lose(seed, "fork", |world, _| world.fork_relay()));
    assert_failed(&failures);
}

#[test]
fn a_full_account_keeps_the_work_and_goes_on_after() {
    seeds::each(|seed| {
        let count = 2 + usize::try_from(seed % 3).unwrap();
        let (mut world, client) = world(seed, count);
        let story = format!("quota {seed}");
        let mut told = Told::default();
        // Full at once, or after a while.
        let room = usize::try_from(seed / 3 % 3).unwrap() * 4_000;
        let used: usize = world.relays[0]
            .accounts
            .values()
            .map(relay::Account::used_bytes)
            .sum();
        world.relays[0].quota = used + room;
        for number in 0..60 {
            let is_full = world.peers.iter().any(|peer| peer.status.trouble.is_some());
            if number < 6 || !is_full {
                act(&mut world, client, &mut told);
                world.run(10_000);
            }
        }
        let troubles: Vec<_> = world.peers.iter().map(|peer| peer.status.trouble).collect();
        assert!(
            troubles.contains(&Some(Trouble::Quota)),
            "{story}: {troubles:?}"
        );
        world.relays[0].quota = usize::MAX;
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &story);
    });
}

#[test]
fn a_device_a_month_asleep_and_a_day_off_catches_up() {
    seeds::each(|seed| {
        let (mut world, client) = world(seed, 3);
        let story = format!("asleep {seed}");
        let mut told = Told::default();
        world.peers[2].tablet.lock();
        world.feed(2, Input::Locking);
        for _ in 0..20 {
            let index = world.pick(2) as usize;
            let visit = EntryId(world.peers[index].tablet.fresh());
            let text = text_of(visit);
            let input = visit_at("20-11-2026", "8:00", "8:30", &text);
            world.peers[index].tablet.save(Edit::SignVisit {
                client,
                visit,
                input: Box::new(input),
            });
            told.visits.insert(visit, text);
            world.changed(index);
            world.run(36 * HOUR);
        }
        let off = if seed.is_multiple_of(2) { DAY } else { -DAY };
        world.set_clock(2, off);
        world.peers[2].tablet.unlock();
        world.open(2);
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &story);
        let status = world.peers[2].status;
        assert!(
            (status.clock_off_ms + off).abs() < 60_000,
            "{story}: {status:?}"
        );
        assert_eq!(status.trouble, None, "{story}");
    });
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
