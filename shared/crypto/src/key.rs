//! The keys and what each is for: every key has its own type, so one cannot stand in for another.

use hkdf::Hkdf;
use protocol::{Domain, KeyId};
use rand_core::CryptoRng;
use sha2::Sha256;

use crate::secret::Secret;

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name(pub(crate) Secret);
    )*};
}

secrets! {
    /// The keyring key of one epoch: random, sealed to every active device and to recovery.
    EpochKey;
    /// One client's key, or the practice's own: random, wrapped under an epoch key.
    ClientKey;
    /// One document's key: random, wrapped under a client key.
    DocumentKey;
    /// Seals the routes of all records of one epoch.
    RouteKey;
    /// Seals record bodies.
    BodyKey;
    /// Seals rows that stay on this device: snapshots, caches, head rows.
    LocalKey;
    /// What Argon2id makes of a passphrase; opens a slot.
    SlotKey;
}

/// Seals draft slots; named by the epoch key it comes from.
pub struct DraftKey {
    pub(crate) secret: Secret,
    id: KeyId,
}

impl DraftKey {
    /// Id of the epoch key it comes from.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }
}

impl EpochKey {
    /// A random key.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::make(rng))
    }

    /// Its name and commitment.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.0.key_id()
    }

    /// Seals the routes of this epoch's records.
    #[must_use]
    pub fn derive_route_key(&self) -> RouteKey {
        RouteKey(Secret::derive(self.0.expose(), Domain::EpochRouteKey))
    }

    /// Seals bodies that belong to no document: keybox and beacon.
    #[must_use]
    pub fn derive_body_key(&self) -> BodyKey {
        BodyKey(Secret::derive(self.0.expose(), Domain::EpochBodyKey))
    }

    /// Seals this epoch's drafts.
    #[must_use]
    pub fn derive_draft_key(&self) -> DraftKey {
        DraftKey {
            secret: Secret::derive(self.0.expose(), Domain::EpochDraftKey),
            id: self.id(),
        }
    }
}

impl ClientKey {
    /// A random key.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::make(rng))
    }

    /// Its name and commitment.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.0.key_id()
    }
}

impl DocumentKey {
    /// A random key.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::make(rng))
    }

    /// Its name and commitment.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.0.key_id()
    }

    /// Seals the bodies of this document's records.
    #[must_use]
    pub fn derive_body_key(&self) -> BodyKey {
        BodyKey(Secret::derive(self.0.expose(), Domain::DocumentBodyKey))
    }

    /// Seals this document's local snapshots and what is derived from it.
    #[must_use]
    pub fn derive_snapshot_key(&self) -> LocalKey {
        LocalKey(Secret::derive(self.0.expose(), Domain::DocumentSnapshotKey))
    }
}

impl LocalKey {
    /// Name of a row: looks random, and says nothing to who does not have the key.
    #[must_use]
    pub fn derive_row_name(&self, store: &str, row: &[u8]) -> [u8; 16] {
        let length = (store.len() as u64).to_be_bytes();
        let info = [Domain::RowName.as_bytes(), &length, store.as_bytes(), row];
        let mut name = [0; 16];
        // 16 bytes is within one block of output: expanding cannot fail.
        let _ = Hkdf::<Sha256>::new(None, self.0.expose()).expand_multi_info(&info, &mut name);
        name
    }
}

impl SlotKey {
    /// Takes the bytes that came from the worker that ran Argon2id.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Secret::from_slice(bytes).map(Self)
    }

    /// The bytes to hand to the worker that opens the slot; zeroize every copy.
    #[must_use]
    pub const fn expose_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }
}
