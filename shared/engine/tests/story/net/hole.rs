//! A relay that lost everything, and a device that lost one of the records it would hand in again.

use engine::store::StoreName;
use engine::sync::{Input, Phase};
use protocol::record::Link;
use protocol::{DeviceIndex, Seq};

use super::super::hub::seen;
use super::lies::sign;
use super::relay::Relay;
use super::world::World;
use super::{HOUR, Told, assert_converged, make_peace, world};

const MINUTE: i64 = 60_000;

fn lock(world: &mut World, index: usize) {
    world.peers[index].tablet.lock();
    world.feed(index, Input::Locking);
    world.run(MINUTE);
}

fn unlock(world: &mut World, index: usize) {
    world.peers[index].tablet.now = world.now;
    world.peers[index].tablet.unlock();
    world.open(index);
}

/// A record that a device made is gone from the disk of the first one.
fn lose(world: &World, maker: u16, seq: u32) {
    let disk = world.peers[0].tablet.disk.clone();
    let place = (DeviceIndex(maker), Seq(seq));
    for (store, key, value) in disk.dump() {
        if store == StoreName::Record
            && Link::read(&value).is_ok_and(|link| (link.device, link.seq) == place)
        {
            disk.remove(store, &key);
        }
    }
}

#[test]
fn a_record_that_is_gone_here_and_at_the_relay_keeps_nothing_else_from_leaving() {
    for maker in 0..2 {
        let (mut world, client) = world(93, 3);
        let mut told = Told::default();
        for index in [maker, 1 - maker, maker, 2] {
            sign(&mut world, index, client, &mut told);
            world.run(5_000);
        }
        world.run(HOUR);
        for index in [1, 2] {
            lock(&mut world, index);
        }
        lose(&world, maker as u16, 2);
        world.relays[0] = Relay::new(9);
        world.cut_all();
        world.run(HOUR);
        sign(&mut world, 0, client, &mut told);
        world.run(HOUR);
        let peer = &mut world.peers[0];
        assert_eq!(peer.status.trouble, None, "made by {maker}");
        assert_eq!(peer.status.phase, Phase::UpToDate);
        assert_eq!(peer.tablet.standing().outbox_count, 0);
        for index in [1, 2] {
            unlock(&mut world, index);
        }
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &format!("made by {maker}"));
    }
}

/// Its maker is gone for good, and the device that still has it has none of those after it.
#[test]
fn what_comes_after_a_record_that_another_device_brought_back_is_handed_in() {
    let (mut world, client) = world(94, 3);
    let mut told = Told::default();
    sign(&mut world, 1, client, &mut told);
    world.run(HOUR);
    lock(&mut world, 2);
    for _ in 0..2 {
        sign(&mut world, 1, client, &mut told);
        world.run(HOUR);
    }
    lock(&mut world, 1);
    lose(&world, 1, 2);
    world.relays[0] = Relay::new(9);
    world.cut_all();
    world.run(HOUR);
    unlock(&mut world, 2);
    world.run(HOUR);
    let [one, other] = [0, 2].map(|index| seen(&mut world.peers[index].tablet, client));
    assert_eq!(one, other);
    assert_eq!(world.peers[2].tablet.visits(client).rows.len(), 3);
    assert_eq!(world.peers[0].tablet.standing().outbox_count, 0);
}
