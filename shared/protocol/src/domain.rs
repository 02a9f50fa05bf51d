//! The one table of domain strings.
//!
//! Every hash, key derivation, associated data and signature starts with one of these, so bytes made for one purpose
//! are never valid for another. The strings are prefix-free: none is the beginning of another.

use sha2::{Digest, Sha256};

macro_rules! domains {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A purpose that bytes are hashed, derived, authenticated or signed for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Domain {
            $($(#[$doc])* $name,)*
        }

        impl Domain {
            /// Every row of the table, in the order of the source.
            pub const ALL: &'static [Domain] = &[$(Domain::$name,)*];

            /// The full string, prefix included.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Domain::$name => concat!("dossierkluis/1/", $text),)*
                }
            }
        }
    };
}

domains! {
    /// Hash that names a record and links it to the next one of its device.
    RecordHash = "record-hash";
    /// Signature of a device under a record.
    RecordSignature = "record-signature";
    /// Associated data of a sealed route.
    RecordRoute = "record-route";
    /// Associated data of a sealed body.
    RecordBody = "record-body";
    /// Hash of an account chain entry; of the genesis it is the account id.
    ChainHash = "chain-hash";
    /// Signature under an account chain entry.
    ChainSignature = "chain-signature";
    /// Signature of a device under a draft slot.
    DraftSignature = "draft-signature";
    /// Associated data of a sealed draft.
    DraftBody = "draft-body";
    /// First link of an access log stream.
    AuditStart = "audit-start";
    /// Inner hash of one access log line.
    AuditLine = "audit-line";
    /// Link of the access log after one more line.
    AuditLink = "audit-link";
    /// The first 16 bytes of this derivation are a key's id and commitment.
    KeyId = "key-id";
    /// Key for the bodies of one document's records.
    DocumentBodyKey = "document-body-key";
    /// Key for the local snapshots of one document.
    DocumentSnapshotKey = "document-snapshot-key";
    /// Key for the routes of all records of one epoch.
    EpochRouteKey = "epoch-route-key";
    /// Key for the bodies of records that belong to no document: keybox and beacon.
    EpochBodyKey = "epoch-body-key";
    /// Key for the draft slots of one epoch.
    EpochDraftKey = "epoch-draft-key";
    /// Key for rows that never leave one device.
    DeviceLocalKey = "device-local-key";
    /// Associated data of an epoch key wrapped under its successor.
    WrapEpoch = "wrap-epoch";
    /// Associated data of a client key wrapped under an epoch key.
    WrapClient = "wrap-client";
    /// Associated data of a document key wrapped under a client key.
    WrapDocument = "wrap-document";
    /// HPKE info of an epoch key sealed to one recipient.
    SealEpoch = "seal-epoch";
    /// Associated data of a device bundle in its slot.
    SlotBundle = "slot-bundle";
    /// Key that seals a device bundle, from the slot key.
    SlotSealKey = "slot-seal-key";
    /// Commitment to the slot key, so that a wrong passphrase is told from damage.
    SlotCommitment = "slot-commitment";
    /// Digest at the end of a slot, so that damage is told from a wrong passphrase.
    SlotDigest = "slot-digest";
    /// Seed of the recovery HPKE pair, from the recovery code.
    RecoveryHpke = "recovery-hpke";
    /// Seed of the recovery Ed25519 pair, from the recovery code.
    RecoverySigning = "recovery-signing";
    /// Associated data of a row sealed for local storage.
    LocalRow = "local-row";
    /// Name of a row in local storage, from the key that seals it.
    RowName = "row-name";
    /// Signature of a device under a relay's challenge and origin.
    Hello = "hello";
    /// What a relay stores of an invitation, so that its disk gives none away.
    Invite = "invite";
    /// Hash of the first pairing message; its first 16 bytes are the code people carry.
    PairCode = "pair-code";
    /// Hash by which the first pairing message commits to the random bytes of the third.
    PairCommit = "pair-commit";
    /// Name of the mailbox at the relay, from the pairing code.
    PairBox = "pair-box";
    /// Key for the messages from new to old device, from the pairing code.
    PairKeyToOld = "pair-key-to-old";
    /// Key for the message from old to new device, from the pairing code.
    PairKeyToNew = "pair-key-to-new";
    /// Associated data of a sealed pairing message.
    PairMessage = "pair-message";
    /// Hash over code and messages that the four digits come from.
    PairDigits = "pair-digits";
    /// Six words over what every device stores, for people to compare.
    HeadWords = "head-words";
}

impl Domain {
    /// The bytes that stand first in whatever is hashed, derived or signed.
    #[must_use]
    pub const fn as_bytes(self) -> &'static [u8] {
        self.as_str().as_bytes()
    }
}

/// SHA-256 over the domain and each part, every part preceded by its length as 8 bytes big-endian.
#[must_use]
pub fn hash(domain: Domain, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(domain.as_bytes());
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Domain, account and parts one after the other: associated data and signed bytes.
///
/// Unambiguous as long as at most the last part has no fixed length.
#[must_use]
pub fn concat(domain: Domain, account: &crate::AccountId, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = domain.as_bytes().to_vec();
    bytes.extend_from_slice(account.as_bytes());
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_string_is_the_beginning_of_another() {
        for (i, left) in Domain::ALL.iter().enumerate() {
            for (j, right) in Domain::ALL.iter().enumerate() {
                assert!(
                    i == j || !right.as_str().starts_with(left.as_str()),
                    "{left:?} {right:?}"
                );
            }
        }
    }

    #[test]
    fn moving_a_byte_between_parts_changes_the_hash() {
        let left = hash(Domain::RecordHash, &[b"ab", b"c"]);
        assert_ne!(left, hash(Domain::RecordHash, &[b"a", b"bc"]));
        assert_ne!(left, hash(Domain::RecordHash, &[b"abc"]));
        assert_ne!(left, hash(Domain::ChainHash, &[b"ab", b"c"]));
    }
}
