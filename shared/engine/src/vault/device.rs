//! The devices of the account, as a person is told of them.

use std::collections::BTreeMap;

use dossier::project;
use minicbor::{Decode, Encode};
use protocol::chain::{ChainKind, ChainView, Entry, Signer};
use protocol::head_words::{CommonPoint, head_words};
use protocol::keybox::DocKind;
use protocol::{DeviceIndex, Incarnation, Seq};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::local;
use super::meta;
use super::stop::Outcome;
use super::trail::Mark;
use super::turn::Turn;
use crate::command::{DeviceRow, Receipt, Reply};
use crate::store::{Store, StoreName};

/// Name of the row of what this device noted about the others.
const DEVICE_NOTES: &[u8] = b"device-notes";
/// Layout of the row; another one is not read, and every device then shows as new.
const VERSION: u8 = 1;
/// A device that shows itself has this long to take in what was on the server, and to say so, before it is missed.
const GRACE_MS: i64 = 5 * 60 * 1000;

/// What this device noted about the devices of the account; one sealed row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct DeviceNotes {
    #[n(0)]
    version: u8,
    #[n(1)]
    devices: BTreeMap<DeviceIndex, DeviceNote>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct DeviceNote {
    /// When this device learned that it was added, ms since the epoch, UTC; 0 = not known.
    #[n(0)]
    added_at: i64,
    /// A person saw on this device that it was added.
    #[n(1)]
    is_seen: bool,
}

impl Default for DeviceNotes {
    fn default() -> Self {
        Self {
            version: VERSION,
            devices: BTreeMap::new(),
        }
    }
}

/// Row of the notes.
pub(crate) fn device_notes_row(keys: &Keys) -> Vec<u8> {
    local::row_name(&keys.local, StoreName::Cursor, &[DEVICE_NOTES])
}

