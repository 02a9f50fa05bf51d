//! The machine by itself: what a relay can say to keep it busy, and a clock that goes back.

mod catch_up;
mod hole;
mod push;
mod told;

use protocol::wire::{
    List, Origin, PlacedRecord, RecordBytes, Refusal, Registration, ToDevice, ToRelay,
};
use protocol::{AccountId, ChainHash, DeviceIndex, Signature, VerifyKey};

use super::*;
use crate::sync::Done;
use crate::vault::{ChainTaken, Taken};

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
        heard_count: 0,
        has_untold: false,
        behind_count: 0,
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

/// A device with one record taken in, connected; the relay has that one, too.
fn connected(standing: Standing) -> (Machine, Vec<Output>) {
    let own = standing.chain;
    let (mut machine, mut out) = greeted(own, own, NOW);
    machine.standing = Some(standing);
    (machine.wishes.at, machine.wishes.head) = (AccountSeq(1), AccountSeq(1));
    out.retain(|output| !matches!(output, Output::Wake { .. }));
    (machine, out)
}

/// Answers whatever is asked until nothing is: the relay has one record, and this is what the vault says of records.
/// Returns what was asked of the vault, and when to come back.
fn answer_all(
    machine: &mut Machine,
    mut out: Vec<Output>,
    (standing, taken): (Standing, Taken),
    now: i64,
) -> Vec<Work> {
    let mut works = Vec::new();
    for _ in 0..50 {
        let work = out.iter().find_map(|output| match output {
            Output::Work(work) => Some((**work).clone()),
            _ => None,
        });
        out = match (sent(&out), work) {
            (Some((number, ToRelay::PullDrafts)), _) => {
                let page = ToDevice::DraftPage {
                    is_last: true,
                    drafts: List(Vec::new()),
                };
                hear(machine, &page, number, now)
            }
            (Some((number, ToRelay::Pull { after, .. })), _) => page(machine, after, number, now),
            (Some((number, ToRelay::PullChain { .. })), _) => {
                let tip = standing.chain;
                let entries = List(Vec::new());
                hear(machine, &ToDevice::ChainPage { tip, entries }, number, now)
            }
            (Some((number, ToRelay::Probe { .. })), _) => {
                let records = List(Vec::new());
                hear(machine, &ToDevice::Probed { records }, number, now)
            }
            (Some((_, other)), None) => panic!("{other:?}"),
            (None, Some(work)) => {
                let done = match work {
                    Work::Take { .. } => Done::Taken(taken),
                    Work::TakeChain { .. } => Done::ChainTaken(ChainTaken::Len(standing.chain.len)),
                    Work::ChooseProbes => Done::Probes(Vec::new()),
                    _ => Done::Nothing,
                };
                works.push(work);
                let report = Box::new(Report { done, standing });
                machine.step(Input::Done(report), now, 0)
            }
            (None, None) => return works,
            (Some(_), Some(work)) => panic!("{work:?} beside a request"),
        };
    }
    panic!("{works:?} and more");
}

/// What stands after a place of a log of one record.
fn page(machine: &mut Machine, after: AccountSeq, number: RequestId, now: i64) -> Vec<Output> {
    let bytes = record_bytes();
    let record = PlacedRecord {
        seq: AccountSeq(1),
        record: RecordBytes(&bytes),
    };
    let records = match after {
        AccountSeq(0) => vec![record],
        _ => Vec::new(),
    };
    let page = ToDevice::Page {
        head: AccountSeq(1),
        records: List(records),
    };
    hear(machine, &page, number, now)
}

fn record_bytes() -> Vec<u8> {
    vec![1; 400]
}

/// Lets time pass until `end`, coming back when the machine wants; returns what was asked of the vault, and when.
fn pass(
    machine: &mut Machine,
    (from, end): (i64, i64),
    says: (Standing, Taken),
) -> Vec<(i64, Work)> {
    let mut now = from;
    let mut works = Vec::new();
    while let Some(at) = machine.wake_at.filter(|at| *at <= end) {
        now = now.max(at);
        let out = machine.step(Input::Tick, now, 0);
        let done = answer_all(machine, out, says, now);
        works.extend(done.into_iter().map(|work| (now, work)));
    }
    works
}

fn count(works: &[(i64, Work)], of: &Work) -> usize {
    works.iter().filter(|(_, work)| work == of).count()
}

