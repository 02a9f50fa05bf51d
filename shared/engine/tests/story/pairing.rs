//! A second device comes into an account: two machines, a relay, two people's hands, and whoever is in between.

mod hostile;
mod mailbox;
mod word;
mod world;

use crypto::PairingCode;
use engine::command::Status;
use engine::pairing::{Input, PairingFailure, PairingState};
use engine::store::StoreError;
use engine::store::faulty::{Counted, Fault};

use super::tablet::{MINUTE, Tablet};
use world::World;

const OLD: usize = 0;
const NEW: usize = 1;

/// A device with a client, and an empty one.
fn world(seed: u64) -> World {
    let (old, _) = Tablet::with_client(7_000 + seed);
    let new = Tablet::new(7_100 + seed);
    World::new(vec![old, new], seed)
}

/// Up to the digits on the old device.
fn show_digits(world: &mut World, new: usize, old: usize) -> String {
    let code = world.show_code(new, "Telefoon");
    world.run(1_000);
    world.type_code(old, &code).unwrap();
    world.run(2_000);
    assert_eq!(world.state(new), PairingState::DigitsWanted);
    world.digits(old)
}

fn finish(world: &mut World, new: usize, old: usize, digits: &str) {
    world.pair(new, Input::Digits(digits.to_owned()));
    world.pair(old, Input::Confirm);
    world.run(5_000);
}

fn assert_paired(world: &mut World, new: usize, old: usize) {
    assert_eq!(world.state(old), PairingState::Done);
    assert_eq!(world.state(new), PairingState::Done);
    world.run(MINUTE);
    let now = world.now;
    let tablet = &mut world.devices[new].tablet;
    tablet.now = now;
    assert_eq!(tablet.names(), ["Janssen"]);
    tablet.restart_and_unlock();
    assert_eq!(tablet.names(), ["Janssen"]);
}

/// The new device has nothing, and may begin again; the account has the devices it had.
fn assert_nothing_paired(world: &mut World, new: usize) {
    world.run(6 * MINUTE);
    assert_eq!(world.device_count(), 1);
    let device = &mut world.devices[new];
    assert!(!device.is_joined);
    assert!(device.tablet.disk.dump().is_empty());
    assert!(matches!(device.tablet.status(), Status::Empty));
}

/// After a failure the same devices can be paired.
fn assert_can_try_again(world: &mut World, new: usize, old: usize) {
    let digits = show_digits(world, new, old);
    finish(world, new, old, &digits);
    assert_paired(world, new, old);
}

#[test]
fn a_new_device_gets_everything_of_the_account() {
    let mut world = world(1);
    let digits = show_digits(&mut world, NEW, OLD);
    match world.state(OLD) {
        PairingState::DigitsShown { name, digits, .. } => {
            assert_eq!(name, "Telefoon");
            assert_eq!(digits.len(), 4);
        }
        other => panic!("{other:?}"),
    }
    finish(&mut world, NEW, OLD, &digits);
    assert_paired(&mut world, NEW, OLD);
    assert_eq!(world.device_count(), 2);
    let kinds: Vec<String> = world.devices[NEW]
        .shown
        .iter()
        .map(|state| format!("{state:?}"))
        .collect();
    assert_eq!(kinds, ["CodeShown", "DigitsWanted", "Adding", "Done"]);
    let text = format!("{:?}", world.devices[OLD].shown);
    assert_eq!(text, "[Waiting, DigitsShown, DigitsShown, Adding, Done]");
}

#[test]
fn either_hand_may_be_first_and_there_is_time() {
    for is_old_first in [false, true] {
        let mut world = world(2);
        let digits = show_digits(&mut world, NEW, OLD);
        let typed = Input::Digits(digits);
        let (first, second) = match is_old_first {
            true => ((OLD, Input::Confirm), (NEW, typed)),
            false => ((NEW, typed), (OLD, Input::Confirm)),
        };
        world.run(MINUTE);
        world.pair(first.0, first.1);
        world.run(3 * MINUTE);
        world.pair(second.0, second.1);
        world.run(5_000);
        assert_paired(&mut world, NEW, OLD);
    }
}

