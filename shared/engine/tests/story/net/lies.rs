//! What a relay can make devices believe for a while: another chain, a log that is closed up, a newer format.

use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use engine::Now;
use engine::sync::{Input, Phase, Trouble};
use pollster::block_on;
use protocol::DeviceIndex;
use protocol::record::Record;

use super::super::hub::seen;
use super::super::tablet::{Tablet, visit_at};
use super::world::World;
use super::{HOUR, Told, act, assert_converged, make_peace, seeds, text_of, world};

const MINUTE: i64 = 60_000;

pub(super) fn sign(world: &mut World, index: usize, client: ClientId, told: &mut Told) {
    let clock = world.now;
    let tablet = &mut world.peers[index].tablet;
    tablet.now = clock;
    let visit = EntryId(tablet.fresh());
    let text = text_of(visit);
    tablet.save(Edit::SignVisit {
        client,
        visit,
        input: Box::new(visit_at("20-11-2026", "8:00", "8:30", &text)),
    });
    told.visits.insert(visit, text);
    told.makers.insert(visit, index);
    world.changed(index);
}

/// Adds a device that is never switched on.
fn add_device(world: &mut World, index: usize, seed: u64) {
    let mut new = Tablet::new(seed);
    let card = block_on(new.vault.begin_join(&mut new.rng)).unwrap();
    let tablet = &mut world.peers[index].tablet;
    let now = Now { ms: tablet.now };
    let entry = block_on(tablet.vault.add_device(&card, now, &mut tablet.rng)).unwrap();
    world.feed(index, Input::Propose(entry));
    world.run(MINUTE);
}

#[test]
fn a_chain_that_a_relay_forks_is_told_by_all_and_costs_no_work() {
    seeds::each(|seed| {
        let (mut world, client) = world(seed, 4);
        let mut told = Told::default();
        world.fork_relay();
        world.run(MINUTE);
        // The chains may be of different lengths after the place where they part.
        let entry_counts = [1 + seed % 2, 1 + seed / 2 % 3];
        for (index, count) in [0, 2].into_iter().zip(entry_counts) {
            for number in 0..count {
                add_device(&mut world, index, 9_000 + seed * 10 + number);
            }
        }
        let lens: Vec<u32> = world
            .peers
            .iter()
            .map(|peer| peer.status.chain_len)
            .collect();
        let [left, right] = entry_counts.map(|count| 4 + u32::try_from(count).unwrap());
        assert_eq!(lens, [left, left, right, right]);
        for _ in 0..6 {
            act(&mut world, client, &mut told);
            world.run(40_000);
        }
        let swap = |world: &mut World| {
            for peer in &mut world.peers {
                peer.relay = 1 - peer.relay;
            }
            world.cut_all();
            world.run(10 * MINUTE);
        };
        swap(&mut world);
        let assert_told = |world: &World, when: &str| {
            for (index, peer) in world.peers.iter().enumerate() {
                let of = (peer.status.trouble, peer.status.chain_len);
                let wanted = (Some(Trouble::ChainFork), lens[index]);
                assert_eq!(of, wanted, "seed {seed} {when}: device {index}");
            }
        };
        assert_told(&world, "seen");
        for _ in 0..6 {
            act(&mut world, client, &mut told);
            world.run(40_000);
        }
        for index in 0..4 {
            world.restart(index);
        }
        world.run(10 * MINUTE);
        assert_told(&world, "after a restart");
        // Both pairs are shown what they are used to, and go on.
        swap(&mut world);
        world.run(HOUR);
        for (index, peer) in world.peers.iter_mut().enumerate() {
            let page = seen(&mut peer.tablet, client);
            for (visit, text) in &told.visits {
                // A device keeps its own, and what its pair gave it.
                if told.makers[visit] / 2 == index / 2 {
                    assert!(
                        page.contains(text),
                        "seed {seed} device {index}: lost {visit}"
                    );
                }
            }
            assert!(peer.tablet.unreadable().is_empty(), "seed {seed}");
            peer.tablet.audit();
            assert_eq!(peer.tablet.standing().waiting_count, 0, "seed {seed}");
        }
    });
}

