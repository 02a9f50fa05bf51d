//! The vault's side of the exchange with a relay: one turn for each piece of work.

use protocol::body::Body;
use protocol::record::{Lane, Record, RecordKind};
use protocol::wire::{self, Branch, ChainTip, Origin, RecordName};
use protocol::{
    AccountSeq, Challenge, DocId, Domain, Generation, RecordHash, RelayInstance, Seq, limit,
};
use rand_core::CryptoRng;

use super::intake::place_of;
use super::log::hash_of;
use super::outbox::OutboxRow;
use super::stop::Outcome;
use super::turn::Turn;
use super::{Now, Vault, failure, meta};
use crate::command::Failure;
use crate::kdf::Kdf;
use crate::store::{Store, StoreName};
use crate::sync::{Done, Peer, Report, Standing, Work};

impl<S: Store, K: Kdf> Vault<S, K> {
    /// Does one piece of work of the exchange.
    ///
    /// # Errors
    /// `Locked`, or a store's failure; nothing was taken in then, and the same work may be asked for again.
    pub async fn sync(
        &mut self,
        work: Work,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Report, Failure> {
        self.exchange(work, now.ms, rng).await.map_err(failure)
    }

    async fn exchange(
        &mut self,
        work: Work,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Outcome<Report> {
        let done = match work {
            Work::TakeChain { entries } => Done::ChainTaken(self.grow(&entries, now, rng).await?),
            work => self.turn(now, rng).await?.exchange(work).await?,
        };
        let mut turn = self.turn(now, rng).await?;
        let standing = turn.standing().await?;
        Ok(Report { done, standing })
    }

    /// How far the exchange has come.
    ///
    /// # Errors
    /// `Locked`; a store's failure.
    pub async fn standing(
        &mut self,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Standing, Failure> {
        let mut turn = self.turn(now.ms, rng).await.map_err(failure)?;
        turn.standing().await.map_err(failure)
    }

    /// What stands here of every other active device.
    ///
    /// # Errors
    /// `Locked`; a store's failure.
    pub async fn peers(
        &mut self,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Peer>, Failure> {
        let turn = self.turn(now.ms, rng).await.map_err(failure)?;
        Ok(turn.peers())
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    async fn exchange(&mut self, work: Work) -> Outcome<Done> {
        match work {
            Work::Hello { challenge, origin } => self.sign_hello(&challenge, &origin),
            Work::Welcome {
                instance,
                head,
                branches,
            } => self.welcome(instance, head, &branches).await,
            Work::ReadChain { from } => {
                let entries = meta::read_chain_entries(self.store).await?;
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                Ok(Done::Chain(entries.into_iter().skip(from).collect()))
            }
            Work::Take { records } => {
                let taken = self.take_records(records).await?;
                self.session.trim();
                Ok(Done::Taken(taken))
            }
            Work::CatchUp => {
                let caught_up = self.catch_up_step().await?;
                self.session.trim();
                Ok(Done::CaughtUp(caught_up))
            }
            Work::TakeAgain => {
                self.forget_cursor();
                self.commit().await?;
                Ok(Done::Nothing)
            }
            Work::ReadOutbox { max_bytes } => self.read_sendable(max_bytes).await,
            Work::Acked { records } => self.acked(records).await,
            Work::Refuse { hash, code } => self.refuse(&hash, code).await,
            Work::Retry { hash } => self.retry(&hash).await,
            Work::Refill { stored } => {
                let is_after = |(_, run, seq)| run == stored.incarnation && seq > stored.seq;
                match self.refill(is_after).await? {
                    0 => self.pass_hole(&stored).await?,
                    _ => self.commit().await?,
                }
                Ok(Done::Nothing)
            }
            Work::Beacon if !self.has_to_tell() => Ok(Done::Nothing),
            Work::Beacon | Work::Speak => self.speak().await,
            Work::ChooseProbes => self.choose_probes().await,
            Work::Probed { records } => self.probed(records).await,
            Work::ReadDrafts => Ok(Done::Drafts(self.unsent_drafts())),
            Work::DraftAcked { slot, counter } => {
                self.draft_acked(slot, counter).await?;
                Ok(Done::Nothing)
            }
            Work::TakeDrafts { drafts, is_all } => {
                if is_all {
                    self.forget_lost_drafts(&drafts);
                }
                self.take_drafts(drafts).await?;
                Ok(Done::Nothing)
            }
            Work::TakeChain { .. } => Err(Failure::Internal.into()),
        }
    }

    fn sign_hello(&mut self, challenge: &Challenge, origin: &str) -> Outcome<Done> {
        let keys = self.keys;
        let origin = Origin::parse(origin).map_err(|_| Failure::Internal)?;
        let signed = wire::hello_bytes(challenge, origin);
        let signing = keys.bundle.signing_key();
        Ok(Done::Hello {
            account: keys.account,
            key: keys.verify_key(),
            signature: signing.sign(Domain::Hello, &keys.account, &signed),
        })
    }

    async fn welcome(
        &mut self,
        instance: RelayInstance,
        head: AccountSeq,
        branches: &[Branch],
    ) -> Outcome<Done> {
        self.outbox().await?;
        let sync = &mut self.session.sync;
        let is_other = sync.relay.is_some_and(|known| known != instance);
        let is_wiped = is_other || head < sync.cursor;
        if sync.relay != Some(instance) || is_wiped {
            // All of it or nothing: done by half, the next welcome would see no loss.
            self.session.is_torn = true;
            sync.relay = Some(instance);
            sync.drafts_sent.clear();
            self.forget_cursor();
        }
        if is_wiped {
            self.refill(|_| true).await?;
        } else {
            self.refill_lost(branches).await?;
        }
        if self.session.is_sync_changed || !self.batch.is_empty() {
            self.commit().await?;
        }
        Ok(Done::Welcomed { is_wiped })
    }

    /// Hands in again what the relay said it had taken and has not.
    async fn refill_lost(&mut self, branches: &[Branch]) -> Outcome<()> {
        let (device, head) = (self.keys.device, &self.session.head);
        let own = self.session.sync.branches.iter();
        let own = own.filter(|branch| branch.device == device);
        let mut ends: Vec<_> = own.map(|of| (of.incarnation, of.seq)).collect();
        ends.push((head.incarnation, head.seq));
        let is_whole_list = branches.len() < limit::BRANCHES_MAX;
        let outbox = self.outbox().await?;
        let mut lost = Vec::new();
        for (incarnation, end) in ends {
            let found = branches.iter().find(|of| of.incarnation == incarnation);
            if found.is_none() && !is_whole_list {
                continue;
            }
            let stored = found.map_or(Seq(0), |branch| branch.seq);
            let waiting = outbox.first_of(device, incarnation);
            let taken = waiting.map_or(end, |first| Seq(first.0.saturating_sub(1)).min(end));
            if stored < taken {
                lost.push((incarnation, stored));
            }
        }
        if !lost.is_empty() {
            self.refill(|(of, run, seq)| {
                of == device && lost.iter().any(|(lost, from)| *lost == run && seq > *from)
            })
            .await?;
        }
        Ok(())
    }

    async fn read_sendable(&mut self, max_bytes: usize) -> Outcome<Done> {
        loop {
            let (sendable, harmed) = self.read_front(max_bytes).await?;
            match harmed {
                // What comes after it would only meet a gap.
                Some(row) if sendable.is_empty() => self.pass_by(row).await?,
                _ => return Ok(Done::Outbox(sendable)),
            }
        }
    }

    /// The first records that wait, and the one on which reading them stopped.
    async fn read_front(
        &mut self,
        max_bytes: usize,
    ) -> Outcome<(Vec<(RecordHash, Vec<u8>)>, Option<OutboxRow>)> {
        let device = self.keys.device;
        let rows = &self.outbox().await?.rows;
        let mut stopped = Vec::new();
        let mut wanted: Vec<OutboxRow> = Vec::new();
        let (own, others): (Vec<_>, Vec<_>) = rows.values().partition(|row| row.device == device);
        for row in own.into_iter().chain(others) {
            let run = (row.device, row.incarnation);
            if row.refused.is_some() {
                stopped.push(run);
            }
            if !stopped.contains(&run) && wanted.len() < limit::PUSH_RECORDS_MAX {
                wanted.push(row.clone());
            }
        }
        let mut sendable = Vec::new();
        let mut size = 0;
        for row in wanted {
            let hash = row.hash;
            let stored = self.store.read(StoreName::Record, hash.as_bytes()).await?;
            let Some(bytes) = stored.filter(|bytes| hash_of(self.keys, bytes) == hash) else {
                return Ok((sendable, Some(row)));
            };
            size += bytes.len();
            if size > max_bytes && !sendable.is_empty() {
                break;
            }
            sendable.push((hash, bytes));
        }
        Ok((sendable, None))
    }

    async fn acked(&mut self, mut records: Vec<(RecordHash, AccountSeq)>) -> Outcome<Done> {
        records.sort_by_key(|(_, seq)| *seq);
        self.outbox().await?;
        let places: Vec<AccountSeq> = records.iter().map(|(_, seq)| *seq).collect();
        for (hash, _) in records {
            let outbox = self.session.outbox.as_ref();
            if let Some(place) = outbox.and_then(|of| Some(of.find(&hash)?.place())) {
                self.drop_outbox(place);
                self.note_sent(place);
                self.session.sync.last_sent_at = self.now;
            }
            self.session.is_sync_changed = true;
        }
        self.reach(&places);
        self.move_cursor();
        if self.session.is_sync_changed {
            self.commit().await?;
        }
        Ok(Done::Nothing)
    }

    async fn refuse(&mut self, hash: &RecordHash, code: u16) -> Outcome<Done> {
        let found = self.outbox().await?.find(hash).cloned();
        let Some(mut row) = found else {
            return Ok(Done::Nothing);
        };
        let (device, incarnation, seq) = row.place();
        if device != self.keys.device {
            // The relay has another one of that device: it is not for this device to insist.
            self.drop_outbox(row.place());
            self.commit().await?;
            return Ok(Done::Nothing);
        }
        row.refused = Some(code);
        let prev = self.prev_of(hash).await?;
        if incarnation == self.session.head.incarnation {
            self.begin_incarnation()?;
        }
        self.reissue_after(incarnation, seq).await?;
        if let (Some(prev), Some(branch)) =
            (prev, self.session.sync.branch_mut(device, incarnation))
        {
            branch.end_at(Seq(seq.0.saturating_sub(1)), prev);
        }
        self.put_outbox(row)?;
        self.commit().await?;
        Ok(Done::Nothing)
    }

    async fn prev_of(&self, hash: &RecordHash) -> Outcome<Option<RecordHash>> {
        let stored = self.store.read(StoreName::Record, hash.as_bytes()).await?;
        let record = stored.and_then(|bytes| Record::decode(bytes).ok());
        Ok(record.map(|record| record.outer().prev))
    }

    pub(crate) async fn retry(&mut self, hash: &RecordHash) -> Outcome<Done> {
        let found = self.outbox().await?.find(hash).cloned();
        let Some(mut row) = found.filter(|row| row.refused.is_some()) else {
            return Ok(Done::Nothing);
        };
        let stored = self.store.read(StoreName::Record, hash.as_bytes()).await?;
        let Some(record) = stored.and_then(|bytes| Record::decode(bytes).ok()) else {
            return Ok(Done::Nothing);
        };
        if self.has_stood_here(&record, hash).await? {
            // What follows it came from a relay: it stands there, and is handed in as it is.
            row.refused = None;
            self.put_outbox(row)?;
        } else {
            self.reissue(&record).await?;
        }
        self.commit().await?;
        Ok(Done::Nothing)
    }

    fn has_to_tell(&self) -> bool {
        self.session.sync.has_untold() && self.session.behind.is_empty()
    }

    async fn speak(&mut self) -> Outcome<Done> {
        let epoch_key = self.keys.current_epoch_key()?;
        let body = Body::plain(u64::try_from(self.now).unwrap_or_default(), Vec::new());
        let place = (DocId::NIL, Generation(0), epoch_key.id());
        let body_key = epoch_key.derive_body_key();
        self.append(Lane::Log, RecordKind::Beacon, place, body, &body_key)?;
        self.commit().await?;
        Ok(Done::Nothing)
    }

    /// Own records that the relay said it has. Which ones must not be foreseen.
    async fn choose_probes(&mut self) -> Outcome<Done> {
        let (device, head) = (self.keys.device, self.session.head.clone());
        let waiting = self.outbox().await?.first_of(device, head.incarnation);
        let taken = waiting.map_or(head.seq.0, |first| first.0.saturating_sub(1));
        let mut names: Vec<RecordName> = Vec::new();
        for _ in 0..limit::PROBES_MAX.min(usize::try_from(taken).unwrap_or(0)) {
            let random = u64::from_be_bytes(crypto::make_bytes(self.rng));
            let seq = u32::try_from(random % u64::from(taken.max(1))).unwrap_or(0) + 1;
            names.push(RecordName {
                device,
                incarnation: head.incarnation,
                seq: Seq(seq),
            });
        }
        Ok(Done::Probes(names))
    }

    async fn probed(&mut self, records: Vec<(RecordName, Option<Vec<u8>>)>) -> Outcome<Done> {
        let mut lost: Vec<RecordName> = Vec::new();
        for (name, bytes) in records {
            let record = bytes.and_then(|bytes| Record::decode(bytes).ok());
            let place = (name.device, name.incarnation, name.seq);
            let is_own = match record.filter(|record| place_of(record) == place) {
                Some(record) => self.has_record(&record.hash(&self.keys.account)).await?,
                None => false,
            };
            if !is_own {
                lost.push(name);
            }
        }
        if !lost.is_empty() {
            let is_lost = |(device, run, seq)| {
                let place = (device, run, seq);
                let mut names = lost.iter();
                names.any(|name| (name.device, name.incarnation, name.seq) == place)
            };
            if self.refill(is_lost).await? > 0 {
                self.commit().await?;
            }
        }
        Ok(Done::Lost(lost.len()))
    }

    async fn standing(&mut self) -> Outcome<Standing> {
        let chain = ChainTip {
            len: self.keys.chain.len(),
            head: self.keys.chain.head(),
        };
        let outbox = self.outbox().await?;
        let (refused, open): (Vec<_>, Vec<_>) =
            outbox.rows.values().partition(|row| row.refused.is_some());
        let is_own_work = |row: &&&super::outbox::OutboxRow| row.is_work();
        let (outbox_count, refused_count) = (open.len(), refused.len());
        let waiting_count = open.iter().filter(is_own_work).count();
        let behind_count = self.session.behind.count();
        let sync = &self.session.sync;
        let others = sync.branches.iter();
        let others = others.filter(|branch| branch.device != self.keys.device);
        let heard_count = others.map(|branch| u64::from(branch.seq.0)).sum();
        Ok(Standing {
            cursor: sync.cursor,
            chain,
            waiting_count,
            outbox_count,
            refused_count,
            last_sent_at: sync.last_sent_at,
            last_received_at: sync.last_received_at,
            heard_count,
            has_untold: sync.has_untold() && behind_count == 0,
            behind_count,
            draft_count: self.unsent_drafts().len(),
        })
    }

    pub(crate) fn peers(&self) -> Vec<Peer> {
        let (keys, sync, head) = (self.keys, &self.session.sync, &self.session.head);
        let others = keys.chain.active_devices().map(|(device, _)| device);
        let others = others.filter(|device| *device != keys.device);
        let peers = others.map(|device| {
            let own = sync.branches.iter().filter(|of| of.device == device);
            let newest = own.clone().max_by_key(|of| (of.arrived_at, of.seq));
            let marks = own.clone();
            let seen = marks.filter_map(|of| of.seen_of(keys.device, head.incarnation));
            let seen = seen.max().unwrap_or(Seq(0));
            let unopened: usize = own.clone().map(|of| of.unopened.len()).sum();
            let withheld = own.map(|of| {
                let told = sync.newest_seen(device, of.incarnation);
                told.0.saturating_sub(of.seq.0)
            });
            Peer {
                device,
                last_made_at: newest.map_or(0, |of| of.made_at),
                last_arrived_at: newest.map_or(0, |of| of.arrived_at),
                is_held: sync.is_forked(device),
                unseen_count: usize::try_from(head.seq.0.saturating_sub(seen.0)).unwrap_or(0),
                unopened_count: unopened,
                withheld_count: withheld.sum(),
            }
        });
        peers.collect()
    }
}
