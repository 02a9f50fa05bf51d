//! The device that lets another one in: takes the code, shows four digits, and adds the card once a person says yes.

use crypto::{PairingCode, commit_pairing};
use protocol::chain::{Card, Entry};
use protocol::pairing::{PairingError, PairingInvite, PairingOffer, PairingProof};
use protocol::wire::{BoxPlace, Refusal};
use protocol::{BoxToken, ChainHash};
use rand_core::CryptoRng;

use super::line::{Asked, Heard, Line, Mailbox};
use super::parting::{Approval, Parting};
use super::{Input, LIFE_MS, Output, PairingFailure, PairingState, digit_text, vault_failure};

/// Until a mailbox that is not there is looked for again, in ms.
const AGAIN_MS: i64 = 1_000;
/// How long a mailbox may be not there, in ms: a code may be scanned before the relay heard of it.
const UNKNOWN_MS: i64 = 10_000;

/// The old device.
pub struct Host {
    code: PairingCode,
    invite: Vec<u8>,
    sealed_invite: Vec<u8>,
    line: Line,
    /// Since when the relay says that there is no such mailbox.
    unknown_since: Option<i64>,
    stage: Stage,
    told: Option<PairingState>,
}

enum Stage {
    /// The offer is not here.
    Claiming,
    /// The proof is not here.
    Inviting {
        offer: PairingOffer,
        bytes: Vec<u8>,
    },
    /// The person compares, or said yes and the new device has not said that the digits were right.
    Showing {
        card: Card,
        name: String,
        digits: String,
        is_agreed: bool,
    },
    /// Both said yes; `made_on` = the last entry of the chain that the proposed one follows.
    Adding {
        card: Card,
        made_on: Option<ChainHash>,
    },
    Over(PairingState),
}

impl Host {
    /// A pairing by the code that was typed or scanned; `invite` is of [`crate::Vault::make_invite`].
    ///
    /// # Errors
    /// [`PairingFailure::CodeWrong`] when the text is no code; [`PairingFailure::Vault`] when the invitation is too long.
    pub fn new(
        typed: &str,
        invite: &PairingInvite,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, PairingFailure> {
        let code = PairingCode::parse(typed).map_err(|_| PairingFailure::CodeWrong)?;
        let bytes = invite.encode();
        let sealed = code.seal(rng, BoxPlace::Second, &bytes);
        let parting = Parting::host(&code, rng).map_err(|_| PairingFailure::Vault)?;
        let approval = Approval::new(&code, rng).map_err(|_| PairingFailure::Vault)?;
        let mailbox = Mailbox {
            name: code.derive_box(),
            token: BoxToken::from_bytes(crypto::make_bytes(rng)),
        };
        Ok(Self {
            code,
            sealed_invite: sealed.map_err(|_| PairingFailure::Vault)?,
            invite: bytes,
            line: Line::new(
                &invite.origin,
                mailbox,
                (parting, approval),
                now.saturating_add(LIFE_MS),
            ),
            unknown_since: None,
            stage: Stage::Claiming,
            told: None,
        })
    }

    /// Takes one input; `now` is ms since the epoch, UTC.
    pub fn step(&mut self, input: Input, now: i64) -> Vec<Output> {
        let mut out = Vec::new();
        if let Stage::Over(_) = self.stage {
            return out;
        }
        self.take(input, now, &mut out);
        if !self.is_over()
            && let Err(failure) = self.line.keep_time(now, &mut out)
        {
            self.line_failed(failure, &mut out);
        }
        self.next(now, &mut out);
        self.tell(&mut out);
        if !self.is_over() {
            self.line.wake(now, &mut out);
        }
        out
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> PairingState {
        match &self.stage {
            Stage::Claiming | Stage::Inviting { .. } => PairingState::Waiting,
            Stage::Showing {
                name,
                digits,
                is_agreed,
                ..
            } => PairingState::DigitsShown {
                name: name.clone(),
                digits: digits.clone(),
                is_agreed: *is_agreed,
            },
            Stage::Adding { .. } => PairingState::Adding,
            Stage::Over(state) => state.clone(),
        }
    }

    const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over(_))
    }