/// A page without a record, its places closed up: nothing after it in its sequence shows the gap, but the word of a
/// third device does.
#[test]
fn a_record_left_out_of_a_closed_up_log_is_asked_for_when_another_device_names_it() {
    let (mut world, client) = world(91, 3);
    let mut told = Told::default();
    world.run(HOUR);
    world.peers[0].tablet.lock();
    world.feed(0, Input::Locking);
    let begin = world.relays[0].record_count();
    sign(&mut world, 1, client, &mut told);
    // Device 2 says that it stores it.
    world.run(MINUTE);
    let mut lying = world.relays[0].clone();
    for account in lying.accounts.values_mut() {
        let maker = |bytes: &Vec<u8>| Record::decode(bytes.clone()).unwrap().outer().device;
        let later = &mut account.log[begin..];
        let beacon = later.iter().find(|bytes| maker(bytes) == DeviceIndex(2));
        let beacon = beacon.unwrap().clone();
        for bytes in later
            .iter_mut()
            .filter(|bytes| maker(bytes) == DeviceIndex(1))
        {
            bytes.clone_from(&beacon);
        }
    }
    world.relays.push(lying);
    world.peers[0].relay = 1;
    world.peers[0].tablet.now = world.now;
    world.peers[0].tablet.unlock();
    world.open(0);
    world.run(2_000);
    let (visit, text) = told.visits.first_key_value().unwrap();
    let page = |world: &mut World| seen(&mut world.peers[0].tablet, client);
    assert!(!page(&mut world).contains(text), "{visit} was not left out");
    assert_eq!(world.peers[0].status.behind, 0);
    assert_eq!(world.peers[0].status.trouble, None, "it may be on its way");
    world.run(2 * MINUTE);
    assert_eq!(world.peers[0].status.trouble, Some(Trouble::Withheld));
    // It is asked less and less while it gives no more.
    world.run(HOUR);
    let before = world.relays[1].pull_count;
    world.run(24 * HOUR);
    let pulls = world.relays[1].pull_count - before;
    assert!(pulls < 20, "{pulls} pages in a day");
    world.peers[0].relay = 0;
    world.cut(0);
    world.feed(0, Input::TryNow);
    world.run(2 * MINUTE);
    assert!(page(&mut world).contains(text), "{visit} is not asked for");
    assert_eq!(world.peers[0].status.trouble, None);
    make_peace(&mut world);
    assert_converged(&mut world, client, &told, "closed up");
}

#[test]
fn a_record_of_a_newer_format_is_left_for_after_an_update() {
    let (mut world, client) = world(92, 2);
    let mut told = Told::default();
    world.run(HOUR);
    world.peers[1].tablet.lock();
    world.feed(1, Input::Locking);
    let place = world.relays[0].record_count();
    for _ in 0..3 {
        sign(&mut world, 0, client, &mut told);
        world.run(5_000);
    }
    let set_format = |world: &mut World, format: u8| {
        for account in world.relays[0].accounts.values_mut() {
            account.log[place][0] = format;
        }
    };
    set_format(&mut world, 2);
    world.peers[1].tablet.now = world.now;
    world.peers[1].tablet.unlock();
    world.open(1);
    world.run(HOUR);
    let status = world.peers[1].status;
    assert_eq!(status.trouble, Some(Trouble::AppTooOld));
    assert_eq!(status.phase, Phase::UpToDate);
    let before = world.relays[0].pull_count;
    world.run(24 * HOUR);
    let pulls = world.relays[0].pull_count - before;
    assert!(pulls < 60, "{pulls} pages in a day");
    assert_eq!(world.peers[1].status.trouble, Some(Trouble::AppTooOld));
    // This device can send what it makes.
    sign(&mut world, 1, client, &mut told);
    world.run(MINUTE);
    assert_eq!(world.peers[1].tablet.standing().waiting_count, 0);
    // The version that reads it starts.
    set_format(&mut world, 1);
    world.restart(1);
    world.run(MINUTE);
    assert_eq!(world.peers[1].status.trouble, None);
    make_peace(&mut world);
    assert_converged(&mut world, client, &told, "newer format");
}
