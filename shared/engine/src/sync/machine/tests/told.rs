//! What does not go well is told, and does not go on without end.

use super::*;
use crate::sync::Phase;

/// A connection on which there is nothing left to do.
fn at_rest(own: ChainTip) -> Machine {
    let (mut machine, out) = greeted(own, own, NOW);
    settle(&mut machine, out, own, own);
    assert_eq!(machine.told.unwrap().phase, Phase::UpToDate);
    machine
}

/// A draft is sent; number of the request.
fn put_draft(machine: &mut Machine, own: ChainTip, now: i64) -> RequestId {
    let standing = Standing {
        draft_count: 1,
        ..standing(own)
    };
    let mut out = machine.step(Input::Changed(standing), now, 0);
    out.extend(machine.step(Input::Tick, now, 0));
    assert!(out.contains(&Output::Work(Box::new(Work::ReadDrafts))));
    let done = Done::Drafts(vec![super::catch_up::draft()]);
    let report = Report { done, standing };
    let out = machine.step(Input::Done(Box::new(report)), now, 0);
    match sent(&out) {
        Some((number, ToRelay::PutDraft { .. })) => number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_draft_that_the_relay_does_not_take_is_told_until_it_does() {
    let own = tip(1, 1);
    for (refusal, trouble) in [
        (
            Refusal::Quota {
                used_bytes: 1,
                quota_bytes: 1,
            },
            Trouble::Quota,
        ),
        (Refusal::Malformed { reason: 0 }, Trouble::Patience),
        (Refusal::FormatTooNew { max: 1 }, Trouble::RelayTooOld),
    ] {
        let mut machine = at_rest(own);
        let number = put_draft(&mut machine, own, NOW);
        let refused = ToDevice::Refused { index: 0, refusal };
        hear(&mut machine, &refused, number, NOW);
        let told = machine.told.unwrap();
        assert_eq!((told.phase, told.trouble), (Phase::UpToDate, Some(trouble)));
        let later = NOW + DRAFT_MS;
        let number = put_draft(&mut machine, own, later);
        let (slot, counter) = (0, 0);
        let taken = ToDevice::DraftAck { slot, counter };
        hear(&mut machine, &taken, number, later);
        assert_eq!(machine.told.unwrap().trouble, None);
    }
}

/// A relay that gives records, and not the entry of the chain that they name.
#[test]
fn an_entry_of_the_chain_that_is_kept_back_is_told_and_asked_for_less_and_less() {
    let own = standing(tip(1, 1));
    let waits = Taken {
        needs_chain: true,
        ..Taken::default()
    };
    let (mut machine, out) = connected(own);
    (machine.wishes.at, machine.wishes.head) = (AccountSeq(0), AccountSeq(1));
    answer_all(&mut machine, out, (own, waits), NOW);
    assert!(machine.wishes.has_asked_chain);
    assert_eq!(machine.told.unwrap().trouble, Some(Trouble::Withheld));
    let works = pass(&mut machine, (NOW, NOW + DAY_MS), (own, waits));
    let asked = works
        .iter()
        .filter(|(_, work)| matches!(work, Work::Take { .. }));
    let asked = asked.count();
    assert!((4..200).contains(&asked), "{asked} in a day");
    assert_eq!(machine.told.unwrap().trouble, Some(Trouble::Withheld));
    // It comes.
    let end = NOW + 2 * DAY_MS;
    pass(&mut machine, (NOW + DAY_MS, end), (own, Taken::default()));
    assert_eq!(machine.told.unwrap().trouble, None);
}

#[test]
fn a_device_that_stays_full_does_not_ask_for_the_same_page_each_second() {
    const HOUR_MS: i64 = 3_600_000;
    let own = tip(1, 1);
    let (mut machine, _) = greeted(own, own, NOW);
    let (mut now, mut count) = (NOW, 0);
    while now < NOW + HOUR_MS {
        machine.step(Input::Failed(Failure::Full), now, 0);
        let told = machine.told.unwrap();
        assert_eq!(
            (told.phase, told.trouble),
            (Phase::Offline, Some(Trouble::Storage))
        );
        let Link::Waiting { until } = machine.link else {
            panic!("{:?}", machine.link);
        };
        now = until;
        greet(&mut machine, own, own, now);
        count += 1;
    }
    assert!((12..60).contains(&count), "{count} connections in an hour");
    // What is taken in shows that there is room.
    let taken = Taken {
        new_count: 1,
        ..Taken::default()
    };
    work_done(&mut machine, Done::Taken(taken), own, now);
    machine.step(Input::Down, now, 0);
    assert!(matches!(machine.link, Link::Waiting { until } if until <= now + 1_000));
}

#[test]
fn old_records_in_the_place_of_newer_ones_are_told() {
    let own = standing(tip(1, 1));
    let goes_back = Taken {
        has_rollback: true,
        new_count: 1,
        ..Taken::default()
    };
    let (mut machine, out) = connected(own);
    (machine.wishes.at, machine.wishes.head) = (AccountSeq(0), AccountSeq(1));
    answer_all(&mut machine, out, (own, goes_back), NOW);
    assert_eq!(machine.told.unwrap().trouble, Some(Trouble::Rollback));
}

#[test]
fn a_relay_that_lost_records_is_told_until_they_are_handed_in_again() {
    let own = tip(1, 1);
    let (mut machine, out) = greeted(own, own, NOW);
    settle(&mut machine, out, own, own);
    machine.step(Input::Down, NOW, 0);
    let later = NOW + 2_000;
    greet(&mut machine, own, own, later);
    let waiting = Standing {
        outbox_count: 1,
        ..standing(own)
    };
    let done = Done::Welcomed { is_wiped: true };
    machine.is_working = true;
    let report = Report {
        done,
        standing: waiting,
    };
    machine.step(Input::Done(Box::new(report)), later, 0);
    assert!(machine.told.unwrap().is_refilling);
    let out = work_done(&mut machine, Done::Nothing, own, later);
    settle(&mut machine, out, own, own);
    let told = machine.told.unwrap();
    assert_eq!((told.phase, told.is_refilling), (Phase::UpToDate, false));
    // Behind all that it handed in again it says something, once.
    let speaks = |machine: &mut Machine, at: i64| {
        let out = machine.step(Input::Tick, at, 0);
        let has_spoken = out.contains(&Output::Work(Box::new(Work::Speak)));
        let says = (standing(own), Taken::default());
        answer_all(machine, out, says, at);
        has_spoken
    };
    assert!(speaks(&mut machine, later + SPEAK_MS));
    assert!(!speaks(&mut machine, later + 2 * SPEAK_MS));
}
