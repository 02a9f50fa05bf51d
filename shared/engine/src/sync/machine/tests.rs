//! The machine by itself: what a relay can say to keep it busy, and a clock that goes back.

use protocol::wire::{List, Origin, Refusal, Registration, ToDevice, ToRelay};
use protocol::{AccountId, ChainHash, DeviceIndex, Signature, VerifyKey};

use super::*;
use crate::sync::Done;
use crate::vault::ChainTaken;

const ORIGIN: &str = "http://localhost:1";
const DAY_MS: i64 = 86_400_000;
const NOW: i64 = 1_000;

fn tip(len: u32, hash: u8) -> ChainTip {
    ChainTip {
        len,
        head: ChainHash::from_bytes([hash; 32]),
    }
}

fn standing(chain: ChainTip) -> Standing {
    Standing {
        cursor: AccountSeq(0),
        chain,
        waiting_count: 0,
        outbox_count: 0,
        refused_count: 0,
        last_sent_at: 0,
        last_received_at: 0,
        has_untold: false,
        draft_count: 0,
    }
}

/// A device with this chain, connected at this time to a relay that tells of another.
fn greeted(own: ChainTip, theirs: ChainTip, now: i64) -> (Machine, Vec<Output>) {
    let mut machine = Machine::new(Settings {
        origin: ORIGIN.to_owned(),
        invite: Vec::new(),
    });
    machine.step(Input::Opened(standing(own)), now, 0);
    let out = greet(&mut machine, own, theirs, now);
    (machine, out)
}

fn greet(machine: &mut Machine, own: ChainTip, theirs: ChainTip, now: i64) -> Vec<Output> {
    machine.step(Input::Tick, now, 0);
    machine.step(Input::Up, now, 0);
    let challenge = ToDevice::Challenge {
        challenge: Challenge::from_bytes([1; 32]),
        instance: RelayInstance::from_bytes([2; 16]),
        time: u64::try_from(now).unwrap(),
        registration: Registration::Open,
        origin: Origin::parse(ORIGIN).unwrap(),
    };
    hear(machine, &challenge, RequestId::NONE, now);
    let hello = Done::Hello {
        account: AccountId::from_bytes([3; 32]),
        key: VerifyKey([4; 32]),
        signature: Signature([5; 64]),
    };
    let out = work_done(machine, hello, own, now);
    let welcome = ToDevice::Welcome {
        device: DeviceIndex(0),
        chain: theirs,
        head: AccountSeq(0),
        used_bytes: 0,
        quota_bytes: 1,
        branches: List(Vec::new()),
    };
    let (number, _) = sent(&out).unwrap();
    hear(machine, &welcome, number, now);
    let welcomed = Done::Welcomed { is_wiped: false };
    work_done(machine, welcomed, own, now)
}

fn hear(machine: &mut Machine, frame: &ToDevice<'_>, to: RequestId, now: i64) -> Vec<Output> {
    machine.step(Input::Frame(frame.encode(to).unwrap()), now, 0)
}

fn work_done(machine: &mut Machine, done: Done, own: ChainTip, now: i64) -> Vec<Output> {
    let report = Report {
        done,
        standing: standing(own),
    };
    machine.step(Input::Done(Box::new(report)), now, 0)
}

fn sent(out: &[Output]) -> Option<(RequestId, ToRelay<'_>)> {
    out.iter().find_map(|output| match output {
        Output::Send(bytes) => ToRelay::decode(bytes).ok(),
        _ => None,
    })
}

/// Answers as a relay that has nothing new of the chain and takes none of it, and a vault that learns nothing; returns
/// how often the chain was asked for or offered.
fn settle(machine: &mut Machine, mut out: Vec<Output>, own: ChainTip, theirs: ChainTip) -> usize {
    const MANY: usize = 50;
    let mut count = 0;
    for _ in 0..MANY {
        let work = out.iter().find_map(|output| match output {
            Output::Work(work) => Some((**work).clone()),
            _ => None,
        });
        out = match (sent(&out), work) {
            (Some((number, ToRelay::PullChain { .. })), _) => {
                count += 1;
                let entries = List(Vec::new());
                let page = ToDevice::ChainPage {
                    tip: theirs,
                    entries,
                };
                hear(machine, &page, number, NOW)
            }
            (Some((number, ToRelay::AppendChain { .. })), _) => {
                count += 1;
                let refused = ToDevice::Refused {
                    index: 0,
                    refusal: Refusal::ChainInvalid,
                };
                hear(machine, &refused, number, NOW)
            }
            (Some((number, ToRelay::PullDrafts)), _) => {
                let page = ToDevice::DraftPage {
                    is_last: true,
                    drafts: List(Vec::new()),
                };
                hear(machine, &page, number, NOW)
            }
            (_, Some(Work::TakeChain { .. })) => {
                let taken = Done::ChainTaken(ChainTaken::Len(own.len));
                work_done(machine, taken, own, NOW)
            }
            (_, Some(Work::ReadChain { .. })) => {
                work_done(machine, Done::Chain(vec![vec![7; 40]]), own, NOW)
            }
            (_, Some(_)) => work_done(machine, Done::Nothing, own, NOW),
            (Some((_, other)), None) => panic!("{other:?}"),
            (None, None) => return count,
        };
    }
    panic!("it asked {count} times and goes on");
}