/// Time of a note, if it is known.
fn known(at: i64) -> Option<i64> {
    (at > 0).then_some(at)
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Every active device.
    pub(crate) async fn devices(&mut self) -> Outcome<Reply> {
        let own = self.keys.device;
        let mut others: Vec<DeviceIndex> = {
            let active = self.keys.chain.active_devices().map(|(device, _)| device);
            active.filter(|device| *device != own).collect()
        };
        others.sort_unstable();
        if !others.is_empty() {
            self.trail().await?;
        }
        let notes = self.read_notes().await?;
        let added_here = self.added_here().await?;
        let names = self.device_names().await?;
        let mut rows = vec![DeviceRow {
            added_at: self.added_at(&notes, own),
            ..self.device_row(own, &names)
        }];
        for device in others {
            let unseen = self.unseen_by(device);
            let is_noted = notes.devices.get(&device).is_some_and(|of| of.is_seen);
            let peer = self.peers().into_iter().find(|peer| peer.device == device);
            rows.push(DeviceRow {
                is_new: self.is_later(device) && !is_noted && !added_here.contains(&device),
                added_at: self.added_at(&notes, device),
                last_seen_at: self.last_seen_at(device),
                receipt: self.receipt(device, &unseen),
                unseen_count: count(unseen.len()),
                missing_here_count: peer.map_or(0, |peer| peer.withheld_count),
                is_held: self.session.sync.is_forked(device),
                ..self.device_row(device, &names)
            });
        }
        Ok(Reply::Devices(rows))
    }

    fn device_row(&self, device: DeviceIndex, names: &BTreeMap<u16, String>) -> DeviceRow {
        DeviceRow {
            device: device.0,
            name: names.get(&device.0).cloned(),
            is_own: device == self.keys.device,
            is_new: false,
            added_at: None,
            last_seen_at: None,
            receipt: Receipt::All,
            unseen_count: 0,
            missing_here_count: 0,
            is_held: false,
        }
    }

    /// Own changes that a device did not say it stores.
    fn unseen_by(&self, device: DeviceIndex) -> Vec<Mark> {
        let (own, sync) = (self.keys.device, &self.session.sync);
        let mut told: BTreeMap<_, Seq> = BTreeMap::new();
        let marks = self.session.trail.of(own).filter(|(run, mark)| {
            let told = told.entry(*run);
            let told = told.or_insert_with(|| sync.told_by(device, own, *run));
            mark.seq > *told || sync.is_unopened_at(device, mark.short)
        });
        marks.map(|(_, mark)| *mark).collect()
    }

    /// Different sentences: some are on their way, it was not online, or it was and lacks what the server had for it.
    fn receipt(&self, device: DeviceIndex, unseen: &[Mark]) -> Receipt {
        let arrived_at = self.session.sync.arrived_at(device);
        let is_over = self.now.saturating_sub(arrived_at) >= GRACE_MS;
        let missed = unseen.iter().filter(|mark| {
            mark.sent_at > 0 && arrived_at.saturating_sub(mark.sent_at) >= GRACE_MS && is_over
        });
        let mut sent = unseen.iter().filter(|mark| mark.sent_at > 0);
        let was_silent = sent.any(|mark| {
            arrived_at < mark.sent_at && self.now.saturating_sub(mark.sent_at) >= GRACE_MS
        });
        match missed.clone().map(|mark| mark.sent_at).min() {
            _ if unseen.is_empty() => Receipt::All,
            Some(since) => Receipt::Withheld {
                count: count(missed.count()),
                since,
            },
            // Of a device that never spoke nothing else can be said.
            None if was_silent || arrived_at == 0 => Receipt::Away,
            None => Receipt::Coming,
        }
    }

    /// When a device was last at work. It cannot have been before it arrived here, whatever its clock says.
    fn last_seen_at(&self, device: DeviceIndex) -> Option<i64> {
        let of_device = self.session.sync.branches.iter();
        let of_device = of_device.filter(|of| of.device == device && of.arrived_at > 0);
        let times = of_device.map(|of| match i64::try_from(of.made_at) {
            Ok(made_at) if made_at > 0 => made_at.min(of.arrived_at),
            _ => of.arrived_at,
        });
        times.max()
    }

    async fn device_names(&mut self) -> Outcome<BTreeMap<u16, String>> {
        let readable = self.open_readable((None, DocKind::Profile, None)).await?;
        let profile = self.merged(&readable);
        Ok(profile.map_or_else(BTreeMap::new, |of| project::device_names(&of)))
    }

    /// Whether a device came into the account after this one.
    fn is_later(&self, device: DeviceIndex) -> bool {
        let devices = self.keys.chain.devices();
        let added_in = |device| devices.get(device).map(|of| of.added_in);
        added_in(&device) > added_in(&self.keys.device)
    }

    /// The devices that a person added on this one.
    async fn added_here(&mut self) -> Outcome<Vec<DeviceIndex>> {
        let len = self.keys.chain.len();
        if let Some((_, known)) = self.session.added_here.as_ref().filter(|of| of.0 == len) {
            return Ok(known.clone());
        }
        let mut added = Vec::new();
        for bytes in meta::read_chain_entries(self.store).await? {
            if let Ok(entry) = Entry::decode(&bytes)
                && let ChainKind::AddDevice { index, .. } = entry.kind()
                && matches!(entry.signer(), Signer::Device(by) if by == self.keys.device)
            {
                added.push(*index);
            }
        }
        self.session.added_here = Some((len, added.clone()));
        Ok(added)
    }

    fn added_at(&self, notes: &DeviceNotes, device: DeviceIndex) -> Option<i64> {
        known(notes.devices.get(&device)?.added_at)
    }

    async fn read_notes(&mut self) -> Outcome<DeviceNotes> {
        let row = device_notes_row(self.keys);
        let stored = self.store.read(StoreName::Cursor, &row).await?;
        let (local, account) = (&self.keys.local, &self.keys.account);
        let notes = stored.and_then(|sealed| {
            local::open_value::<DeviceNotes>(local, account, StoreName::Cursor, &row, &sealed).ok()
        });
        let notes = notes.filter(|notes| notes.version == VERSION);
        Ok(notes.unwrap_or_default())
    }

    fn put_notes(&mut self, notes: &DeviceNotes) -> Outcome<()> {
        self.put_value(StoreName::Cursor, device_notes_row(self.keys), notes)
    }

    /// Notes when devices came into the account that a longer chain holds.
    pub(crate) async fn note_added(&mut self, chain: &ChainView) -> Outcome<()> {
        let known = self.keys.chain.devices();
        let all = chain.devices().keys();
        let added: Vec<DeviceIndex> = {
            let added = all.filter(|device| !known.contains_key(device));
            added.copied().collect()
        };
        if added.is_empty() {
            return Ok(());
        }
        let mut notes = self.read_notes().await?;
        for device in added {
            notes.devices.entry(device).or_default().added_at = self.now;
        }
        self.put_notes(&notes)
    }

    /// Notes that the vault of this device was made now.
    pub(crate) fn note_made(&mut self) -> Outcome<()> {
        let mut notes = DeviceNotes::default();
        let note = DeviceNote {
            added_at: self.now,
            is_seen: true,
        };
        notes.devices.insert(self.keys.device, note);
        self.put_notes(&notes)
    }

    /// A person saw that these were added.
    pub(crate) async fn devices_seen(&mut self, devices: &[u16]) -> Outcome<Reply> {
        let mut notes = self.read_notes().await?;
        let mut is_changed = false;
        for device in devices.iter().copied().map(DeviceIndex) {
            if self.keys.chain.devices().contains_key(&device) {
                let note = notes.devices.entry(device).or_default();
                is_changed |= !core::mem::replace(&mut note.is_seen, true);
            }
        }
        if is_changed {
            self.put_notes(&notes)?;
            self.commit().await?;
        }
        Ok(Reply::Done)
    }

    /// Six words over what every device stores: of each run the newest change that all of them have. Beacons do not
    /// count: nobody says that he has them.
    pub(crate) async fn head_words(&mut self) -> Outcome<Reply> {
        let own = self.keys.device;
        let active: Vec<DeviceIndex> = {
            let active = self.keys.chain.active_devices().map(|(device, _)| device);
            active.collect()
        };
        let mut others = active.iter().filter(|device| **device != own);
        let has_all_spoken = others.all(|device| self.session.sync.arrived_at(*device) > 0);
        if active.len() < 2 || !has_all_spoken {
            return Ok(Reply::HeadWords(None));
        }
        self.trail().await?;
        let mut points = BTreeMap::new();
        for author in self.keys.chain.devices().keys().copied() {
            let mut common: BTreeMap<Incarnation, Seq> = BTreeMap::new();
            for (run, mark) in self.session.trail.of(author) {
                let common = common.entry(run);
                let common = common.or_insert_with(|| self.common_of(author, run, &active));
                if mark.seq <= *common {
                    let point = CommonPoint {
                        device: author,
                        incarnation: run,
                        seq: mark.seq,
                        short: mark.short,
                    };
                    points.insert((author, run), point);
                }
            }
        }
        let points: Vec<CommonPoint> = points.into_values().collect();
        let words = head_words(&self.keys.account, &points);
        let words = words.map(str::to_owned);
        Ok(Reply::HeadWords(Some(words).filter(|_| !points.is_empty())))
    }

    /// The newest record of a run that every one of these devices stores. Whose run it is has all of it.
    fn common_of(&self, author: DeviceIndex, run: Incarnation, active: &[DeviceIndex]) -> Seq {
        let (own, sync) = (self.keys.device, &self.session.sync);
        let others = active.iter().filter(|of| **of != own && **of != author);
        let told = others.map(|teller| sync.told_by(*teller, author, run));
        told.min().unwrap_or(Seq(u32::MAX))
    }
}
