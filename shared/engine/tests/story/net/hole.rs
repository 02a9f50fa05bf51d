//! A relay that lost everything, and a device that lost one of the records it would hand in again.

use engine::store::StoreName;
use engine::sync::{Input, Phase};
use protocol::record::Link;
use protocol::{DeviceIndex, Seq};

use super::lies::sign;
use super::relay::Relay;
use super::{HOUR, Told, assert_converged, make_peace, world};

const MINUTE: i64 = 60_000;

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
            world.peers[index].tablet.lock();
            world.feed(index, Input::Locking);
        }
        world.run(MINUTE);
        let disk = world.peers[0].tablet.disk.clone();
        let device = DeviceIndex(maker as u16);
        let is_lost = |bytes: &[u8]| {
            let link = Link::read(bytes).unwrap();
            (link.device, link.seq) == (device, Seq(2))
        };
        for (store, key, value) in disk.dump() {
            if store == StoreName::Record && is_lost(&value) {
                disk.remove(store, &key);
            }
        }
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
            world.peers[index].tablet.now = world.now;
            world.peers[index].tablet.unlock();
            world.open(index);
        }
        make_peace(&mut world);
        assert_converged(&mut world, client, &told, &format!("made by {maker}"));
    }
}