#[test]
fn a_head_that_no_entry_has_is_doubted_once() {
    let (own, theirs) = (tip(3, 1), tip(3, 2));
    let (mut machine, out) = greeted(own, theirs, NOW);
    assert_eq!(settle(&mut machine, out, own, theirs), 1);
    assert_eq!(machine.trouble, Some(Trouble::Tampered));
}

#[test]
fn a_shorter_chain_that_takes_no_entry_is_not_asked_without_end() {
    let (own, theirs) = (tip(4, 1), tip(2, 2));
    let (mut machine, out) = greeted(own, theirs, NOW);
    assert_eq!(settle(&mut machine, out, own, theirs), 2);
    assert_eq!(machine.trouble, Some(Trouble::Tampered));
}

#[test]
fn a_forked_chain_stays_said_after_a_new_connection() {
    let own = tip(3, 1);
    let (mut machine, _) = greeted(own, tip(3, 2), NOW);
    machine.is_working = true;
    work_done(&mut machine, Done::ChainTaken(ChainTaken::Fork), own, NOW);
    assert_eq!(machine.trouble, Some(Trouble::ChainFork));
    machine.step(Input::Down, 2_000, 0);
    machine.step(Input::TryNow, 3_000, 0);
    greet(&mut machine, own, tip(3, 2), 3_000);
    assert_eq!(machine.link, Link::Ready);
    assert_eq!(machine.trouble, Some(Trouble::ChainFork));
}

#[test]
fn a_clock_that_is_put_back_delays_nothing() {
    let own = tip(1, 1);
    let (mut machine, _) = greeted(own, own, 10 * DAY_MS);
    machine.step(Input::Down, 10 * DAY_MS, 0);
    let out = machine.step(Input::Tick, 9 * DAY_MS, 0);
    assert!(out.contains(&Output::Dial), "{out:?}");
}

/// Does the vault's work until the outbox is read; the most bytes that are asked for.
fn outbox_bytes(machine: &mut Machine, own: ChainTip, now: i64) -> usize {
    for _ in 0..5 {
        let standing = Standing {
            outbox_count: 1,
            ..standing(own)
        };
        let done = Done::Nothing;
        let report = Box::new(Report { done, standing });
        let out = machine.step(Input::Done(report), now, 0);
        let asked = out.iter().find_map(|output| match output {
            Output::Work(work) => match **work {
                Work::ReadOutbox { max_bytes } => Some(max_bytes),
                _ => None,
            },
            _ => None,
        });
        if let Some(max_bytes) = asked {
            return max_bytes;
        }
    }
    panic!("nothing is read");
}

#[test]
fn a_push_that_a_slow_line_does_not_carry_is_halved_until_it_does() {
    let own = tip(1, 1);
    let (mut machine, _) = greeted(own, own, NOW);
    let mut now = NOW;
    let mut asked = Vec::new();
    for _ in 0..12 {
        asked.push(outbox_bytes(&mut machine, own, now));
        let records = vec![(RecordHash::from_bytes([8; 32]), vec![9; 300])];
        let out = work_done(&mut machine, Done::Outbox(records), own, now);
        assert!(matches!(sent(&out), Some((_, ToRelay::Push { .. }))));
        now += ANSWER_MS;
        let out = machine.step(Input::Tick, now, 0);
        assert!(out.contains(&Output::Hang), "{out:?}");
        machine.step(Input::TryNow, now, 0);
        greet(&mut machine, own, own, now);
    }
    let halves = (0..12).map(|late| PUSH_BYTES >> late.min(HALVES_MAX));
    assert!(asked.iter().copied().eq(halves), "{asked:?}");
    machine.step(Input::Locking, now, 0);
    machine.step(Input::Opened(standing(own)), now, 0);
    greet(&mut machine, own, own, now);
    assert_eq!(outbox_bytes(&mut machine, own, now), PUSH_BYTES);
}

#[test]
fn a_new_connection_tries_what_a_full_relay_refused_before() {
    let own = tip(1, 1);
    let (mut machine, _) = greeted(own, own, NOW);
    outbox_bytes(&mut machine, own, NOW);
    let records = vec![(RecordHash::from_bytes([8; 32]), vec![9; 300])];
    let out = work_done(&mut machine, Done::Outbox(records), own, NOW);
    let (number, _) = sent(&out).unwrap();
    let refused = ToDevice::Refused {
        index: 0,
        refusal: Refusal::Quota {
            used_bytes: 1,
            quota_bytes: 1,
        },
    };
    hear(&mut machine, &refused, number, NOW);
    assert_eq!(machine.trouble, Some(Trouble::Quota));
    assert!(machine.push_at > NOW + AGAIN_MS);
    machine.step(Input::Down, NOW, 0);
    machine.step(Input::Tick, NOW + 2_000, 0);
    greet(&mut machine, own, own, NOW + 2_000);
    assert!(outbox_bytes(&mut machine, own, NOW + 2_000) > 0);
}
