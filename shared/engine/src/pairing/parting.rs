//! Two mailboxes beside that of a pairing, for one word each.
//!
//! In the one either side leaves word that it stopped. A pairing goes on without it: a relay that has no room for it only
//! costs the wait for the clock. The new device opens it and waits for the second message; the old one waits for the third.
//!
//! The other one the new device opens once the right digits were typed there. Before that the old one adds nothing.

use crypto::{AeadError, PairingCode};
use protocol::BoxToken;
use protocol::wire::{BoxPlace, RequestId};
use rand_core::CryptoRng;

use super::line::Mailbox;

/// What opens the box, and what is left in it by who stopped.
const OPENED: &[u8] = b"open";
const STOPPED: &[u8] = b"stopped";
/// What says that the digits were right.
const RIGHT: &[u8] = b"right";

/// One side's hold on it.
pub(super) struct Parting {
    code: PairingCode,
    pub(super) mailbox: Mailbox,
    /// New device: the message that opens the box.
    pub(super) opening: Option<Vec<u8>>,
    pub(super) stopped: Vec<u8>,
    /// Where the other side leaves its word.
    pub(super) hears: BoxPlace,
    /// Where this side leaves its own.
    pub(super) says: BoxPlace,
    /// The relay has the box, on this connection.
    pub(super) is_open: bool,
    pub(super) asked: Option<RequestId>,
    /// Not before this time again, ms since the epoch, UTC.
    pub(super) again_at: i64,
}

impl Parting {
    pub(super) fn newcomer(
        code: &PairingCode,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AeadError> {
        let mut parting = Self::new(code, (BoxPlace::Second, BoxPlace::Third), rng)?;
        parting.opening = Some(parting.code.seal(rng, BoxPlace::First, OPENED)?);
        parting.is_open = false;
        Ok(parting)
    }

    pub(super) fn host(code: &PairingCode, rng: &mut impl CryptoRng) -> Result<Self, AeadError> {
        Self::new(code, (BoxPlace::Third, BoxPlace::Second), rng)
    }

    fn new(
        code: &PairingCode,
        (hears, says): (BoxPlace, BoxPlace),
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AeadError> {
        let code = code.derive_parting();
        Ok(Self {
            mailbox: Mailbox {
                name: code.derive_box(),
                token: BoxToken::from_bytes(crypto::make_bytes(rng)),
            },
            opening: None,
            stopped: code.seal(rng, says, STOPPED)?,
            code,
            hears,
            says,
            is_open: true,
            asked: None,
            again_at: 0,
        })
    }

    /// Whether it is the other side's word.
    pub(super) fn is_stop(&self, sealed: &[u8]) -> bool {
        let opened = self.code.open(self.hears, sealed);
        opened.is_ok_and(|opened| *opened == STOPPED)
    }

    /// The connection is gone.
    pub(super) fn clear(&mut self) {
        self.is_open = self.opening.is_none();
        self.asked = None;
        self.again_at = 0;
    }
}

/// The word that the digits were right.
pub(super) struct Approval {
    code: PairingCode,
    pub(super) mailbox: Mailbox,
    /// New device: the word.
    pub(super) word: Vec<u8>,
    /// Old device: it came.
    pub(super) is_heard: bool,
    /// New device: the relay has it, on this connection.
    pub(super) is_kept: bool,
    pub(super) asked: Option<RequestId>,
    /// Not before this time again, ms since the epoch, UTC.
    pub(super) again_at: i64,
}

impl Approval {
    pub(super) fn new(code: &PairingCode, rng: &mut impl CryptoRng) -> Result<Self, AeadError> {
        let code = code.derive_parting().derive_parting();
        Ok(Self {
            mailbox: Mailbox {
                name: code.derive_box(),
                token: BoxToken::from_bytes(crypto::make_bytes(rng)),
            },
            word: code.seal(rng, BoxPlace::First, RIGHT)?,
            code,
            is_heard: false,
            is_kept: false,
            asked: None,
            again_at: 0,
        })
    }

    /// Whether it is the new device's word.
    pub(super) fn is_word(&self, sealed: &[u8]) -> bool {
        let opened = self.code.open(BoxPlace::First, sealed);
        opened.is_ok_and(|opened| *opened == RIGHT)
    }

    /// The connection is gone.
    pub(super) const fn clear(&mut self) {
        (self.is_kept, self.asked, self.again_at) = (false, None, 0);
    }
}
