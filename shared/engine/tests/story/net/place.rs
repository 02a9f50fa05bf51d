//! Receipts over frames: beacons carry them by themselves, and an honest relay is never said to withhold.

use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use engine::command::{EntryPlace, Receipt};
use engine::sync::Input;

use super::super::tablet::visit_at;
use super::world::World;
use super::{HOUR, Told, act, assert_converged, make_peace, text_of, world};

fn sign(world: &mut World, index: usize, client: ClientId) -> EntryId {
    let visit = EntryId(world.peers[index].tablet.fresh());
    let text = text_of(visit);
    let tablet = &mut world.peers[index].tablet;
    tablet.now = world.now;
    tablet.save(Edit::SignVisit {
        client,
        visit,
        input: Box::new(visit_at("20-11-2026", "8:00", "8:30", &text)),
    });
    world.changed(index);
    visit
}

fn receipts(world: &mut World, index: usize) -> Vec<(u16, Receipt)> {
    let now = world.now;
    let tablet = &mut world.peers[index].tablet;
    tablet.now = now;
    let rows = tablet.devices();
    // The account has four devices; those that are not in this world were never online.
    rows.into_iter()
        .filter(|row| !row.is_own && usize::from(row.device) < world.peers.len())
        .map(|row| (row.device, row.receipt))
        .collect()
}

#[test]
fn beacons_bring_an_entry_from_here_to_everywhere() {
    let (mut world, client) = world(31, 3);
    world.is_relay_up = false;
    world.cut_all();
    let visit = sign(&mut world, 0, client);
    world.run(HOUR);
    assert_eq!(
        world.peers[0].tablet.place(client, visit),
        EntryPlace::Device
    );
    world.restart(0);
    world.is_relay_up = true;
    world.feed(0, Input::TryNow);
    world.run(5_000);
    assert_eq!(
        world.peers[0].tablet.place(client, visit),
        EntryPlace::Server
    );
    for index in 1..3 {
        world.feed(index, Input::TryNow);
    }
    world.run(120_000);
    for (index, on) in [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])] {
        let place = world.peers[index].tablet.place(client, visit);
        assert_eq!(place, EntryPlace::Also(on.to_vec()), "device {index}");
    }
    assert_eq!(
        receipts(&mut world, 0),
        [(1, Receipt::All), (2, Receipt::All)]
    );
}

#[test]
fn who_sleeps_is_away_and_never_withheld_from() {
    let (mut world, client) = world(32, 3);
    world.run(HOUR);
    // When a change was sent is known from the first question on, which pages ask right after an unlock.
    receipts(&mut world, 0);
    world.peers[2].tablet.lock();
    world.feed(2, Input::Locking);
    for _ in 0..6 {
        sign(&mut world, 0, client);
        world.run(3 * HOUR);
        sign(&mut world, 1, client);
        world.run(3 * HOUR);
        let wanted = [(1, Receipt::All), (2, Receipt::Away)];
        assert_eq!(receipts(&mut world, 0), wanted);
    }
    world.restart(0);
    let rows = world.peers[0].tablet.devices();
    assert!(rows[2].unseen_count >= 6, "{rows:?}");
    world.peers[2].tablet.now = world.now;
    world.peers[2].tablet.unlock();
    world.open(2);
    let visit = sign(&mut world, 2, client);
    for _ in 0..40 {
        world.run(15_000);
        for (_, receipt) in receipts(&mut world, 0) {
            assert!(!matches!(receipt, Receipt::Withheld { .. }));
        }
    }
    let wanted = [(1, Receipt::All), (2, Receipt::All)];
    assert_eq!(receipts(&mut world, 0), wanted);
    let place = world.peers[0].tablet.place(client, visit);
    assert_eq!(place, EntryPlace::Also(vec![1, 2]));
}

#[test]
fn after_any_day_an_honest_hour_leaves_nothing_to_tell() {
    super::seeds::each(|seed| {
        let (mut world, client) = world(seed, 3);
        let mut told = Told::default();
        for _ in 0..12 {
            act(&mut world, client, &mut told);
            let pause = i64::from(world.pick(400_000));
            world.run(pause);
            if world.pick(3) == 0 {
                let index = world.pick(3) as usize;
                world.restart(index);
            }
            for (device, receipt) in receipts(&mut world, 0) {
                let is_withheld = matches!(receipt, Receipt::Withheld { .. });
                assert!(!is_withheld, "seed {seed} device {device}");
            }
        }
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &format!("places {seed}"));
        for index in 0..3 {
            for (_, receipt) in receipts(&mut world, index) {
                assert_eq!(receipt, Receipt::All, "seed {seed} device {index}");
            }
            for visit in told.visits.keys() {
                let place = world.peers[index].tablet.place(client, *visit);
                let EntryPlace::Also(on) = place else {
                    panic!("seed {seed} device {index}: {place:?}");
                };
                assert_eq!(on.len(), 2, "seed {seed} device {index}");
            }
        }
    });
}

#[test]
fn after_an_honest_hour_all_show_the_same_six_words() {
    super::seeds::each(|seed| {
        let (mut world, client) = world(seed, 4);
        let mut told = Told::default();
        for _ in 0..8 {
            act(&mut world, client, &mut told);
            let pause = i64::from(world.pick(60_000));
            world.run(pause);
        }
        make_peace(&mut world);
        let mut words = Vec::new();
        for peer in &mut world.peers {
            peer.tablet.now = world.now;
            words.push(peer.tablet.words());
        }
        assert!(words[0].is_some(), "seed {seed}");
        assert!(
            words.iter().all(|of| *of == words[0]),
            "seed {seed} {words:?}"
        );
    });
}
