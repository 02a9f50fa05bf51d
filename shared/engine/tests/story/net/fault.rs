//! A store that fails at any effect of the exchange, on any of the devices.

use engine::store::StoreError;
use engine::store::faulty::{Counted, Fault};

use super::world::World;
use super::{Told, act, assert_converged, disks, make_peace, seeds};

const FAULTS: [Fault; 4] = [
    Fault::CrashBefore,
    Fault::CrashAfter,
    Fault::LoseAnswer,
    Fault::Refuse(StoreError::Full),
];
/// Effects between two that fail with one seed: each seed begins at another one, so that this many meet every effect,
/// and four times as many every effect with every fault.
const STRIDE: u64 = 37;

/// Devices meet and work while the store of one fails at effect `n`. Answers whether it did.
fn work_with_fault(seed: u64, count: usize, n: u64, (victim, fault): (usize, Fault)) -> bool {
    let (disks, client, now) = disks();
    let mut world = World::new(&disks[..count], now, seed);
    let store = world.peers[victim].tablet.store.clone();
    store.fail_at(n, Counted::Calls, fault);
    let mut told = Told::default();
    for _ in 0..7 {
        world.run(40_000);
        let is_dead = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
        if store.has_failed() && is_dead && world.peers[victim].restarts == 0 {
            world.restart(victim);
        }
        act(&mut world, client, &mut told);
    }
    let has_failed = store.has_failed();
    if has_failed && world.peers[victim].restarts == 0 {
        world.restart(victim);
    }
    store.fail_at(u64::MAX, Counted::Calls, fault);
    make_peace(&mut world);
    let story = format!("seed {seed}: {fault:?} at {n} of {victim}");
    assert_converged(&mut world, client, &told, &story);
    has_failed
}

#[test]
fn a_fault_at_any_effect_of_the_exchange_loses_nothing() {
    let counts = seeds::each(|seed| {
        let count = 2 + usize::try_from(seed % 3).unwrap();
        let victim = usize::try_from(seed / 3).unwrap() % count;
        let mut n = seed % STRIDE;
        let mut failed_count = 0;
        loop {
            let fault = FAULTS[usize::try_from((seed / STRIDE + n) % 4).unwrap()];
            if !work_with_fault(seed, count, n, (victim, fault)) {
                return failed_count;
            }
            failed_count += 1;
            n += STRIDE;
        }
    });
    // With some seeds the first effect to fail is after the last one.
    let met = counts.iter().filter(|count| **count > 0).count();
    assert!(2 * met > counts.len(), "{counts:?}");
}

/// With one seed every effect, each with one of the faults.
#[test]
fn a_fault_at_each_effect_of_one_meeting_loses_nothing() {
    let counts = seeds::spread(0..2, |victim| {
        let mut n = 0;
        loop {
            let fault = FAULTS[usize::try_from(n % 4).unwrap()];
            if !work_with_fault(77, 2, n, (usize::try_from(victim).unwrap(), fault)) {
                return n;
            }
            n += 1;
        }
    });
    assert!(counts.iter().all(|count| *count > 30), "{counts:?}");
}
