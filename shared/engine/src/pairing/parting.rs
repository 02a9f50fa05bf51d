//! The second mailbox of a pairing, in which either side leaves word that it stopped. It carries nothing else, and a
//! pairing goes on without it: a relay or another device that does not know it only costs the wait for the clock.
//!
//! The new device opens it and waits for the second message; the old one waits for the third.

use crypto::{AeadError, PairingCode};
use protocol::BoxToken;
use protocol::wire::{BoxPlace, RequestId};
use rand_core::CryptoRng;

use super::line::Mailbox;

/// What opens the box, and what is left in it by who stopped.
const OPENED: &[u8] = b"open";
const STOPPED: &[u8] = b"stopped";

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
