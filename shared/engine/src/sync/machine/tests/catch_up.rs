//! Pages that are stored in parts, and what is stored brought into its documents.

use protocol::draft::DRAFT_HEADER_BYTES;
use protocol::record::{NONCE_BYTES, SIGNATURE_BYTES, TAG_BYTES};

use super::super::super::status::Phase;
use super::*;

/// A machine that has asked for a page, and the number of that request.
fn pulling(own: ChainTip, head: u64) -> (Machine, RequestId) {
    let (mut machine, out) = greeted(own, own, NOW);
    settle(&mut machine, out, own, own);
    let head = AccountSeq(head);
    let out = hear(
        &mut machine,
        &ToDevice::Behind { head },
        RequestId::NONE,
        NOW,
    );
    match sent(&out) {
        Some((number, ToRelay::Pull { .. })) => (machine, number),
        other => panic!("{other:?}"),
    }
}

fn give_page(machine: &mut Machine, to: RequestId, count: u64) -> Vec<Output> {
    give_places(machine, to, 1..=count)
}

fn give_places(
    machine: &mut Machine,
    to: RequestId,
    places: core::ops::RangeInclusive<u64>,
) -> Vec<Output> {
    let bytes = vec![1; 200];
    let head = AccountSeq(*places.end());
    let records = places.map(|seq| protocol::wire::PlacedRecord {
        seq: AccountSeq(seq),
        record: protocol::wire::RecordBytes(&bytes),
    });
    let page = ToDevice::Page {
        head,
        records: List(records.collect()),
    };
    hear(machine, &page, to, NOW)
}

fn take_of(out: &[Output]) -> Option<Vec<u64>> {
    out.iter().find_map(|output| match output {
        Output::Work(work) => match &**work {
            Work::Take { records } => Some(records.iter().map(|(seq, _)| seq.0).collect()),
            _ => None,
        },
        _ => None,
    })
}

fn part(bad_count: usize, has_gap: bool) -> Done {
    Done::Taken(crate::Taken {
        new_count: 10,
        bad_count,
        has_gap,
        ..crate::Taken::default()
    })
}

#[test]
fn a_page_is_handed_over_in_parts_and_what_is_missing_counts_at_its_end() {
    let own = tip(1, 1);
    for (bad_count, has_gap, trouble) in [
        (0, true, None),
        (0, false, None),
        (1, false, Some(Trouble::Tampered)),
    ] {
        let (mut machine, number) = pulling(own, 300);
        let out = give_page(&mut machine, number, 300);
        assert_eq!(take_of(&out), Some((1..=128).collect()));
        let out = work_done(&mut machine, part(bad_count, has_gap), own, NOW);
        assert_eq!(take_of(&out), Some((129..=256).collect()));
        assert_eq!((machine.again_at, machine.trouble), (None, None));
        let out = work_done(&mut machine, part(0, has_gap), own, NOW);
        assert_eq!(take_of(&out), Some((257..=300).collect()));
        assert_eq!(machine.again_at, None);
        work_done(&mut machine, part(0, false), own, NOW);
        assert_eq!(machine.trouble, trouble);
        assert_eq!(machine.again_at.is_some(), trouble.is_some());
    }
}

fn catches_up(out: &[Output]) -> bool {
    out.contains(&Output::Work(Box::new(Work::CatchUp)))
}

#[test]
fn what_is_stored_is_brought_in_without_a_relay() {
    let own = tip(1, 1);
    let mut machine = Machine::new(Settings {
        origin: ORIGIN.to_owned(),
        invite: Vec::new(),
    });
    let behind = |count| Standing {
        behind_count: count,
        ..standing(own)
    };
    let out = machine.step(Input::Opened(behind(5)), NOW, 0);
    assert!(catches_up(&out) && out.contains(&Output::Dial));
    let told = machine.told.unwrap();
    assert_eq!((told.behind, told.stored_behind), (5, 5));
    let caught_up = |count| {
        let report = Report {
            done: Done::CaughtUp(crate::CaughtUp::default()),
            standing: behind(count),
        };
        Input::Done(Box::new(report))
    };
    assert!(catches_up(&machine.step(caught_up(2), NOW, 0)));
    assert_eq!(machine.told.unwrap().behind, 2);
    // A full disk is not asked without end.
    let out = machine.step(Input::Failed(Failure::Full), NOW, 0);
    assert!(!catches_up(&out), "{out:?}");
    assert!(!catches_up(&machine.step(
        Input::Tick,
        NOW + AGAIN_MS - 1,
        0
    )));
    assert!(catches_up(&machine.step(Input::Tick, NOW + AGAIN_MS, 0)));
    assert!(!catches_up(&machine.step(caught_up(0), NOW + AGAIN_MS, 0)));
    assert_eq!(machine.told.unwrap().behind, 0);
}