    fn take(&mut self, input: Input, now: i64, out: &mut Vec<Output>) {
        match input {
            Input::Begin => self.line.begin(now),
            Input::Up => self.line.up(now),
            Input::Down => self.line.down(now),
            Input::Tick => self.line.tick(),
            Input::Cancel => self.fail(PairingFailure::Cancelled, out),
            Input::Frame(bytes) => {
                let heard = self.line.hear(&bytes, now, out);
                if let Err(failure) = self.hear(heard, now) {
                    self.line_failed(failure, out);
                }
            }
            Input::Confirm => {
                if let Stage::Showing { is_agreed, .. } = &mut self.stage {
                    *is_agreed = true;
                    self.unknown_since = None;
                    self.line.begin(now);
                }
            }
            Input::Proposed(entry) => {
                if let Stage::Adding { made_on, .. } = &mut self.stage {
                    *made_on = Entry::decode(&entry).ok().map(|entry| entry.prev());
                }
            }
            Input::Chain { head, is_added } => self.see_chain(head, is_added, out),
            Input::Failed(failure) => self.fail(vault_failure(&failure), out),
            Input::Digits(_) | Input::Signed { .. } | Input::Joined | Input::Retry => {}
        }
    }

    /// An entry counts only on the one it was made on: when another took its place, it is made again.
    fn see_chain(&mut self, head: ChainHash, is_added: bool, out: &mut Vec<Output>) {
        let Stage::Adding { card, made_on } = &mut self.stage else {
            return;
        };
        if is_added {
            self.stage = Stage::Over(PairingState::Done);
        } else if made_on.is_some_and(|made_on| made_on != head) {
            *made_on = None;
            out.push(Output::Add(card.clone()));
        }
    }

    fn hear(&mut self, heard: Heard<'_>, now: i64) -> Result<(), PairingFailure> {
        match heard {
            Heard::OtherRelay => Err(PairingFailure::OtherRelay),
            Heard::Stopped => Err(PairingFailure::OtherStopped),
            Heard::Kept(BoxPlace::Second) => {
                self.unknown_since = None;
                Ok(())
            }
            Heard::Message(place, sealed) => {
                self.unknown_since = None;
                match (&self.stage, place) {
                    (Stage::Claiming, BoxPlace::First) => self.read_offer(sealed),
                    (Stage::Inviting { .. }, BoxPlace::Third) => self.read_proof(sealed),
                    _ => Ok(()),
                }
            }
            Heard::Refused(asked, refusal) => self.refused(asked, &refusal, now),
            Heard::Nothing | Heard::Kept(_) | Heard::Welcome | Heard::Chain(..) => Ok(()),
        }
    }

    fn read_offer(&mut self, sealed: &[u8]) -> Result<(), PairingFailure> {
        let opened = self.code.open(BoxPlace::First, sealed);
        let bytes = opened.map_err(|_| PairingFailure::CodeWrong)?.to_vec();
        if PairingCode::derive(&bytes) != self.code {
            return Err(PairingFailure::CodeWrong);
        }
        let offer = PairingOffer::decode(&bytes).map_err(|error| match error {
            PairingError::Version { .. } => PairingFailure::OtherVersion,
            _ => PairingFailure::Tampered,
        })?;
        self.stage = Stage::Inviting { offer, bytes };
        Ok(())
    }

    fn read_proof(&mut self, sealed: &[u8]) -> Result<(), PairingFailure> {
        let Stage::Inviting { offer, bytes } = &self.stage else {
            return Ok(());
        };
        let opened = self.code.open(BoxPlace::Third, sealed);
        let opened = opened.map_err(|_| PairingFailure::Tampered)?;
        let proof = PairingProof::decode(&opened).map_err(|_| PairingFailure::Tampered)?;
        if commit_pairing(&proof.random) != offer.commitment {
            return Err(PairingFailure::Tampered);
        }
        let digits = self.code.digits(bytes, &self.invite, &opened);
        self.stage = Stage::Showing {
            card: offer.card.clone(),
            name: offer.name.clone(),
            digits: digit_text(digits),
            is_agreed: false,
        };
        Ok(())
    }

