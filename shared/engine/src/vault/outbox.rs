//! Records that wait for a relay: one row each, written in the batch of the record itself.

use std::collections::{BTreeMap, BTreeSet};

use crypto::open_route;
use minicbor::{Decode, Encode};
use protocol::record::{Record, RecordKind};
use protocol::{ClientId, DeviceIndex, Incarnation, RecordHash, Seq};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::local;
use super::log::hash_of;
use super::quarantine::Piece;
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::Failure;
use crate::store::{Batch, Store, StoreName};

/// Which record, in the order in which a relay takes them.
pub(crate) type Place = (DeviceIndex, Incarnation, Seq);

/// One record that waits. Vaults made before there was a relay hold rows of incarnation and sequence only.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct OutboxRow {
    /// Who made it: another device's record is handed in again where a relay lost it.
    #[n(0)]
    pub(crate) device: DeviceIndex,
    #[n(1)]
    pub(crate) incarnation: Incarnation,
    #[n(2)]
    pub(crate) seq: Seq,
    #[n(3)]
    pub(crate) hash: RecordHash,
    /// Byte of its kind.
    #[n(4)]
    pub(crate) kind: u8,
    /// Client it belongs to, if any.
    #[n(5)]
    pub(crate) client: Option<ClientId>,
    /// When it says it was made, ms since the epoch, UTC; 0 = not known.
    #[n(6)]
    pub(crate) made_at: u64,
    /// Code of the refusal after which it is not handed in again by itself.
    #[n(7)]
    pub(crate) refused: Option<u16>,
}

impl OutboxRow {
    pub(crate) const fn place(&self) -> Place {
        (self.device, self.incarnation, self.seq)
    }

    /// Whether a person made it: changes of a document, not the access log and not what devices tell each other.
    pub(crate) const fn is_work(&self) -> bool {
        self.kind == RecordKind::Changes.to_byte()
    }
}

/// Every record that waits.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) rows: BTreeMap<Place, OutboxRow>,
}

impl Outbox {
    pub(crate) fn add(&mut self, row: OutboxRow) {
        self.rows.insert(row.place(), row);
    }

    /// The row of a record.
    pub(crate) fn find(&self, hash: &RecordHash) -> Option<&OutboxRow> {
        self.rows.values().find(|row| row.hash == *hash)
    }

    /// The first own record that waits of an incarnation.
    pub(crate) fn first_of(&self, device: DeviceIndex, incarnation: Incarnation) -> Option<Seq> {
        let first = (device, incarnation, Seq(0))..=(device, incarnation, Seq(u32::MAX));
        self.rows.range(first).next().map(|((_, _, seq), _)| *seq)
    }
}

