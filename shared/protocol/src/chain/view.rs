//! What a verified account chain says: devices, epochs, recovery.

use std::collections::BTreeMap;

use super::{
    Card, ChainError, ChainKind, Cut, Entry, EpochStart, Erase, Recipient, RecoveryEntry, Seal,
    Signer,
};
use crate::{
    AccountId, ChainHash, DeviceIndex, Epoch, KeyId, limit, record::ChainPoint,
    signature::VerifyKey,
};

/// A device as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceState {
    /// Its public keys, with the newest HPKE key.
    pub card: Card,
    /// Index of the entry that added it.
    pub added_in: u32,
    /// Index of the entry that revoked it, if one did.
    pub revoked_in: Option<u32>,
    /// Where its records stop counting, once revoked.
    pub cut: Vec<Cut>,
}

/// An epoch as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochState {
    /// Its number.
    pub epoch: Epoch,
    /// Id of, and commitment to, its key.
    pub key: KeyId,
    /// Index of the entry that started it.
    pub started_in: u32,
    /// The previous epoch's key wrapped under this one, unless an erasure cut it off.
    pub previous: Option<Vec<u8>>,
    /// Its key for each recipient, with the hash of the entry before the one that holds the seal.
    pub seals: Vec<(ChainHash, Seal)>,
}

/// The state after the last verified entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainView {
    account: AccountId,
    hashes: Vec<ChainHash>,
    devices: BTreeMap<DeviceIndex, DeviceState>,
    epochs: Vec<EpochState>,
    recovery: Card,
    erasures: Vec<(u32, Erase)>,
    minimum_format: u8,
}

/// How two verified chains of devices relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainRelation {
    /// The same entries.
    Equal,
    /// The other one is longer and contains this one.
    Behind,
    /// This one is longer and contains the other one.
    Ahead,
    /// Two valid entries stand on one `prev`: nobody acts on either.
    Fork {
        /// The first index at which they differ.
        index: u32,
        /// Hash of the entry here.
        here: ChainHash,
        /// Hash of the entry there.
        there: ChainHash,
    },
    /// Not the same account at all.
    OtherAccount,
}

/// Verifies a whole chain from its genesis.
///
/// # Errors
/// At the first entry that does not count.
pub fn verify<B: AsRef<[u8]>>(entries: &[B]) -> Result<ChainView, ChainError> {
    let (genesis, rest) = entries.split_first().ok_or(ChainError::Empty)?;
    let mut view = ChainView::start(genesis.as_ref())?;
    for entry in rest {
        view.take_in(entry.as_ref())?;
    }
    Ok(view)
}

impl ChainView {
    /// Verifies a genesis.
    ///
    /// # Errors
    /// When it is not one, or its signature or seals do not fit.
    pub fn start(bytes: &[u8]) -> Result<Self, ChainError> {
        let entry = Entry::decode(bytes)?;
        let index = entry.index();
        let ChainKind::Genesis {
            device,
            recovery,
            epoch,
            ..
        } = entry.kind()
        else {
            return Err(ChainError::Place { index });
        };
        if index != 0 || entry.prev() != ChainHash::NIL {
            return Err(ChainError::Place { index });
        }
        if entry.signer() != Signer::Device(DeviceIndex(0)) {
            return Err(ChainError::Signer { index });
        }
        entry.verify(&AccountId::NIL, &device.verify_key)?;
        let first = DeviceState {
            card: device.clone(),
            added_in: 0,
            revoked_in: None,
            cut: Vec::new(),
        };
        let mut devices = BTreeMap::new();
        devices.insert(DeviceIndex(0), first);
        let mut view = Self {
            account: entry.hash().into(),
            hashes: Vec::new(),
            devices,
            epochs: Vec::new(),
            recovery: recovery.clone(),
            erasures: Vec::new(),
            minimum_format: limit::FORMAT,
        };
        view.start_epoch(0, ChainHash::NIL, epoch)?;
        view.hashes.push(entry.hash());
        Ok(view)
    }

