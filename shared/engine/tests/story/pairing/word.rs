//! The words in the mailboxes beside: that one side stopped, and that the right digits were typed.

use engine::pairing::{Input, PairingFailure};

use super::super::tablet::MINUTE;
use super::{
    NEW, OLD, assert_can_try_again, assert_nothing_paired, assert_paired, finish, show_digits,
    world,
};

/// Word of a stop is a courtesy: where it cannot be left, pairing works and the clock ends what was stopped.
#[test]
fn without_room_for_word_of_a_stop_two_devices_still_pair() {
    let mut world = world(29);
    world.mailbox.boxes_max = Some(1);
    show_digits(&mut world, NEW, OLD);
    world.pair(NEW, Input::Cancel);
    world.run(6 * MINUTE);
    assert_eq!(world.failure(OLD), PairingFailure::Expired);
    let digits = show_digits(&mut world, NEW, OLD);
    world.mailbox.boxes_max = Some(2);
    finish(&mut world, NEW, OLD, &digits);
    assert_paired(&mut world, NEW, OLD);
}

/// That the digits were right is no courtesy: nothing is added without it.
#[test]
fn without_room_for_word_of_right_digits_nothing_is_paired() {
    let mut world = world(34);
    world.mailbox.boxes_max = Some(2);
    let digits = show_digits(&mut world, NEW, OLD);
    finish(&mut world, NEW, OLD, &digits);
    assert_eq!(world.failure(NEW), PairingFailure::RelayRefuses);
    assert_eq!(world.failure(OLD), PairingFailure::OtherStopped);
    assert_nothing_paired(&mut world, NEW);
}

/// The person said yes too early: nothing is added before the right digits were typed, and never after wrong ones.
#[test]
fn a_yes_before_the_digits_adds_nothing_until_they_are_right() {
    for is_cut in [false, true] {
        let mut world = world(35);
        let digits = show_digits(&mut world, NEW, OLD);
        world.pair(OLD, Input::Confirm);
        world.run(MINUTE);
        assert_eq!(world.device_count(), 1);
        let wrong = if digits == "0000" { "0001" } else { "0000" };
        if is_cut {
            // Its word that it stopped does not come through.
            world.is_relay_up = false;
            world.cut_all();
        }
        world.pair(NEW, Input::Digits(wrong.to_owned()));
        world.is_relay_up = true;
        assert_eq!(world.failure(NEW), PairingFailure::DigitsWrong);
        assert_nothing_paired(&mut world, NEW);
        let told = match is_cut {
            true => PairingFailure::Expired,
            false => PairingFailure::OtherStopped,
        };
        assert_eq!(world.failure(OLD), told);
        assert_can_try_again(&mut world, NEW, OLD);
    }
}

/// A stop is heard on a connection made after it, too.
#[test]
fn a_stop_is_heard_after_a_broken_socket() {
    for who in [OLD, NEW] {
        let mut world = world(31);
        show_digits(&mut world, NEW, OLD);
        let other = OLD + NEW - who;
        world.cut(other);
        world.pair(who, Input::Cancel);
        world.run(5_000);
        assert_eq!(world.failure(other), PairingFailure::OtherStopped);
        assert_nothing_paired(&mut world, NEW);
    }
}

/// Once the old device said yes the chain may hold the new one, so nothing may tell that to forget its keys.
#[test]
fn an_old_device_that_stops_after_its_yes_leaves_no_word() {
    for after_ms in [0, 10, 30, 50] {
        let mut world = world(32);
        let digits = show_digits(&mut world, NEW, OLD);
        world.pair(NEW, Input::Digits(digits));
        world.run(2_000);
        world.pair(OLD, Input::Confirm);
        world.run(after_ms);
        world.pair(OLD, Input::Cancel);
        world.run(2_000);
        let is_listed = world.device_count() == 2;
        assert_eq!(world.devices[NEW].is_joined, is_listed, "{after_ms}");
    }
}
