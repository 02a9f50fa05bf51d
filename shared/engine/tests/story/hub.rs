//! Several devices of one account around a log of records: what a relay does, without frames.

use dossier::id::ClientId;
use engine::sync::{Done, Report, Standing, Work};
use engine::{ChainTaken, Now, Taken};
use pollster::block_on;
use protocol::record::Record;
use protocol::wire::Branch;
use protocol::{AccountId, AccountSeq, RecordHash, RelayInstance};

use super::tablet::{PASSPHRASE, Tablet};

/// Records in the order in which they were handed in.
#[derive(Clone, Default)]
pub(crate) struct Hub {
    pub(crate) log: Vec<Vec<u8>>,
}

impl Tablet {
    pub(crate) fn try_sync(&mut self, work: Work) -> Result<Report, engine::command::Failure> {
        let now = Now { ms: self.now };
        block_on(self.vault.sync(work, now, &mut self.rng))
    }

    pub(crate) fn sync(&mut self, work: Work) -> Done {
        self.try_sync(work).unwrap().done
    }

    pub(crate) fn standing(&mut self) -> Standing {
        block_on(self.vault.standing(Now { ms: self.now }, &mut self.rng)).unwrap()
    }

    pub(crate) fn chain(&mut self) -> Vec<Vec<u8>> {
        match self.sync(Work::ReadChain { from: 0 }) {
            Done::Chain(entries) => entries,
            other => panic!("{other:?}"),
        }
    }

    /// Another tablet in the account of this one.
    pub(crate) fn add_tablet(&mut self, seed: u64) -> Tablet {
        let mut new = Tablet::new(seed);
        new.now = self.now;
        let card = block_on(new.vault.begin_join(&mut new.rng)).unwrap();
        let now = Now { ms: self.now };
        let entry = block_on(self.vault.add_device(&card, now, &mut self.rng)).unwrap();
        let taken = block_on(self.vault.take_chain(&[entry], now, &mut self.rng)).unwrap();
        assert!(matches!(taken, ChainTaken::Len(_)), "{taken:?}");
        let chain = self.chain();
        block_on(
            new.vault
                .finish_join(&chain, PASSPHRASE.into(), now, &mut new.rng),
        )
        .unwrap();
        new
    }

    pub(crate) fn account(&mut self) -> AccountId {
        match self.sync(Work::Hello {
            challenge: protocol::Challenge::NIL,
            origin: "http://localhost".into(),
        }) {
            Done::Hello { account, .. } => account,
            other => panic!("{other:?}"),
        }
    }

    /// Stores records and brings all that waits into its documents.
    pub(crate) fn take(&mut self, records: Vec<(AccountSeq, Vec<u8>)>) -> Taken {
        let taken = self.store_records(records);
        while self.standing().behind_count > 0 {
            self.sync(Work::CatchUp);
        }
        taken
    }

    /// Stores records, and no more.
    pub(crate) fn store_records(&mut self, records: Vec<(AccountSeq, Vec<u8>)>) -> Taken {
        match self.sync(Work::Take { records }) {
            Done::Taken(taken) => taken,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn outbox(&mut self) -> Vec<(RecordHash, Vec<u8>)> {
        match self.sync(Work::ReadOutbox {
            max_bytes: usize::MAX,
        }) {
            Done::Outbox(records) => records,
            other => panic!("{other:?}"),
        }
    }
}

impl Hub {
    /// Hands in what waits on this device.
    pub(crate) fn push(&mut self, device: &mut Tablet) {
        loop {
            let waiting = device.outbox();
            if waiting.is_empty() {
                return;
            }
            let mut records = Vec::new();
            for (hash, bytes) in waiting {
                records.push((hash, self.place(bytes)));
            }
            device.sync(Work::Acked { records });
        }
    }

    fn place(&mut self, bytes: Vec<u8>) -> AccountSeq {
        let known = self.log.iter().position(|known| *known == bytes);
        let index = known.unwrap_or_else(|| {
            self.log.push(bytes);
            self.log.len() - 1
        });
        AccountSeq(index as u64 + 1)
    }

    /// Everything after a place.
    pub(crate) fn after(&self, cursor: AccountSeq) -> Vec<(AccountSeq, Vec<u8>)> {
        let all = self.log.iter().cloned().zip(1..);
        all.map(|(bytes, seq)| (AccountSeq(seq), bytes))
            .filter(|(seq, _)| *seq > cursor)
            .collect()
    }

    pub(crate) fn pull(&self, device: &mut Tablet) -> Taken {
        let cursor = device.standing().cursor;
        device.take(self.after(cursor))
    }

    /// Both ways for each, until nothing moves.
    pub(crate) fn settle(&mut self, devices: &mut [&mut Tablet]) {
        for _ in 0..3 {
            for device in devices.iter_mut() {
                self.pull(device);
                self.push(device);
            }
        }
    }

    /// The newest record of each run of a device, as a relay names them.
    pub(crate) fn branches(&self, device: u16, account: AccountId) -> Vec<Branch> {
        let mut branches: Vec<Branch> = Vec::new();
        for bytes in &self.log {
            let record = Record::decode(bytes.clone()).unwrap();
            let outer = record.outer();
            if outer.device.0 != device {
                continue;
            }
            let branch = Branch {
                incarnation: outer.incarnation,
                seq: outer.seq,
                hash: record.hash(&account),
            };
            branches.retain(|of| of.incarnation != branch.incarnation);
            branches.push(branch);
        }
        branches
    }

    pub(crate) fn welcome(&self, device: &mut Tablet, index: u16) -> Done {
        let account = device.account();
        device.sync(Work::Welcome {
            instance: RelayInstance::from_bytes([1; 16]),
            head: AccountSeq(self.log.len() as u64),
            branches: self.branches(index, account),
        })
    }
}

/// Everything a person can see of a client on this device.
pub(crate) fn seen(device: &mut Tablet, client: ClientId) -> String {
    let mut page = device.client(client);
    // Kept with the summary, shown nowhere; rows of earlier versions have none.
    page.row.core_changed_at = None;
    let visits = device.visits(client);
    let each: Vec<_> = visits
        .rows
        .iter()
        .map(|row| device.visit(client, row.id))
        .collect();
    format!("{page:?} {visits:?} {each:?}")
}
