//! What is handed in over a slow line, and to a relay without room.

use super::*;

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

/// What was read for a line that is gone goes out on the next one, and keeps nothing from being asked there.
#[test]
fn what_was_read_for_a_closed_line_holds_nothing_up() {
    let own = tip(1, 1);
    let (mut machine, _) = greeted(own, own, NOW);
    outbox_bytes(&mut machine, own, NOW);
    machine.clock_off_ms = DAY_MS;
    let out = machine.step(Input::TryNow, NOW, 0);
    assert!(out.contains(&Output::Dial), "{out:?}");
    let records = vec![(RecordHash::from_bytes([8; 32]), vec![9; 300])];
    let out = work_done(&mut machine, Done::Outbox(records), own, NOW);
    assert!(sent(&out).is_none(), "{out:?}");
    // The whole greeting goes through.
    greet(&mut machine, own, own, NOW);
    assert_eq!(machine.link, Link::Ready);
}

#[test]
fn a_look_at_what_the_relay_took_that_it_answers_in_part_finds_the_rest_lost() {
    let own = tip(1, 1);
    let (mut machine, out) = greeted(own, own, NOW);
    settle(&mut machine, out, own, own);
    let names = [1, 2].map(|seq| RecordName {
        device: DeviceIndex(0),
        incarnation: protocol::Incarnation::from_bytes([6; 8]),
        seq: protocol::Seq(seq),
    });
    machine.is_working = true;
    let out = work_done(&mut machine, Done::Probes(names.to_vec()), own, NOW);
    let (number, _) = sent(&out).unwrap();
    let records = List(Vec::new());
    let out = hear(&mut machine, &ToDevice::Probed { records }, number, NOW);
    let lost = names.map(|name| (name, None)).to_vec();
    let work = Work::Probed { records: lost };
    assert!(out.contains(&Output::Work(Box::new(work))), "{out:?}");
}
