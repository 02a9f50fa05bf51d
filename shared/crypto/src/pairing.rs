//! The pairing code and what follows from it: mailbox, channel keys, and the four digits that people compare.
//!
//! The code is a hash of the first message, so who typed it accepts no other first message; the first message commits
//! to the random bytes of the third, so whoever answers with a second message cannot choose it by the digits.
//!
//! Sealed message: commitment 32 · nonce 24 · ciphertext · tag 16. Commitment, mailbox and place are associated data.

use protocol::{BoxId, Domain, record::NONCE_BYTES, wire::BoxPlace};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    aead::{self, AeadError},
    code::{self, CodeError},
    secret::Secret,
};

const COMMITMENT_BYTES: usize = 32;

/// What people carry from the new device to the old one: secret for the relay, and commitment to the first message.
#[derive(PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PairingCode([u8; code::CODE_BYTES]);

impl PairingCode {
    /// The code of a first message.
    #[must_use]
    pub fn derive(first: &[u8]) -> Self {
        let hash = Zeroizing::new(protocol::hash(Domain::PairCode, &[first]));
        Self(hash.first_chunk().copied().unwrap_or_default())
    }

    /// Reads what a person typed or a camera saw: any case, spaces and hyphens anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// When a character, the length or the check is wrong.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        code::parse(text).map(|bytes| Self(*bytes))
    }

    /// The whole code: 7 groups of 4 characters, parted by spaces.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        code::to_text(&self.0)
    }

    /// The code of the mailbox beside, in which either side says that it stopped. A hash of this one, and of no first
    /// message: those are longer.
    #[must_use]
    pub fn derive_parting(&self) -> Self {
        Self::derive(&self.0)
    }

    /// Where the messages lie at the relay.
    #[must_use]
    pub fn derive_box(&self) -> BoxId {
        let derived = Secret::derive(&self.0, Domain::PairBox);
        BoxId::from_bytes(derived.expose().first_chunk().copied().unwrap_or_default())
    }

    /// Seals the message of a place.
    ///
    /// # Errors
    /// Never at the sizes of a pairing.
    pub fn seal(
        &self,
        rng: &mut impl CryptoRng,
        place: BoxPlace,
        message: &[u8],
    ) -> Result<Vec<u8>, AeadError> {
        let key = self.channel_key(place);
        let commitment = key.commitment();
        let aad = self.aad(place, &commitment);
        let mut bytes = commitment.to_vec();
        bytes.extend_from_slice(&aead::seal_with_nonce(rng, &key, &aad, message)?);
        Ok(bytes)
    }

    /// Opens the message of a place.
    ///
    /// # Errors
    /// When it was not sealed under this code for this place. Nothing tells why.
    pub fn open(&self, place: BoxPlace, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, AeadError> {
        let key = self.channel_key(place);
        let (commitment, rest) = sealed
            .split_first_chunk::<COMMITMENT_BYTES>()
            .filter(|(commitment, rest)| {
                **commitment == key.commitment() && rest.len() >= NONCE_BYTES
            })
            .ok_or(AeadError)?;
        aead::open_with_nonce(&key, &self.aad(place, commitment), rest)
    }

    /// The four digits of the three opened messages, each 0 to 9.
    #[must_use]
    pub fn digits(&self, first: &[u8], second: &[u8], third: &[u8]) -> [u8; 4] {
        let hash = protocol::hash(Domain::PairDigits, &[&self.0, first, second, third]);
        let number = u64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default());
        [1_000, 100, 10, 1].map(|unit| u8::try_from(number / unit % 10).unwrap_or_default())
    }

    /// One key for each direction.
    fn channel_key(&self, place: BoxPlace) -> Secret {
        let domain = match place {
            BoxPlace::First | BoxPlace::Third => Domain::PairKeyToOld,
            BoxPlace::Second => Domain::PairKeyToNew,
        };
        Secret::derive(&self.0, domain)
    }

    fn aad(&self, place: BoxPlace, commitment: &[u8; COMMITMENT_BYTES]) -> Vec<u8> {
        let place = match place {
            BoxPlace::First => 1,
            BoxPlace::Second => 2,
            BoxPlace::Third => 3,
        };
        let mut bytes = Domain::PairMessage.as_bytes().to_vec();
        bytes.extend_from_slice(self.derive_box().as_bytes());
        bytes.push(place);
        bytes.extend_from_slice(commitment);
        bytes
    }

    #[cfg(test)]
    pub(crate) const fn expose_bytes(&self) -> &[u8; code::CODE_BYTES] {
        &self.0
    }
}

/// The hash by which the first message commits to the random bytes of the third.
#[must_use]
pub fn commit_pairing(random: &[u8; 16]) -> [u8; 32] {
    protocol::hash(Domain::PairCommit, &[random])
}