#[test]
fn what_was_not_said_before_a_lock_is_said_after() {
    let own = tip(1, 1);
    let untold = Standing {
        has_untold: true,
        ..standing(own)
    };
    let (mut machine, out) = connected(untold);
    let says = (untold, Taken::default());
    answer_all(&mut machine, out, says, NOW);
    let works = pass(&mut machine, (NOW, NOW + 2 * BEACON_MS), says);
    assert_eq!(count(&works, &Work::Beacon), 0, "nothing new arrived");
    machine.step(Input::Locking, NOW + 70_000, 0);
    let opened = NOW + 80_000;
    machine.step(Input::Opened(untold), opened, 0);
    let out = greet(&mut machine, own, own, opened);
    machine.standing = Some(untold);
    answer_all(&mut machine, out, says, opened);
    let works = pass(&mut machine, (opened, opened + DAY_MS), says);
    assert_eq!(count(&works, &Work::Beacon), 1, "{works:?}");
    assert!(
        works
            .iter()
            .any(|(at, work)| *work == Work::Beacon && *at == opened + BEACON_MS)
    );
}

/// Whoever looks at a client has what waits for it brought in before its turn.
#[test]
fn what_a_command_brought_in_is_said() {
    let behind = Standing {
        behind_count: 1,
        ..standing(tip(1, 1))
    };
    let (mut machine, out) = connected(behind);
    machine.catch_up_at = NOW + DAY_MS;
    let news = Taken {
        has_news: true,
        ..Taken::default()
    };
    answer_all(&mut machine, out, (behind, news), NOW);
    assert_eq!(machine.beacon_at, None);
    let untold = Standing {
        has_untold: true,
        ..standing(tip(1, 1))
    };
    machine.step(Input::Changed(untold), NOW + 5, 0);
    assert_eq!(machine.beacon_at, Some(NOW + 5 + BEACON_MS));
    // What others say of themselves is no reason to say something.
    machine.beacon_at = None;
    machine.step(Input::Changed(untold), NOW + 6, 0);
    assert_eq!(machine.beacon_at, None);
}

#[test]
fn a_beacon_that_could_not_be_stored_is_said_later() {
    let untold = Standing {
        has_untold: true,
        ..standing(tip(1, 1))
    };
    let (mut machine, out) = connected(untold);
    answer_all(&mut machine, out, (untold, Taken::default()), NOW);
    machine.beacon_at = Some(NOW + 1);
    let out = machine.step(Input::Tick, NOW + 1, 0);
    assert!(
        out.contains(&Output::Work(Box::new(Work::Beacon))),
        "{out:?}"
    );
    machine.step(Input::Failed(Failure::Full), NOW + 2, 0);
    assert_eq!(machine.beacon_at, Some(NOW + 2 + BEACON_MS));
}

#[test]
fn what_others_have_is_asked_for_again_less_and_less() {
    const MONTH_MS: i64 = 30 * DAY_MS;
    let own = Standing {
        cursor: AccountSeq(1),
        ..standing(tip(1, 1))
    };
    let lacking = Taken {
        is_lacking: true,
        ..Taken::default()
    };
    let (mut machine, out) = connected(own);
    answer_all(&mut machine, out, (own, lacking), NOW);
    assert_eq!(machine.trouble, None, "it may be on its way");
    let says = (standing(own.chain), lacking);
    let works = pass(&mut machine, (NOW, NOW + MONTH_MS), says);
    let asked: Vec<i64> = works
        .iter()
        .filter(|(_, work)| *work == Work::TakeAgain)
        .map(|(at, _)| *at - NOW)
        .collect();
    assert_eq!(asked.first(), Some(&AGAIN_MS));
    assert_eq!(asked.get(1), Some(&(3 * AGAIN_MS)));
    assert!((30..60).contains(&asked.len()), "{asked:?}");
    assert_eq!(machine.trouble, Some(Trouble::Withheld));
    let given = Taken {
        new_count: 1,
        ..Taken::default()
    };
    let end = NOW + MONTH_MS;
    pass(&mut machine, (end, end + DAY_MS), (own, given));
    assert_eq!((machine.trouble, machine.again_at), (None, None));
    let works = pass(&mut machine, (end + DAY_MS, end + 3 * DAY_MS), (own, given));
    assert_eq!(count(&works, &Work::TakeAgain), 0);
}

#[test]
fn a_person_who_tries_does_not_wait_for_the_doubled_time() {
    let own = standing(tip(1, 1));
    let lacking = Taken {
        is_lacking: true,
        ..Taken::default()
    };
    let (mut machine, out) = connected(own);
    answer_all(&mut machine, out, (own, lacking), NOW);
    pass(&mut machine, (NOW, NOW + DAY_MS), (own, lacking));
    let now = NOW + DAY_MS;
    assert!(machine.again_at > Some(now + AGAIN_MS));
    let out = machine.step(Input::TryNow, now, 0);
    let works = answer_all(&mut machine, out, (own, lacking), now);
    assert!(works.contains(&Work::TakeAgain), "{works:?}");
}

