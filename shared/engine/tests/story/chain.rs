//! The account chain between devices: what counts, and what was made up.

use engine::ChainTaken;
use engine::command::Failure;
use engine::sync::{Done, Work};
use protocol::limit::ACTIVE_DEVICES_MAX;

use super::tablet::Tablet;
use super::two_devices::pair;

#[test]
fn a_chain_that_is_made_up_is_not_taken_in() {
    let (_, mut tablet, mut laptop, _) = pair(27);
    let chain = tablet.chain();
    let grow = |device: &mut Tablet, entries: Vec<Vec<u8>>| match device
        .sync(Work::TakeChain { entries })
    {
        Done::ChainTaken(taken) => taken,
        other => panic!("{other:?}"),
    };
    assert_eq!(grow(&mut laptop, chain.clone()), ChainTaken::Len(2));
    let mut flipped = chain[1].clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    assert_eq!(grow(&mut laptop, vec![flipped]), ChainTaken::Invalid);
    let mut stranger = Tablet::with_vault(28);
    let foreign = stranger.chain();
    assert_eq!(grow(&mut laptop, foreign), ChainTaken::Invalid);
    // Two devices added at the same time on two devices: only one of them counts.
    let mut new = Tablet::new(29);
    let card = pollster::block_on(new.vault.begin_join(&mut new.rng)).unwrap();
    let mut entries = Vec::new();
    for device in [&mut tablet, &mut laptop] {
        let now = engine::Now { ms: device.now };
        let made = device.vault.add_device(&card, now, &mut device.rng);
        entries.push(pollster::block_on(made).unwrap());
    }
    assert_eq!(
        grow(&mut tablet, vec![entries[0].clone()]),
        ChainTaken::Len(3)
    );
    assert_eq!(
        grow(&mut tablet, vec![entries[1].clone()]),
        ChainTaken::Fork
    );
    assert_eq!(
        grow(&mut laptop, vec![entries[0].clone()]),
        ChainTaken::Len(3)
    );
    tablet.restart_and_unlock();
    assert_eq!(tablet.chain().len(), 3);
}

#[test]
fn a_ninth_device_is_refused_by_name_and_nothing_is_written() {
    let mut tablet = Tablet::with_vault(30);
    let mut add = |seed| {
        let mut new = Tablet::new(seed);
        let card = pollster::block_on(new.vault.begin_join(&mut new.rng)).unwrap();
        let now = engine::Now { ms: tablet.now };
        let made = tablet.vault.add_device(&card, now, &mut tablet.rng);
        let made = pollster::block_on(made);
        if let Ok(entry) = &made {
            let entries = vec![entry.clone()];
            tablet.sync(Work::TakeChain { entries });
        }
        made.map(|_| tablet.chain().len())
    };
    for seed in 1..ACTIVE_DEVICES_MAX {
        assert_eq!(add(30 + seed as u64), Ok(seed + 1));
    }
    assert_eq!(add(50), Err(Failure::DevicesFull));
    assert_eq!(tablet.chain().len(), ACTIVE_DEVICES_MAX);
}
