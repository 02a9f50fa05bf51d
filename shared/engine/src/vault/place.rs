//! Where work is: in records that wait, at the server, on other devices.

use std::collections::BTreeMap;

use dossier::id::{ClientId, EntryId};
use dossier::project::{self, EntryMark};
use protocol::keybox::DocKind;
use protocol::{DeviceIndex, Incarnation, RecordHash};
use rand_core::CryptoRng;

use super::outbox::OutboxRow;
use super::stop::Outcome;
use super::trail::Mark;
use super::turn::Turn;
use crate::command::{
    EntryPlace, Failure, RefusedRow, Reply, VisitPlaces, WaitingList, WaitingRow,
};
use crate::store::Store;

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Where a signed visit is, and what was added to it.
    pub(crate) async fn visit_places(
        &mut self,
        client: ClientId,
        year: u16,
        visit: EntryId,
    ) -> Outcome<Reply> {
        let owner = protocol::ClientId::from_bytes(client.0);
        let place = (Some(owner), DocKind::Journal, Some(year));
        let journals = self.open_readable(place).await?;
        let journal = self.merged(&journals);
        let marks = journal.and_then(|journal| project::entry_marks(&journal, visit));
        let (signed, amendments) = marks.ok_or(Failure::NotFound)?;
        self.outbox().await?;
        if self.keys.chain.active_devices().nth(1).is_some() {
            self.trail().await?;
        }
        let amendments = amendments.iter();
        Ok(Reply::VisitPlaces(VisitPlaces {
            visit: self.entry_place(&signed),
            amendments: amendments
                .map(|mark| (mark.entry, self.entry_place(mark)))
                .collect(),
        }))
    }

    /// Where an entry is; the outbox is in memory, and the trail where there are several devices.
    fn entry_place(&self, entry: &EntryMark) -> EntryPlace {
        let own = self.keys.device;
        let author = entry.device.parse().map_or(own, DeviceIndex);
        let made_at = u64::try_from(entry.recorded_at).unwrap_or_default();
        let records = self.records_at(author, made_at);
        let active = self.keys.chain.active_devices().map(|(device, _)| device);
        let others = active.filter(|device| *device != own);
        let also: Vec<u16> = others
            .filter(|device| *device == author || self.stores(*device, author, &records))
            .map(|device| device.0)
            .collect();
        if !also.is_empty() {
            EntryPlace::Also(also)
        } else if author == own && self.is_waiting(made_at) {
            EntryPlace::Device
        } else {
            EntryPlace::Server
        }
    }

    /// The records of a device that say they were made then: the last of each run brought all that was.
    fn records_at(&self, author: DeviceIndex, made_at: u64) -> BTreeMap<Incarnation, Mark> {
        let mut found = BTreeMap::new();
        let marks = self.session.trail.of(author);
        for (run, mark) in marks.filter(|(_, mark)| mark.made_at == made_at) {
            found.insert(run, *mark);
        }
        found
    }

    /// Whether a device says that it stores one of these records, and could open it.
    fn stores(
        &self,
        device: DeviceIndex,
        author: DeviceIndex,
        records: &BTreeMap<Incarnation, Mark>,
    ) -> bool {
        let sync = &self.session.sync;
        records.iter().any(|(run, mark)| {
            let told = sync.told_by(device, author, *run);
            mark.seq <= told && !sync.is_unopened_at(device, mark.short)
        })
    }

    /// Whether a change made here at this time is in the outbox; one whose time is not known may be it.
    fn is_waiting(&self, made_at: u64) -> bool {
        let rows = self.session.outbox.iter().flat_map(|of| of.rows.values());
        let mut own = rows.filter(|row| row.device == self.keys.device && row.is_work());
        own.any(|row| row.made_at == made_at || row.made_at == 0)
    }

    /// What the server has not got.
    pub(crate) async fn waiting_list(&mut self) -> Outcome<Reply> {
        self.outbox().await?;
        let rows = self.session.outbox.iter().flat_map(|of| of.rows.values());
        let mut list = WaitingList::default();
        let mut clients: BTreeMap<Option<[u8; 16]>, (u32, Option<i64>)> = BTreeMap::new();
        for row in rows {
            if let Some(code) = row.refused {
                list.refused.push(RefusedRow {
                    record: *row.hash.as_bytes(),
                    client: self.named(row),
                    is_work: row.is_work(),
                    made_at: time_of(row),
                    code,
                });
            } else if row.is_work() {
                let client = row.client.map(|client| *client.as_bytes());
                let (count, since) = clients.entry(client).or_insert((0, time_of(row)));
                *count = count.saturating_add(1);
                // One that is not known may be older than all of them.
                *since = since.and_then(|since| Some(since.min(time_of(row)?)));
            }
        }
        list.refused.sort_by_key(|row| row.made_at);
        let waiting = clients
            .into_iter()
            .map(|(client, (count, since))| WaitingRow {
                client: client.map(|client| self.name_of(client)),
                count,
                since,
            });
        list.waiting = waiting.collect();
        list.waiting
            .sort_by_key(|row| (row.client.is_none(), row.since));
        Ok(Reply::WaitingList(list))
    }

    fn named(&self, row: &OutboxRow) -> Option<(ClientId, String)> {
        row.client.map(|client| self.name_of(*client.as_bytes()))
    }

    fn name_of(&self, client: [u8; 16]) -> (ClientId, String) {
        let client = ClientId(client);
        let row = self.session.rows.get(&client);
        (client, row.map(project::client_name).unwrap_or_default())
    }

    /// Issues a refused record again.
    pub(crate) async fn retry_refused(&mut self, record: [u8; 32]) -> Outcome<Reply> {
        let hash = RecordHash::from_bytes(record);
        let found = self.outbox().await?.find(&hash);
        if found.is_none_or(|row| row.refused.is_none()) {
            return Err(Failure::NotFound.into());
        }
        self.retry(&hash).await?;
        Ok(Reply::Done)
    }
}

/// When a record was made, if it is known.
fn time_of(row: &OutboxRow) -> Option<i64> {
    i64::try_from(row.made_at).ok().filter(|at| *at > 0)
}