#[test]
fn a_record_of_a_newer_format_asks_for_an_update() {
    let own = Standing {
        cursor: AccountSeq(1),
        ..standing(tip(1, 1))
    };
    // What its device signed after it has to wait for it.
    let newer = Taken {
        is_newer: true,
        has_gap: true,
        ..Taken::default()
    };
    // The vault goes on before it.
    let says = (standing(own.chain), newer);
    let (mut machine, out) = connected(own);
    answer_all(&mut machine, out, says, NOW);
    assert_eq!(machine.trouble, Some(Trouble::AppTooOld));
    let works = pass(&mut machine, (NOW, NOW + DAY_MS), says);
    let takes = works
        .iter()
        .filter(|(_, work)| matches!(work, Work::Take { .. }));
    assert!((5..40).contains(&takes.count()), "{works:?}");
    assert_eq!(machine.trouble, Some(Trouble::AppTooOld));
    let given = Taken {
        new_count: 1,
        ..Taken::default()
    };
    pass(&mut machine, (NOW + DAY_MS, NOW + 2 * DAY_MS), (own, given));
    assert_eq!(machine.trouble, None);
}

#[test]
fn drafts_a_busy_relay_refused_are_asked_for_again_on_the_same_connection() {
    let own = standing(tip(1, 1));
    let (mut machine, out) = connected(own);
    let Some(Output::Work(_)) = out.first() else {
        panic!("{out:?}");
    };
    let out = work_done(&mut machine, Done::Taken(Taken::default()), own.chain, NOW);
    let Some((number, ToRelay::PullDrafts)) = sent(&out) else {
        panic!("{out:?}");
    };
    let refused = ToDevice::Refused {
        index: 0,
        refusal: Refusal::Unavailable {
            retry_after_ms: 40_000,
        },
    };
    let out = hear(&mut machine, &refused, number, NOW);
    assert!(
        !out.iter().any(|of| matches!(of, Output::Send(_))),
        "{out:?}"
    );
    let says = (own, Taken::default());
    answer_all(&mut machine, out, says, NOW);
    assert_eq!(machine.link, Link::Ready);
    assert_eq!(machine.wake_at, Some(NOW + 40_000));
    let out = machine.step(Input::Tick, NOW + 40_000, 0);
    assert!(
        matches!(sent(&out), Some((_, ToRelay::PullDrafts))),
        "{out:?}"
    );
}

#[test]
fn what_the_relay_has_of_the_own_drafts_is_looked_at_once_on_a_connection() {
    let own = standing(tip(1, 1));
    let says = (own, Taken::default());
    let (mut machine, out) = connected(own);
    let all = |works: Vec<Work>| {
        let is_all = |work: &&Work| matches!(work, Work::TakeDrafts { is_all: true, .. });
        works.iter().filter(is_all).count()
    };
    assert_eq!(all(answer_all(&mut machine, out, says, NOW)), 1);
    machine.wishes.drafts = true;
    let out = machine.step(Input::Tick, NOW, 0);
    assert!(matches!(sent(&out), Some((_, ToRelay::PullDrafts))));
    assert_eq!(all(answer_all(&mut machine, out, says, NOW)), 0);
}

#[test]
fn records_that_come_unasked_do_not_pile_up() {
    let own = standing(tip(1, 1));
    let (mut machine, out) = connected(own);
    answer_all(&mut machine, out, (own, Taken::default()), NOW);
    let bytes = record_bytes();
    for seq in (0..1_000).map(|number| 1 + number % 2 * number) {
        let record = PlacedRecord {
            seq: AccountSeq(seq),
            record: RecordBytes(&bytes),
        };
        hear(
            &mut machine,
            &ToDevice::Live { record },
            RequestId::NONE,
            NOW,
        );
    }
    assert!(machine.wishes.work.len() <= WORK_MAX);
    assert!(machine.is_working, "the first is taken in");
    assert_eq!(
        machine.wishes.head,
        AccountSeq(1_000),
        "the rest comes in pages"
    );
}

#[test]
fn a_clock_that_was_put_right_is_seen_with_the_next_try() {
    let own = tip(1, 1);
    let (mut machine, out) = greeted(own, own, NOW);
    settle(&mut machine, out, own, own);
    machine.clock_off_ms = DAY_MS;
    let out = machine.step(Input::TryNow, NOW + 1, 0);
    assert!(
        out.contains(&Output::Hang) && out.contains(&Output::Dial),
        "{out:?}"
    );
    greet(&mut machine, own, own, NOW + 1);
    assert_eq!(machine.told.map(|of| of.clock_off_ms), Some(0));
    let out = machine.step(Input::TryNow, NOW + 2, 0);
    assert!(!out.contains(&Output::Hang), "{out:?}");
}
