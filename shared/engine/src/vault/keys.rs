//! What an open vault knows by heart: the device's secrets, the account chain and the epoch keys.

use std::collections::BTreeMap;

use crypto::{BodyKey, DeviceBundle, DraftKey, EpochKey, LocalKey, RouteKey, open_epoch_keys};
use protocol::chain::{ChainError, ChainView, Recipient};
use protocol::{AccountId, DeviceIndex, Epoch, KeyId, VerifyKey};

use crate::command::Failure;

/// Secrets of an open vault; dropped, and by that zeroized, when it locks.
pub(crate) struct Keys {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceIndex,
    pub(crate) bundle: DeviceBundle,
    pub(crate) chain: ChainView,
    pub(crate) local: LocalKey,
    epochs: BTreeMap<Epoch, EpochKey>,
}

/// A longer account chain with every epoch key this device can reach in it.
pub(crate) struct Growth {
    pub(crate) chain: ChainView,
    epochs: BTreeMap<Epoch, EpochKey>,
}

impl Keys {
    /// Of an account that was just made.
    pub(crate) fn of_new(chain: ChainView, bundle: DeviceBundle, epoch_key: EpochKey) -> Self {
        let mut epochs = BTreeMap::new();
        epochs.insert(chain.current_epoch(), epoch_key);
        Self {
            account: chain.account(),
            device: DeviceIndex(0),
            local: bundle.derive_local_key(),
            bundle,
            epochs,
            chain,
        }
    }

    /// Of a device whose slot was opened.
    pub(crate) fn open(
        bundle: DeviceBundle,
        device: DeviceIndex,
        chain: ChainView,
    ) -> Result<Self, Failure> {
        Self::open_or_back(bundle, device, chain).map_err(|_| Failure::Corrupt)
    }

    /// [`Keys::open`] that gives the secrets back where they do not fit the chain.
    pub(crate) fn open_or_back(
        bundle: DeviceBundle,
        device: DeviceIndex,
        chain: ChainView,
    ) -> Result<Self, Box<DeviceBundle>> {
        let is_own = chain.verify_key(device) == Some(bundle.signing_key().verify_key());
        let epochs = open_epoch_keys(&chain, Recipient::Device(device), bundle.hpke_key());
        let epochs = match epochs {
            Ok(epochs) if is_own && epochs.contains_key(&chain.current_epoch()) => epochs,
            _ => return Err(Box::new(bundle)),
        };
        Ok(Self {
            account: chain.account(),
            device,
            local: bundle.derive_local_key(),
            bundle,
            chain,
            epochs,
        })
    }

    /// What these keys become when the chain, grown so far, grows by one more entry.
    ///
    /// Fails when the entry does not count there, or its epoch's key is not sealed to this device.
    pub(crate) fn extended(
        &self,
        grown: Option<&Growth>,
        entry: &[u8],
    ) -> Result<Growth, ChainError> {
        let mut chain = grown.map_or_else(|| self.chain.clone(), |growth| growth.chain.clone());
        chain.append(entry)?;
        let (me, epoch) = (Recipient::Device(self.device), chain.current_epoch());
        let epochs = open_epoch_keys(&chain, me, self.bundle.hpke_key());
        let epochs = epochs.ok().filter(|epochs| epochs.contains_key(&epoch));
        let epochs = epochs.ok_or(ChainError::Epoch { got: epoch })?;
        Ok(Growth { chain, epochs })
    }

    /// Goes on with a chain that grew, once that is stored.
    pub(crate) fn grow(&mut self, growth: Growth) {
        (self.chain, self.epochs) = (growth.chain, growth.epochs);
    }

    pub(crate) fn verify_key(&self) -> VerifyKey {
        self.bundle.signing_key().verify_key()
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.chain.current_epoch()
    }

    pub(crate) fn epoch_key(&self, epoch: Epoch) -> Option<&EpochKey> {
        self.epochs.get(&epoch)
    }

    pub(crate) fn epoch_key_by_id(&self, id: KeyId) -> Option<&EpochKey> {
        self.epochs.values().find(|key| key.id() == id)
    }

    pub(crate) fn current_epoch_key(&self) -> Result<&EpochKey, Failure> {
        self.epoch_key(self.epoch()).ok_or(Failure::Internal)
    }

    /// Opens the route of a record that names this place in the chain.
    pub(crate) fn route_key_at(&self, position: u32) -> Option<RouteKey> {
        let epoch = self.chain.epoch_at(position)?.epoch;
        self.epoch_key(epoch).map(EpochKey::derive_route_key)
    }

    /// Opens bodies that belong to no document, of the epoch of that place in the chain.
    pub(crate) fn body_key_at(&self, position: u32) -> Option<BodyKey> {
        let epoch = self.chain.epoch_at(position)?.epoch;
        self.epoch_key(epoch).map(EpochKey::derive_body_key)
    }

    pub(crate) fn draft_key(&self) -> Result<DraftKey, Failure> {
        Ok(self.current_epoch_key()?.derive_draft_key())
    }
}