#[test]
fn wrong_digits_end_it_and_drop_everything() {
    let mut world = world(3);
    let digits = show_digits(&mut world, NEW, OLD);
    world.pair(NEW, Input::Digits("12".to_owned()));
    world.pair(NEW, Input::Digits("vier".to_owned()));
    assert_eq!(world.state(NEW), PairingState::DigitsWanted);
    let wrong = if digits == "0000" { "0001" } else { "0000" };
    world.pair(NEW, Input::Digits(wrong.to_owned()));
    assert_eq!(world.failure(NEW), PairingFailure::DigitsWrong);
    // The right ones come too late.
    world.pair(NEW, Input::Digits(digits));
    assert_eq!(world.failure(NEW), PairingFailure::DigitsWrong);
    world.run(1_000);
    assert_eq!(world.failure(OLD), PairingFailure::OtherStopped);
    assert_nothing_paired(&mut world, NEW);
    assert_can_try_again(&mut world, NEW, OLD);
}

#[test]
fn what_is_no_code_or_nobodys_code_is_called_wrong() {
    let mut world = world(4);
    assert_eq!(world.type_code(OLD, "7777"), Err(PairingFailure::CodeWrong));
    let code = PairingCode::derive(b"niemand")
        .to_text()
        .as_str()
        .to_owned();
    world.type_code(OLD, &code).unwrap();
    world.run(5_000);
    assert_eq!(world.state(OLD), PairingState::Waiting);
    world.run(10_000);
    assert_eq!(world.failure(OLD), PairingFailure::CodeWrong);
}

#[test]
fn a_code_may_be_scanned_before_the_relay_knows_it() {
    let mut world = world(5);
    let code = world.show_code(NEW, "Telefoon");
    world.type_code(OLD, &code).unwrap();
    world.run(5_000);
    let digits = world.digits(OLD);
    finish(&mut world, NEW, OLD, &digits);
    assert_paired(&mut world, NEW, OLD);
}

#[test]
fn a_code_lives_for_five_minutes() {
    let mut world = world(6);
    let code = world.show_code(NEW, "Telefoon");
    world.run(5 * MINUTE - 1_000);
    assert!(matches!(world.state(NEW), PairingState::CodeShown { .. }));
    world.run(2_000);
    assert_eq!(world.failure(NEW), PairingFailure::Expired);
    world.type_code(OLD, &code).unwrap();
    world.run(2_000);
    assert_eq!(world.failure(OLD), PairingFailure::Expired);
    assert_nothing_paired(&mut world, NEW);
    assert_can_try_again(&mut world, NEW, OLD);
}

/// Nobody confirms: the old device hears from the mailbox that its time is over, and adds nothing after it.
#[test]
fn digits_that_nobody_confirms_end_with_the_mailbox() {
    let mut world = world(7);
    let code = world.show_code(NEW, "Telefoon");
    world.run(4 * MINUTE);
    world.type_code(OLD, &code).unwrap();
    world.run(2_000);
    let digits = world.digits(OLD);
    world.pair(NEW, Input::Digits(digits));
    world.run(58_000 + 25_000);
    assert_eq!(world.failure(OLD), PairingFailure::Expired);
    world.pair(OLD, Input::Confirm);
    world.run(MINUTE);
    assert_eq!(world.failure(NEW), PairingFailure::Expired);
    assert_nothing_paired(&mut world, NEW);
}

/// The old device may say yes until the mailbox ends; the new one waits a little longer, so it hears of that.
#[test]
fn a_yes_in_the_last_second_still_brings_the_device_in() {
    let mut world = world(25);
    let digits = show_digits(&mut world, NEW, OLD);
    world.pair(NEW, Input::Digits(digits));
    let end = world.mailbox.next_end().unwrap();
    world.run(end - 200 - world.now);
    world.pair(OLD, Input::Confirm);
    world.run(5_000);
    assert_paired(&mut world, NEW, OLD);
}

