//! Pages that are stored in parts, and what is stored brought into its documents.

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
    let bytes = vec![1; 200];
    let records = (1..=count).map(|seq| protocol::wire::PlacedRecord {
        seq: AccountSeq(seq),
        record: protocol::wire::RecordBytes(&bytes),
    });
    let page = ToDevice::Page {
        head: AccountSeq(count),
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

#[test]
fn a_page_is_handed_over_in_parts_and_what_is_missing_counts_at_its_end() {
    let own = tip(1, 1);
    let part = |bad_count, has_gap| {
        Done::Taken(crate::Taken {
            new_count: 10,
            bad_count,
            has_gap,
            ..crate::Taken::default()
        })
    };
    for (bad_count, has_gap, trouble) in [
        (0, true, None),
        (0, false, None),
        (1, false, Some(Trouble::Tampered)),
    ] {
        let (mut machine, number) = pulling(own, 150);
        let out = give_page(&mut machine, number, 150);
        assert_eq!(take_of(&out), Some((1..=64).collect()));
        let out = work_done(&mut machine, part(bad_count, has_gap), own, NOW);
        assert_eq!(take_of(&out), Some((65..=128).collect()));
        assert_eq!((machine.again_at, machine.trouble), (None, None));
        let out = work_done(&mut machine, part(0, has_gap), own, NOW);
        assert_eq!(take_of(&out), Some((129..=150).collect()));
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
    let (mut machine, number) = pulling(own, 150);
    assert_eq!(machine.told.unwrap().behind, 150);
    give_page(&mut machine, number, 150);
    assert_eq!(machine.told.unwrap().behind, 150, "given, not stored");
    let mut behind = Vec::new();
    for stored in [64, 128, 150] {
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
    assert_eq!(behind, [(150, 64), (150, 128), (150, 150)]);
}