    fn refused(
        &mut self,
        asked: Asked,
        refusal: &Refusal<'_>,
        now: i64,
    ) -> Result<(), PairingFailure> {
        match (asked, refusal) {
            // The new device's first message is on its way, or the relay restarted and it comes again.
            (_, Refusal::BoxUnknown) => {
                let since = *self.unknown_since.get_or_insert(now);
                // After a restart of the relay only the word that the digits were right comes again.
                if !self.is_agreed() && now.saturating_sub(since) >= UNKNOWN_MS {
                    return Err(match self.stage {
                        Stage::Claiming => PairingFailure::CodeWrong,
                        Stage::Inviting { .. } => PairingFailure::Expired,
                        _ => PairingFailure::NoConnection,
                    });
                }
                self.line.pause(AGAIN_MS, now);
                Ok(())
            }
            (_, Refusal::Slow { retry_after_ms } | Refusal::Unavailable { retry_after_ms }) => {
                let wait_ms = i64::from(*retry_after_ms).max(AGAIN_MS);
                self.line.pause(wait_ms, now);
                Ok(())
            }
            (_, refusal) => Err(super::line::failure_of(refusal)),
        }
    }

    fn next(&mut self, now: i64, out: &mut Vec<Output>) {
        if self.is_agreed() && self.line.is_approved() {
            self.add(out);
        }
        if self.is_in_touch() {
            self.line.listen(now, out);
        }
        if self.is_agreed() {
            self.line.look_for_approval(now, out);
        }
        if !self.line.is_free(now) {
            return;
        }
        match &self.stage {
            Stage::Claiming => {
                if !self.line.is_waiting() {
                    self.line.wait(BoxPlace::First, now, out);
                }
            }
            // While the person compares, putting it again tells whether the mailbox has ended.
            Stage::Inviting { .. } | Stage::Showing { .. }
                if !self.line.is_kept(BoxPlace::Second) =>
            {
                let sealed = &self.sealed_invite;
                self.line.put(BoxPlace::Second, sealed, now, out);
            }
            Stage::Inviting { .. } => {
                if !self.line.is_waiting() {
                    self.line.wait(BoxPlace::Third, now, out);
                }
            }
            Stage::Showing { .. } | Stage::Adding { .. } | Stage::Over(_) => {}
        }
    }

    /// Both said yes.
    fn add(&mut self, out: &mut Vec<Output>) {
        let Stage::Showing { card, .. } = &self.stage else {
            return;
        };
        let card = card.clone();
        self.line.rest(out);
        out.push(Output::Add(card.clone()));
        self.stage = Stage::Adding {
            card,
            made_on: None,
        };
    }

    /// The person said yes, and the new device has not yet said that the digits were right.
    const fn is_agreed(&self) -> bool {
        matches!(
            self.stage,
            Stage::Showing {
                is_agreed: true,
                ..
            }
        )
    }

    /// Once all three messages are here the mailbox is of use for its end only, until the person said yes.
    fn line_failed(&mut self, failure: PairingFailure, out: &mut Vec<Output>) {
        match (&self.stage, failure) {
            (_, PairingFailure::Expired | PairingFailure::OtherStopped) => self.fail(failure, out),
            (Stage::Showing { .. }, _) if !self.is_agreed() => self.line.rest(out),
            (_, failure) => self.fail(failure, out),
        }
    }

    /// The new device's mailbox is this one's, and no entry can be on its way.
    const fn is_in_touch(&self) -> bool {
        matches!(self.stage, Stage::Inviting { .. } | Stage::Showing { .. })
    }

    fn fail(&mut self, failure: PairingFailure, out: &mut Vec<Output>) {
        // At the end of the time the other side ends by its own clock; who lost the mailbox speaks for nobody.
        let is_heard = !matches!(failure, PairingFailure::Expired | PairingFailure::CodeUsed);
        if self.is_in_touch() && is_heard {
            self.line.part(out);
        }
        self.line.rest(out);
        if let Stage::Adding { .. } = self.stage {
            out.push(Output::Withdraw);
        }
        self.stage = Stage::Over(PairingState::Failed(failure));
    }

    fn tell(&mut self, out: &mut Vec<Output>) {
        let state = self.state();
        if self.told.as_ref() != Some(&state) {
            self.told = Some(state.clone());
            out.push(Output::Tell(state));
        }
    }
}