#[test]
fn a_code_is_good_for_one_device() {
    let (mut first, _) = Tablet::with_client(7_008);
    let second = first.add_tablet(7_009);
    let mut world = World::new(vec![first, Tablet::new(7_108), second], 8);
    let code = world.show_code(NEW, "Telefoon");
    world.run(1_000);
    world.type_code(OLD, &code).unwrap();
    world.run(1_000);
    world.type_code(2, &code).unwrap();
    world.run(1_000);
    assert_eq!(world.failure(2), PairingFailure::CodeUsed);
    let digits = world.digits(OLD);
    finish(&mut world, NEW, OLD, &digits);
    assert_paired(&mut world, NEW, OLD);
    // Nor twice for one.
    world.type_code(OLD, &code).unwrap();
    world.run(1_000);
    assert_eq!(world.failure(OLD), PairingFailure::CodeUsed);
}

#[test]
fn without_a_relay_both_say_so_soon() {
    let mut world = world(9);
    world.is_relay_up = false;
    world.cut_all();
    let code = world.show_code(NEW, "Telefoon");
    world.type_code(OLD, &code).unwrap();
    world.run(31_000);
    assert_eq!(world.failure(NEW), PairingFailure::NoConnection);
    assert_eq!(world.failure(OLD), PairingFailure::NoConnection);
    world.is_relay_up = true;
    assert_nothing_paired(&mut world, NEW);
}

#[test]
fn sockets_may_break_at_any_time() {
    for at in (0..2_400).step_by(150) {
        let mut world = world(10);
        let code = world.show_code(NEW, "Telefoon");
        world.run(at / 2);
        if at % 2 == 0 {
            world.cut_all();
        }
        world.type_code(OLD, &code).unwrap();
        world.run(at);
        world.cut_all();
        world.run(10_000);
        let digits = world.digits(OLD);
        world.pair(NEW, Input::Digits(digits));
        world.run(at / 4);
        world.cut_all();
        world.pair(OLD, Input::Confirm);
        world.run(at / 4);
        world.cut_all();
        world.run(2 * MINUTE);
        assert_paired(&mut world, NEW, OLD);
    }
}

/// Mailboxes are in the relay's memory only.
#[test]
fn a_relay_may_restart_at_any_time() {
    for at in (0..1_200).step_by(100) {
        let mut world = world(11);
        let code = world.show_code(NEW, "Telefoon");
        world.run(200);
        world.type_code(OLD, &code).unwrap();
        world.run(at);
        world.mailbox.forget();
        world.cut_all();
        world.run(10_000);
        let digits = world.digits(OLD);
        finish(&mut world, NEW, OLD, &digits);
        assert_paired(&mut world, NEW, OLD);
    }
}

#[test]
fn either_side_may_stop_at_any_time() {
    for who in [OLD, NEW] {
        for step in 0..4 {
            let mut world = world(12);
            let code = world.show_code(NEW, "Telefoon");
            world.run(if step == 0 { 30 } else { 1_000 });
            world.type_code(OLD, &code).unwrap();
            world.run(if step < 2 { 30 } else { 2_000 });
            if step == 3 {
                let digits = world.digits(OLD);
                world.pair(NEW, Input::Digits(digits));
                world.run(1_000);
            }
            world.pair(who, Input::Cancel);
            assert_eq!(world.failure(who), PairingFailure::Cancelled);
            let other = OLD + NEW - who;
            // An old device that has no offer yet does not know whether the code is meant for it.
            let is_told = who == NEW || step >= 2;
            world.run(1_000);
            if is_told {
                assert_eq!(world.failure(other), PairingFailure::OtherStopped, "{step}");
            }
            assert_nothing_paired(&mut world, NEW);
            if !is_told {
                assert_eq!(world.failure(other), PairingFailure::Expired);
            }
            assert_can_try_again(&mut world, NEW, OLD);
        }
    }
}