fn row_of(keys: &Keys, hash: &RecordHash) -> Vec<u8> {
    local::row_name(&keys.local, StoreName::Outbox, &[hash.as_bytes()])
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Puts a record into the outbox.
    pub(crate) fn put_outbox(&mut self, row: OutboxRow) -> Outcome<()> {
        let name = row_of(self.keys, &row.hash);
        self.put_value(StoreName::Outbox, name, &row)?;
        if let Some(outbox) = &mut self.session.outbox {
            outbox.add(row);
        }
        Ok(())
    }

    /// Takes a record out of the outbox: a relay has it, or it is issued again under another name.
    pub(crate) fn drop_outbox(&mut self, place: Place) {
        self.session.is_torn = true;
        let keys = self.keys;
        let outbox = self.session.outbox.as_mut();
        if let Some(row) = outbox.and_then(|outbox| outbox.rows.remove(&place)) {
            self.batch
                .delete(StoreName::Outbox, row_of(keys, &row.hash));
        }
    }

    /// The outbox, read when it is first asked for.
    pub(crate) async fn outbox(&mut self) -> Outcome<&Outbox> {
        if self.session.outbox.is_none() {
            let outbox = self.read_outbox().await?;
            self.session.outbox = Some(outbox);
        }
        self.session.outbox.as_ref().ok_or(Failure::Internal.into())
    }

    async fn read_outbox(&mut self) -> Outcome<Outbox> {
        let mut outbox = Outbox::default();
        let mut unnamed: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for (name, value) in self.store.read_prefix(StoreName::Outbox, &[]).await? {
            let (local, account) = (&self.keys.local, &self.keys.account);
            let opened =
                local::open_value::<OutboxRow>(local, account, StoreName::Outbox, &name, &value);
            match opened {
                Ok(row) if row_of(self.keys, &row.hash) == name => outbox.add(row),
                _ => {
                    unnamed.insert(name, value);
                }
            }
        }
        if !unnamed.is_empty() {
            self.adopt(unnamed, &mut outbox).await?;
        }
        Ok(outbox)
    }

    /// Names the records of rows that do not say which record they are of: written by an earlier version, or damaged.
    async fn adopt(
        &mut self,
        mut unnamed: BTreeMap<Vec<u8>, Vec<u8>>,
        outbox: &mut Outbox,
    ) -> Outcome<()> {
        let mut repairs = Batch::default();
        for (key, bytes) in self.store.read_prefix(StoreName::Record, &[]).await? {
            let Ok(hash) = RecordHash::try_from(key.as_slice()) else {
                continue;
            };
            let name = row_of(self.keys, &hash);
            if !unnamed.contains_key(&name) {
                continue;
            }
            let Some(row) = self.row_for(hash, bytes, |_| true) else {
                continue;
            };
            unnamed.remove(&name);
            repairs.put(StoreName::Outbox, name.clone(), self.seal(&name, &row)?);
            outbox.add(row);
        }
        for (name, value) in unnamed {
            // Its record is gone, or is damage of its own.
            repairs.delete(StoreName::Outbox, name.clone());
            self.session.found.push(Piece {
                store: StoreName::Outbox,
                row: name,
                bytes: Some(value),
                client: None,
                doc: None,
                is_healed: true,
            });
        }
        self.session.repairs.changes.extend(repairs.changes);
        Ok(())
    }

    fn seal(&mut self, name: &[u8], row: &OutboxRow) -> Outcome<Vec<u8>> {
        let (key, account) = (&self.keys.local, &self.keys.account);
        local::seal_value(self.rng, key, account, StoreName::Outbox, name, row)
    }

    /// The outbox row of a stored record; `None` when it is none, is not asked for, or does not open here.
    pub(crate) fn row_for(
        &self,
        hash: RecordHash,
        bytes: Vec<u8>,
        is_wanted: impl FnOnce(Place) -> bool,
    ) -> Option<OutboxRow> {
        let keys = self.keys;
        if hash_of(keys, &bytes) != hash {
            return None;
        }
        let record = Record::decode(bytes).ok()?;
        let outer = record.outer();
        if !is_wanted((outer.device, outer.incarnation, outer.seq)) {
            return None;
        }
        let route_key = keys.route_key_at(outer.chain.position)?;
        let route = open_route(&keys.account, &record, &route_key).ok()?;
        let place = self.session.catalogue.place(route.doc);
        Some(OutboxRow {
            device: outer.device,
            incarnation: outer.incarnation,
            seq: outer.seq,
            hash,
            kind: route.kind.to_byte(),
            client: place.and_then(|(client, _, _)| client),
            made_at: self.made_at(&record, &route),
            refused: None,
        })
    }

    /// Puts stored records into the outbox again that a relay does not have: those that `is_missing` says.
    /// Answers how many were put.
    pub(crate) async fn refill(&mut self, is_missing: impl Fn(Place) -> bool) -> Outcome<usize> {
        self.outbox().await?;
        let mut waiting = BTreeSet::new();
        if let Some(outbox) = &self.session.outbox {
            waiting.extend(outbox.rows.keys().copied());
        }
        let mut count = 0;
        for (key, bytes) in self.store.read_prefix(StoreName::Record, &[]).await? {
            let Ok(hash) = RecordHash::try_from(key.as_slice()) else {
                continue;
            };
            let is_wanted = |place| is_missing(place) && !waiting.contains(&place);
            if let Some(row) = self.row_for(hash, bytes, is_wanted) {
                self.session.is_torn = true;
                self.put_outbox(row)?;
                count += 1;
            }
        }
        Ok(count)
    }
}