#[test]
fn nothing_is_called_up_to_date_while_something_waits() {
    let own = tip(1, 1);
    let (mut machine, out) = greeted(own, own, NOW);
    settle(&mut machine, out, own, own);
    assert_eq!(machine.told.unwrap().phase, Phase::UpToDate);
    machine.catch_up_at = NOW + 1;
    let waiting = Standing {
        behind_count: 1,
        ..standing(own)
    };
    machine.step(Input::Changed(waiting), NOW, 0);
    assert_eq!(machine.told.unwrap().phase, Phase::Busy);
    assert!(catches_up(&machine.step(Input::Tick, NOW + 1, 0)));
}

#[test]
fn what_was_given_is_missing_until_it_is_stored() {
    let own = tip(1, 1);
    let (mut machine, number) = pulling(own, 300);
    assert_eq!(machine.told.unwrap().behind, 300);
    give_page(&mut machine, number, 300);
    assert_eq!(machine.told.unwrap().behind, 300, "given, not stored");
    let mut behind = Vec::new();
    for stored in [128, 256, 300] {
        let report = Report {
            done: Done::Taken(crate::Taken::default()),
            standing: Standing {
                behind_count: stored,
                ..standing(own)
            },
        };
        machine.catch_up_at = NOW + 1;
        machine.step(Input::Done(Box::new(report)), NOW, 0);
        let told = machine.told.unwrap();
        behind.push((told.behind, told.stored_behind));
    }
    assert_eq!(behind, [(300, 128), (300, 256), (300, 300)]);
}

/// The next page is on its way while the vault takes in the last part of the one before; one for another place than the
/// log is to be read from is not looked at.
#[test]
fn the_next_page_is_asked_for_before_the_last_part_is_stored() {
    let own = tip(1, 1);
    for is_rewritten in [false, true] {
        let (mut machine, number) = pulling(own, 400);
        let out = give_page(&mut machine, number, 200);
        assert_eq!(take_of(&out), Some((1..=128).collect()));
        assert!(sent(&out).is_none(), "two parts are enough to wait for");
        let out = work_done(&mut machine, part(0, false), own, NOW);
        assert_eq!(take_of(&out), Some((129..=200).collect()));
        let Some((ahead, ToRelay::Pull { after, .. })) = sent(&out) else {
            panic!("{out:?}");
        };
        assert_eq!(after, AccountSeq(200));
        let taken = crate::Taken {
            again_after: is_rewritten.then_some(AccountSeq(0)),
            ..crate::Taken::default()
        };
        let out = work_done(&mut machine, Done::Taken(taken), own, NOW);
        assert!(take_of(&out).is_none() && sent(&out).is_none(), "{out:?}");
        let out = give_places(&mut machine, ahead, 201..=400);
        if is_rewritten {
            assert!(take_of(&out).is_none());
            let asked = sent(&out).map(|(_, asked)| asked);
            let from_start = |of| {
                matches!(
                    of,
                    ToRelay::Pull {
                        after: AccountSeq(0),
                        ..
                    }
                )
            };
            assert!(asked.is_some_and(from_start), "{out:?}");
            assert_eq!(machine.trouble, None);
        } else {
            assert_eq!(take_of(&out), Some((201..=328).collect()));
        }
    }
}

/// What comes before a page in the order of things is not overtaken by the next one.
#[test]
fn a_proposal_and_news_of_the_chain_do_not_wait_for_all_pages() {
    let own = tip(1, 1);
    let (mut machine, number) = pulling(own, 400);
    machine.step(Input::Propose(vec![7; 40]), NOW, 0);
    let out = give_page(&mut machine, number, 100);
    assert!(take_of(&out).is_some() && sent(&out).is_none(), "{out:?}");

    let (mut machine, number) = pulling(own, 400);
    let news = ToDevice::ChainLive { tip: tip(2, 2) };
    hear(&mut machine, &news, RequestId::NONE, NOW);
    let out = give_page(&mut machine, number, 100);
    assert!(take_of(&out).is_some() && sent(&out).is_none(), "{out:?}");
    let out = work_done(&mut machine, part(0, false), own, NOW);
    let asked = sent(&out).map(|(_, asked)| asked);
    assert!(matches!(asked, Some(ToRelay::PullChain { .. })), "{out:?}");
}

/// The shape of a sealed draft.
pub(super) fn draft() -> Vec<u8> {
    let around = DRAFT_HEADER_BYTES + NONCE_BYTES + TAG_BYTES + SIGNATURE_BYTES;
    let mut bytes = vec![limit::FORMAT];
    bytes.resize(around + limit::DRAFT_SIZES[0], 0);
    bytes
}

/// A page that is under way at a lock is no reason to wait: what is sealed goes out at once.
#[test]
fn a_sealed_draft_does_not_wait_for_a_page_at_a_lock() {
    let own = tip(1, 1);
    let (mut machine, _) = pulling(own, 400);
    machine.step(Input::Parting(vec![draft()]), NOW, 0);
    let out = machine.step(Input::Locking, NOW, 0);
    let asked = sent(&out).map(|(_, asked)| asked);
    assert!(matches!(asked, Some(ToRelay::PutDraft { .. })), "{out:?}");
    // With nothing to send the line is closed.
    let (mut machine, _) = pulling(own, 400);
    assert!(machine.step(Input::Locking, NOW, 0).contains(&Output::Hang));
}