/// The person stops while the entry waits for a connection: it is not sent any more.
#[test]
fn an_old_device_that_stops_while_adding_takes_its_entry_back() {
    let mut world = world(23);
    let digits = show_digits(&mut world, NEW, OLD);
    world.pair(NEW, Input::Digits(digits));
    world.run(1_000);
    world.pair(OLD, Input::Confirm);
    while world.state(OLD) != PairingState::Adding {
        world.run(1);
    }
    world.is_relay_up = false;
    world.cut_all();
    world.run(5_000);
    assert_eq!(world.state(OLD), PairingState::Adding);
    world.pair(OLD, Input::Cancel);
    world.is_relay_up = true;
    assert_nothing_paired(&mut world, NEW);
}

/// A connection that comes back in time is enough: the entry waits for it.
#[test]
fn an_entry_that_waits_for_a_connection_goes_out_with_it() {
    let mut world = world(24);
    let digits = show_digits(&mut world, NEW, OLD);
    world.is_relay_up = false;
    world.cut_all();
    world.pair(OLD, Input::Confirm);
    world.pair(NEW, Input::Digits(digits));
    world.run(10_000);
    world.is_relay_up = true;
    world.run(2 * MINUTE);
    assert_paired(&mut world, NEW, OLD);
}

#[test]
fn devices_with_different_relays_are_told() {
    let mut world = world(16);
    world.show_code_for(NEW, "Telefoon", "https://elders.example");
    world.run(1_000);
    assert_eq!(world.failure(NEW), PairingFailure::OtherRelay);
    assert_nothing_paired(&mut world, NEW);
}

/// The connection breaks while the entry is on its way: it is sent again, whether it arrived or not.
#[test]
fn an_entry_that_was_lost_on_its_way_is_sent_again() {
    for after_ms in [10, 30] {
        let mut world = world(28);
        let digits = show_digits(&mut world, NEW, OLD);
        world.pair(NEW, Input::Digits(digits));
        world.pair(OLD, Input::Confirm);
        world.run(after_ms);
        world.cut_all();
        world.run(2 * MINUTE);
        assert_paired(&mut world, NEW, OLD);
        assert_eq!(world.devices[OLD].proposed_count, 1);
    }
}

#[test]
fn an_old_device_that_locks_half_way_adds_nothing() {
    for step in 0..2 {
        let mut world = world(17);
        let digits = show_digits(&mut world, NEW, OLD);
        world.pair(NEW, Input::Digits(digits));
        if step == 1 {
            world.is_relay_up = false;
            world.cut_all();
            world.pair(OLD, Input::Confirm);
        }
        world.lock(OLD);
        world.is_relay_up = true;
        assert_eq!(world.failure(OLD), PairingFailure::Cancelled);
        world.run(1_000);
        if step == 0 {
            assert_eq!(world.failure(NEW), PairingFailure::OtherStopped);
        }
        assert_nothing_paired(&mut world, NEW);
        let now = world.now;
        let tablet = &mut world.devices[OLD].tablet;
        tablet.now = now;
        tablet.unlock();
        world.open(OLD);
        assert_can_try_again(&mut world, NEW, OLD);
    }
}

#[test]
fn two_new_devices_come_in_one_after_the_other() {
    let (old, _) = Tablet::with_client(7_018);
    let tablets = vec![old, Tablet::new(7_118), Tablet::new(7_218)];
    let mut world = World::new(tablets, 18);
    for new in [1, 2] {
        let digits = show_digits(&mut world, new, OLD);
        finish(&mut world, new, OLD, &digits);
        assert_paired(&mut world, new, OLD);
    }
    assert_eq!(world.device_count(), 3);
}