    /// Verifies the next entry and takes it in; on an error the view stays as it was.
    ///
    /// # Errors
    /// When the entry does not count here.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), ChainError> {
        let mut next = self.clone();
        next.take_in(bytes)?;
        *self = next;
        Ok(())
    }

    /// As `append`, without the copy: after an error the view is of no use.
    fn take_in(&mut self, bytes: &[u8]) -> Result<(), ChainError> {
        if self.hashes.len() >= limit::CHAIN_ENTRIES_MAX {
            return Err(ChainError::Limit {
                got: self.hashes.len() + 1,
                limit: limit::CHAIN_ENTRIES_MAX,
            });
        }
        let entry = Entry::decode(bytes)?;
        let place = self.len();
        if entry.index() != place {
            return Err(ChainError::Index {
                place,
                got: entry.index(),
            });
        }
        if entry.prev() != self.head() {
            return Err(ChainError::Prev { index: place });
        }
        let key = self.signer_key(&entry)?;
        entry.verify(&self.account, &key)?;
        self.apply(&entry)?;
        self.hashes.push(entry.hash());
        Ok(())
    }

    /// The account id: hash of the genesis.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.hashes.len()).unwrap_or(u32::MAX)
    }

    /// Never: a chain has its genesis.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Hash of the last entry.
    #[must_use]
    pub fn head(&self) -> ChainHash {
        self.hashes.last().copied().unwrap_or(ChainHash::NIL)
    }

    /// The last entry, as a record names it.
    #[must_use]
    pub fn point(&self) -> ChainPoint {
        ChainPoint::new(self.len().saturating_sub(1), &self.head())
    }

    /// Hash of the entry at a place.
    #[must_use]
    pub fn hash_at(&self, position: u32) -> Option<ChainHash> {
        self.hashes.get(usize::try_from(position).ok()?).copied()
    }

    /// Whether this chain holds the entry a record names.
    #[must_use]
    pub fn contains(&self, point: &ChainPoint) -> bool {
        self.hash_at(point.position)
            .is_some_and(|hash| hash.short() == point.hash)
    }

    /// All devices, revoked ones included.
    #[must_use]
    pub const fn devices(&self) -> &BTreeMap<DeviceIndex, DeviceState> {
        &self.devices
    }

    /// The devices that are not revoked, in rising order.
    pub fn active_devices(&self) -> impl Iterator<Item = (DeviceIndex, &DeviceState)> {
        self.devices
            .iter()
            .filter(|(_, state)| state.revoked_in.is_none())
            .map(|(index, state)| (*index, state))
    }

    /// Checks the signatures of a device, revoked ones included.
    #[must_use]
    pub fn verify_key(&self, device: DeviceIndex) -> Option<VerifyKey> {
        self.devices.get(&device).map(|state| state.card.verify_key)
    }

    /// Public keys of the recovery code in force.
    #[must_use]
    pub const fn recovery(&self) -> &Card {
        &self.recovery
    }

    /// All epochs, oldest first.
    #[must_use]
    pub fn epochs(&self) -> &[EpochState] {
        &self.epochs
    }

    /// The epoch in force after the last entry.
    #[must_use]
    pub fn current_epoch(&self) -> Epoch {
        self.epochs.last().map_or(Epoch(0), |state| state.epoch)
    }

    /// The epoch in force after the entry at a place.
    #[must_use]
    pub fn epoch_at(&self, position: u32) -> Option<&EpochState> {
        self.epochs
            .iter()
            .rev()
            .find(|state| state.started_in <= position)
    }

    /// The newest seal of an epoch's key for a recipient, with the hash of the entry before the one that holds it.
    #[must_use]
    pub fn seal(&self, epoch: Epoch, recipient: Recipient) -> Option<(ChainHash, &Seal)> {
        let state = self.epochs.iter().find(|state| state.epoch == epoch)?;
        state
            .seals
            .iter()
            .rev()
            .find(|(_, seal)| seal.recipient == recipient)
            .map(|(prev, seal)| (*prev, seal))
    }

    /// Erasures with the index of their entry.
    #[must_use]
    pub fn erasures(&self) -> &[(u32, Erase)] {
        &self.erasures
    }

    /// The lowest format that may still be written.
    #[must_use]
    pub const fn minimum_format(&self) -> u8 {
        self.minimum_format
    }

    /// How this chain relates to another verified one: finds forks and stale copies.
    #[must_use]
    pub fn compare(&self, other: &Self) -> ChainRelation {
        if self.account != other.account {
            return ChainRelation::OtherAccount;
        }
        let differing = self
            .hashes
            .iter()
            .zip(&other.hashes)
            .enumerate()
            .find(|(_, (here, there))| here != there);
        if let Some((index, (here, there))) = differing {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            return ChainRelation::Fork {
                index,
                here: *here,
                there: *there,
            };
        }
        match self.hashes.len().cmp(&other.hashes.len()) {
            core::cmp::Ordering::Less => ChainRelation::Behind,
            core::cmp::Ordering::Equal => ChainRelation::Equal,
            core::cmp::Ordering::Greater => ChainRelation::Ahead,
        }
    }

    fn signer_key(&self, entry: &Entry) -> Result<VerifyKey, ChainError> {
        let refused = ChainError::Signer {
            index: entry.index(),
        };
        match entry.signer() {
            Signer::Recovery => Ok(self.recovery.verify_key),
            Signer::Device(device) => match self.devices.get(&device) {
                Some(state) if state.revoked_in.is_none() => Ok(state.card.verify_key),
                _ => Err(refused),
            },
        }
    }

    fn apply(&mut self, entry: &Entry) -> Result<(), ChainError> {
        let (index, prev) = (entry.index(), entry.prev());
        match entry.kind() {
            ChainKind::Genesis { .. } => return Err(ChainError::Place { index }),
            ChainKind::AddDevice {
                index: device,
                card,
                epoch,
                seal,
            } => {
                self.add_device(index, *device, card)?;
                self.add_seal(index, prev, *epoch, Recipient::Device(*device), seal)?;
            }
            ChainKind::Revoke { device, cut, epoch } => {
                self.revoke(index, *device, cut)?;
                self.start_epoch(index, prev, epoch)?;
            }
            ChainKind::Epoch(epoch) => self.start_epoch(index, prev, epoch)?,
            ChainKind::DeviceKey {
                suite,
                hpke_key,
                epoch,
                seal,
            } => {
                let Signer::Device(device) = entry.signer() else {
                    return Err(ChainError::Signer { index });
                };
                let state = self
                    .devices
                    .get_mut(&device)
                    .ok_or(ChainError::NotActive { got: device })?;
                state.card.suite = *suite;
                state.card.hpke_key.clone_from(hpke_key);
                self.add_seal(index, prev, *epoch, Recipient::Device(device), seal)?;
            }
            ChainKind::Recovery(recovery) => self.recover(entry, recovery)?,
            ChainKind::Erase(erase) => {
                if erase.epoch != self.current_epoch() {
                    return Err(ChainError::Epoch { got: erase.epoch });
                }
                self.erasures.push((index, erase.clone()));
            }
            ChainKind::MinimumFormat(format) => {
                if *format > limit::FORMAT {
                    return Err(ChainError::Format { got: *format });
                }
                self.minimum_format = self.minimum_format.max(*format);
            }
            ChainKind::Unknown { code, .. } if entry.kind().is_critical() => {
                return Err(ChainError::UnknownCritical { index, code: *code });
            }
            ChainKind::Unknown { .. } => {}
        }
        Ok(())
    }

    fn recover(&mut self, entry: &Entry, recovery: &RecoveryEntry) -> Result<(), ChainError> {
        if entry.signer() != Signer::Recovery {
            return Err(ChainError::Signer {
                index: entry.index(),
            });
        }
        self.recovery.clone_from(&recovery.recovery);
        for (device, cut) in &recovery.revoke {
            self.revoke(entry.index(), *device, cut)?;
        }
        if let Some((device, card)) = &recovery.add {
            self.add_device(entry.index(), *device, card)?;
        }
        self.start_epoch(entry.index(), entry.prev(), &recovery.epoch)
    }

    fn add_device(
        &mut self,
        added_in: u32,
        device: DeviceIndex,
        card: &Card,
    ) -> Result<(), ChainError> {
        let next = self
            .devices
            .keys()
            .next_back()
            .map_or(Some(DeviceIndex(0)), |last| last.next());
        let is_reserved = Recipient::Device(device).code() == Recipient::Recovery.code();
        if next != Some(device) || is_reserved {
            return Err(ChainError::DeviceIndex { got: device });
        }
        let state = DeviceState {
            card: card.clone(),
            added_in,
            revoked_in: None,
            cut: Vec::new(),
        };
        self.devices.insert(device, state);
        match self.active_devices().count() {
            got if got > limit::ACTIVE_DEVICES_MAX => Err(ChainError::Limit {
                got,
                limit: limit::ACTIVE_DEVICES_MAX,
            }),
            _ => Ok(()),
        }
    }

    fn revoke(&mut self, index: u32, device: DeviceIndex, cut: &[Cut]) -> Result<(), ChainError> {
        let state = self
            .devices
            .get_mut(&device)
            .filter(|state| state.revoked_in.is_none());
        let state = state.ok_or(ChainError::NotActive { got: device })?;
        state.revoked_in = Some(index);
        state.cut = cut.to_vec();
        Ok(())
    }

    fn add_seal(
        &mut self,
        index: u32,
        prev: ChainHash,
        epoch: Epoch,
        recipient: Recipient,
        seal: &Seal,
    ) -> Result<(), ChainError> {
        if seal.recipient != recipient {
            return Err(ChainError::Seals { index });
        }
        match self.epochs.last_mut() {
            Some(state) if state.epoch == epoch => {
                state.seals.push((prev, seal.clone()));
                Ok(())
            }
            _ => Err(ChainError::Epoch { got: epoch }),
        }
    }

    fn start_epoch(
        &mut self,
        started_in: u32,
        prev: ChainHash,
        start: &EpochStart,
    ) -> Result<(), ChainError> {
        let expected = self
            .epochs
            .last()
            .map_or(Some(Epoch(0)), |state| state.epoch.next());
        if expected != Some(start.epoch) {
            return Err(ChainError::Epoch { got: start.epoch });
        }
        let recipients: Vec<Recipient> = self
            .active_devices()
            .map(|(device, _)| Recipient::Device(device))
            .chain([Recipient::Recovery])
            .collect();
        if !start.seals.iter().map(|seal| seal.recipient).eq(recipients) {
            return Err(ChainError::Seals { index: started_in });
        }
        self.epochs.push(EpochState {
            epoch: start.epoch,
            key: start.key,
            started_in,
            previous: start.previous.clone(),
            seals: start
                .seals
                .iter()
                .map(|seal| (prev, seal.clone()))
                .collect(),
        });
        Ok(())
    }
}
