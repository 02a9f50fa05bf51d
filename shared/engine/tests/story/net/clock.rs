//! One device's clock is a day off, while the others and the relay are right.

use engine::sync::Input;

use super::told::change_place;
use super::{HOUR, Told, act, assert_converged, make_peace, seeds, world};

const DAY: i64 = 24 * HOUR;

#[test]
fn a_clock_that_is_a_day_off_is_harmless() {
    seeds::each(|seed| {
        let count = 2 + usize::try_from(seed % 3).unwrap();
        let (mut world, client) = world(seed, count);
        let wrong = usize::try_from(seed / 3).unwrap() % count;
        let off = if seed.is_multiple_of(2) { DAY } else { -DAY };
        // Off from the start, or put so while everything runs; for good, or put right again.
        let (begin, end) = (seed / 2 % 4, 4 + seed / 8 % 16);
        let mut told = Told::default();
        for round in 0..12 {
            if round == begin {
                world.set_clock(wrong, off);
            }
            if round == end {
                world.set_clock(wrong, 0);
            }
            if round == begin + 1 {
                change_place(&mut world, wrong, client, &mut told);
            }
            act(&mut world, client, &mut told);
            let pause = i64::from(world.pick(120_000));
            world.run(pause);
            match world.pick(6) {
                0 => world.restart(wrong),
                1 => world.cut(wrong),
                _ => {}
            }
        }
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &format!("clock {off} {seed}"));
        for (index, peer) in world.peers.iter().enumerate() {
            let said = peer.status.clock_off_ms;
            let wanted = if index == wrong && end > 11 { -off } else { 0 };
            assert!((said - wanted).abs() < 60_000, "seed {seed}: {said}");
            assert_eq!(peer.status.trouble, None, "seed {seed} device {index}");
        }
    });
}

/// Nothing waits for a day because the clock that planned it was put back.
#[test]
fn a_clock_put_back_keeps_nothing_from_being_sent() {
    seeds::each(|seed| {
        let (mut world, client) = world(seed, 2);
        let mut told = Told::default();
        world.set_clock(0, DAY);
        world.is_relay_up = seed.is_multiple_of(2);
        world.cut_all();
        for _ in 0..4 {
            act(&mut world, client, &mut told);
            let pause = i64::from(world.pick(60_000));
            world.run(pause);
        }
        world.is_relay_up = true;
        world.set_clock(0, 0);
        for index in 0..2 {
            world.changed(index);
        }
        world.feed(0, Input::Tick);
        world.run(HOUR);
        assert_converged(&mut world, client, &told, &format!("put back {seed}"));
    });
}