/// Two old devices each add a new one at the same moment: one entry loses its place and is made again.
#[test]
fn two_hosts_that_add_at_once_both_get_their_device() {
    let (mut first, _) = Tablet::with_client(7_019);
    let second = first.add_tablet(7_020);
    let tablets = vec![first, Tablet::new(7_119), second, Tablet::new(7_219)];
    let mut world = World::new(tablets, 19);
    let one = show_digits(&mut world, 1, 0);
    let other = show_digits(&mut world, 3, 2);
    world.pair(1, Input::Digits(one));
    world.pair(3, Input::Digits(other));
    world.pair(0, Input::Confirm);
    world.pair(2, Input::Confirm);
    world.run(10_000);
    assert_eq!(world.device_count(), 4);
    let made = [0, 2].map(|who: usize| world.devices[who].proposed_count);
    assert_eq!(made.iter().sum::<usize>(), 3, "one was made twice");
    for (new, old) in [(1, 0), (3, 2)] {
        assert_paired(&mut world, new, old);
    }
}

/// The chain lists the new device by then, so it must be able to go on.
#[test]
fn a_new_device_without_room_comes_in_once_there_is_some() {
    let mut world = world(33);
    let digits = show_digits(&mut world, NEW, OLD);
    let store = world.devices[NEW].tablet.store.clone();
    store.limit_commit_bytes(Some(1));
    finish(&mut world, NEW, OLD, &digits);
    assert_eq!(world.state(OLD), PairingState::Done);
    assert_eq!(world.state(NEW), PairingState::NoRoom);
    world.run(10 * MINUTE);
    world.pair(NEW, Input::Retry);
    assert_eq!(world.state(NEW), PairingState::NoRoom);
    assert!(world.devices[NEW].tablet.disk.dump().is_empty());
    store.limit_commit_bytes(None);
    world.pair(NEW, Input::Retry);
    assert_paired(&mut world, NEW, OLD);
    assert_eq!(world.device_count(), 2);
}

#[test]
fn a_new_device_that_gives_up_for_want_of_room_has_nothing() {
    let mut world = world(34);
    let digits = show_digits(&mut world, NEW, OLD);
    let store = world.devices[NEW].tablet.store.clone();
    store.limit_commit_bytes(Some(1));
    finish(&mut world, NEW, OLD, &digits);
    assert_eq!(world.state(NEW), PairingState::NoRoom);
    world.pair(NEW, Input::Cancel);
    assert_eq!(world.failure(NEW), PairingFailure::Vault);
    store.limit_commit_bytes(None);
    world.pair(NEW, Input::Retry);
    assert!(world.devices[NEW].tablet.disk.dump().is_empty());
    assert_can_try_again(&mut world, NEW, OLD);
}

/// Answers whether the store failed.
fn join_with_fault(n: u64, fault: Fault) -> bool {
    let mut world = world(20);
    let digits = show_digits(&mut world, NEW, OLD);
    let store = world.devices[NEW].tablet.store.clone();
    store.fail_at(n, Counted::Calls, fault);
    finish(&mut world, NEW, OLD, &digits);
    let has_failed = store.has_failed();
    store.fail_at(u64::MAX, Counted::Calls, fault);
    let story = format!("{fault:?} at {n}");
    if has_failed {
        // The account lists a device that never says hello; that is all there is of it.
        let tablet = &mut world.devices[NEW].tablet;
        tablet.restart();
        match tablet.status() {
            Status::Empty => assert!(tablet.disk.dump().is_empty(), "{story}"),
            Status::Locked { .. } => {
                tablet.unlock();
                world.open(NEW);
            }
            other => panic!("{story}: {other:?}"),
        }
    }
    world.run(MINUTE);
    let status = world.devices[NEW].tablet.status();
    match status {
        Status::Empty => assert_can_try_again(&mut world, NEW, OLD),
        _ => assert_eq!(world.devices[NEW].tablet.names(), ["Janssen"], "{story}"),
    }
    has_failed
}

#[test]
fn a_fault_at_any_effect_of_joining_leaves_nothing_half() {
    for fault in [
        Fault::CrashBefore,
        Fault::CrashAfter,
        Fault::LoseAnswer,
        Fault::Refuse(StoreError::Full),
    ] {
        let mut n = 0;
        while n < 12 && join_with_fault(n, fault) {
            n += 1;
        }
        assert!(n >= 2, "only {n} effects");
    }
}
