//! Documents for one purpose that two devices made apart: read as one, and one after the next edit.

use dossier::edit::{Edit, Funding};
use dossier::id::EntryId;
use engine::command::{Command, Reply};

use super::tablet::{Tablet, janssen, this_morning, visit_at};
use super::two_devices::{assert_same, pair};

#[test]
fn two_journals_of_one_year_are_read_as_one_and_become_one() {
    let (mut hub, mut tablet, mut laptop, client) = pair(5);
    let visit = EntryId([7; 16]);
    let sign = |done: &str| Edit::SignVisit {
        client,
        visit,
        input: Box::new(this_morning(done)),
    };
    tablet.save(sign("Wond rustig"));
    laptop.save(sign("Wond rood"));
    tablet.sign(client, &visit_at("20-11-2026", "9:00", "9:30", "Tablet"));
    laptop.sign(client, &visit_at("20-11-2026", "10:00", "10:30", "Laptop"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_same(&mut tablet, &mut laptop, client);
    assert_eq!(tablet.visits(client).rows.len(), 3);
    assert_eq!(tablet.client(client).years, [2026]);
    let view = tablet.visit(client, visit);
    let texts = format!("{} {:?}", view.done, view.additions);
    assert!(
        texts.contains("rustig") && texts.contains("rood"),
        "{texts}"
    );

    tablet.sign(client, &visit_at("20-11-2026", "11:00", "11:30", "Later"));
    laptop.save(Edit::AddToVisit {
        client,
        visit,
        addition: EntryId([8; 16]),
        text: "Nog iets".into(),
    });
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_same(&mut tablet, &mut laptop, client);
    tablet.restart_and_unlock();
    laptop.restart_and_unlock();
    assert_same(&mut tablet, &mut laptop, client);
    assert_eq!(laptop.visits(client).rows.len(), 4);
    assert_eq!(laptop.visit(client, visit).additions.len(), 2);
}

#[test]
fn two_identity_documents_with_two_numbers_are_settled_by_choosing() {
    let (mut hub, mut tablet, mut laptop, client) = pair(6);
    let fund = |bsn: &str| Edit::ChangeFunding {
        client,
        funding: vec![Funding::Zvw],
        is_personal_budget: false,
        care_kinds: janssen().care_kinds,
        bsn: bsn.into(),
    };
    tablet.save(fund("111222333"));
    laptop.save(fund("999990019"));
    hub.settle(&mut [&mut tablet, &mut laptop]);
    assert_same(&mut tablet, &mut laptop, client);
    let reveal = |tablet: &mut Tablet| match tablet.ask(Command::RevealBsn { client }) {
        Reply::Bsn(bsn) => bsn,
        other => panic!("{}", super::tablet::name(&other)),
    };
    assert_eq!(reveal(&mut tablet), reveal(&mut laptop));
    for wanted in ["999990019", "111222333"] {
        if reveal(&mut laptop) != wanted {
            laptop.save(Edit::ChangeBsn {
                client,
                bsn: wanted.into(),
            });
        }
        hub.settle(&mut [&mut laptop, &mut tablet]);
        assert_eq!(reveal(&mut tablet), wanted);
        assert_same(&mut tablet, &mut laptop, client);
    }
}

#[test]
fn a_refused_edit_carries_nothing_over() {
    // Which journal is the first by its id differs.
    for seed in 0..8 {
        let (mut hub, mut tablet, mut laptop, client) = pair(seed);
        let sign = |device: &mut Tablet, from: &str, until: &str| {
            device.sign(client, &visit_at("20-11-2026", from, until, "Gewassen"));
        };
        sign(&mut tablet, "9:00", "9:30");
        sign(&mut laptop, "10:00", "10:30");
        hub.push(&mut tablet);
        hub.pull(&mut laptop);
        let empty = Edit::SignVisit {
            client,
            visit: EntryId([9; 16]),
            input: Box::new(visit_at("20-11-2026", "12:00", "12:30", "")),
        };
        assert!(matches!(laptop.edit(empty), Reply::Refused(_)));
        // The tablet does not know the other journal yet.
        sign(&mut tablet, "11:00", "11:30");
        hub.push(&mut tablet);
        hub.pull(&mut laptop);
        laptop.restart_and_unlock();
        assert_eq!(laptop.visits(client).rows.len(), 3);
        assert!(laptop.unreadable().is_empty(), "seed {seed}");
        hub.settle(&mut [&mut tablet, &mut laptop]);
        assert_same(&mut tablet, &mut laptop, client);
    }
}

#[test]
fn three_large_journals_of_one_year_are_no_hindrance() {
    let (mut hub, mut tablet, mut laptop, client) = pair(9);
    let mut phone = tablet.add_tablet(10);
    let entries = tablet.chain();
    laptop.sync(engine::sync::Work::TakeChain { entries });
    hub.settle(&mut [&mut tablet, &mut laptop, &mut phone]);
    let mut input = visit_at("20-11-2026", "9:00", "9:30", "Gewassen");
    input.facts = (0..900).map(|n| format!("feit {n} ")).collect();
    let count = 15;
    for device in [&mut tablet, &mut laptop, &mut phone] {
        for _ in 0..count {
            device.sign(client, &input);
        }
    }
    hub.settle(&mut [&mut tablet, &mut laptop, &mut phone]);
    for device in [&mut tablet, &mut laptop, &mut phone] {
        device.sign(client, &input);
    }
    hub.settle(&mut [&mut tablet, &mut laptop, &mut phone]);
    assert_same(&mut tablet, &mut laptop, client);
    assert_same(&mut tablet, &mut phone, client);
    assert_eq!(phone.visits(client).rows.len(), 3 * (count + 1));
}
