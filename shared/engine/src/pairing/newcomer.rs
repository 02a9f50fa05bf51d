//! The device that wants to come in: shows a code, checks four digits, and takes the account chain that holds it.

use crypto::{PairingCode, commit_pairing};
use protocol::chain::{self, Card};
use protocol::pairing::{PAIRING_VERSION, PairingError, PairingInvite, PairingOffer, PairingProof};
use protocol::wire::{BoxPlace, ChainTip, EntryBytes, Origin, Refusal, ToRelay};
use protocol::{BoxToken, Challenge, Signature, VerifyKey, limit};
use rand_core::CryptoRng;

use super::line::{Asked, Heard, Line, Mailbox};
use super::parting::{Approval, Parting};
use super::{Input, LIFE_MS, Output, PairingFailure, PairingState, digit_text, vault_failure};
use crate::command::Failure;

/// Until a device that is not added yet says hello again, in ms. The relay takes 300 hellos on a socket.
const HELLO_AGAIN_MS: i64 = 1_100;
/// The shortest wait that a relay may ask for, in ms.
const AGAIN_MS: i64 = 1_000;
/// How much longer than its mailbox a device waits that only has to be added yet, in ms: the old one may say yes in the
/// last second, and never later.
const GRACE_MS: i64 = 30_000;

/// The new device.
pub struct Newcomer {
    card: Card,
    code: PairingCode,
    offer: Vec<u8>,
    proof: Vec<u8>,
    sealed_offer: Vec<u8>,
    sealed_proof: Vec<u8>,
    line: Line,
    /// When the relay first had the offer.
    opened_at: Option<i64>,
    stage: Stage,
    told: Option<PairingState>,
}

/// What was signed for a connection.
struct Hello {
    challenge: Challenge,
    signed: Option<(VerifyKey, Signature)>,
    is_welcome: bool,
}

enum Stage {
    /// Nobody answered.
    Offering,
    /// The first answer that came; never another one, since it may have been told the proof.
    Checking {
        invite: PairingInvite,
        digits: String,
    },
    /// The digits were right.
    Joining {
        invite: PairingInvite,
        hello: Option<Hello>,
        entries: Vec<Vec<u8>>,
    },
    /// The chain holds the card; the vault is being made of it.
    Storing(Vec<Vec<u8>>),
    /// The device had no room for the vault. The account lists it already, so it is tried again, not begun again.
    NoRoom(Vec<Vec<u8>>),
    Over(PairingState),
}

impl Newcomer {
    /// A device with this card, that calls itself `name` and has this relay in its settings.
    ///
    /// # Errors
    /// When name or origin are none.
    pub fn new(
        card: &Card,
        name: &str,
        origin: &str,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, PairingError> {
        Origin::parse(origin).map_err(PairingError::Origin)?;
        let random = crypto::make_bytes(rng);
        let offer = PairingOffer {
            version: PAIRING_VERSION,
            card: card.clone(),
            salt: crypto::make_bytes(rng),
            commitment: commit_pairing(&random),
            name: name.to_owned(),
        };
        let (offer, proof) = (offer.encode(), PairingProof { random }.encode());
        PairingOffer::decode(&offer)?;
        let code = PairingCode::derive(&offer);
        let too_long = |bytes: &[u8]| PairingError::TooLong {
            got_bytes: bytes.len(),
        };
        let sealed_offer = code.seal(rng, BoxPlace::First, &offer);
        let sealed_proof = code.seal(rng, BoxPlace::Third, &proof);
        let parting = Parting::newcomer(&code, rng).map_err(|_| too_long(&offer))?;
        let approval = Approval::new(&code, rng).map_err(|_| too_long(&offer))?;
        let mailbox = Mailbox {
            name: code.derive_box(),
            token: BoxToken::from_bytes(crypto::make_bytes(rng)),
        };
        Ok(Self {
            card: card.clone(),
            sealed_offer: sealed_offer.map_err(|_| too_long(&offer))?,
            sealed_proof: sealed_proof.map_err(|_| too_long(&proof))?,
            offer,
            proof,
            code,
            line: Line::new(
                origin,
                mailbox,
                (parting, approval),
                now.saturating_add(LIFE_MS),
            ),
            opened_at: None,
            stage: Stage::Offering,
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
        if self.is_on_line()
            && let Err(failure) = self.line.keep_time(now, &mut out)
        {
            self.fail(failure, &mut out);
        }
        self.next(now, &mut out);
        self.tell(&mut out);
        if self.is_on_line() {
            self.line.wake(now, &mut out);
        }
        out
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> PairingState {
        match &self.stage {
            Stage::Offering => PairingState::CodeShown {
                code: self.code.to_text().to_string(),
            },
            Stage::Checking { .. } => PairingState::DigitsWanted,
            Stage::Joining { .. } | Stage::Storing(_) => PairingState::Adding,
            Stage::NoRoom(_) => PairingState::NoRoom,
            Stage::Over(state) => state.clone(),
        }
    }

    const fn is_on_line(&self) -> bool {
        matches!(
            self.stage,
            Stage::Offering | Stage::Checking { .. } | Stage::Joining { .. }
        )
    }

    fn take(&mut self, input: Input, now: i64, out: &mut Vec<Output>) {
        match input {
            Input::Begin => self.line.begin(now),
            Input::Up => self.line.up(now),
            Input::Down => self.line.down(now),
            Input::Tick => self.line.tick(),
            // The vault is being made, and will say what came of it.
            Input::Cancel if matches!(self.stage, Stage::Storing(_)) => {}
            // By now the account lists this device.
            Input::Cancel if matches!(self.stage, Stage::NoRoom(_)) => {
                self.fail(PairingFailure::Vault, out);
            }
            Input::Cancel => self.fail(PairingFailure::Cancelled, out),
            Input::Frame(bytes) => {
                let heard = self.line.hear(&bytes, now, out);
                if let Err(failure) = self.hear(heard, now, out) {
                    self.fail(failure, out);
                }
            }
            Input::Digits(typed) => self.compare(&typed, now, out),
            Input::Signed { key, signature } => {
                if let Stage::Joining {
                    hello: Some(hello), ..
                } = &mut self.stage
                {
                    hello.signed = Some((key, signature));
                }
            }
            Input::Joined => {
                if let Stage::Storing(_) = self.stage {
                    self.stage = Stage::Over(PairingState::Done);
                }
            }
            Input::Retry => {
                if let Stage::NoRoom(entries) = &mut self.stage {
                    let entries = core::mem::take(entries);
                    self.store(entries, out);
                }
            }
            Input::Failed(failure) => match &mut self.stage {
                Stage::Storing(entries) if failure == Failure::Full => {
                    self.stage = Stage::NoRoom(core::mem::take(entries));
                }
                _ => self.fail(vault_failure(&failure), out),
            },
            Input::Confirm | Input::Proposed(_) | Input::Chain { .. } => {}
        }
    }

    fn hear(
        &mut self,
        heard: Heard<'_>,
        now: i64,
        out: &mut Vec<Output>,
    ) -> Result<(), PairingFailure> {
        match heard {
            Heard::Nothing => Ok(()),
            Heard::OtherRelay => Err(PairingFailure::OtherRelay),
            Heard::Stopped => Err(PairingFailure::OtherStopped),
            Heard::Kept(place) => {
                if place == BoxPlace::First && self.opened_at.is_none() {
                    self.opened_at = Some(now);
                    self.line.deadline = now.saturating_add(LIFE_MS);
                }
                Ok(())
            }
            Heard::Message(BoxPlace::Second, sealed) => self.be_invited(sealed),
            Heard::Message(..) => Ok(()),
            Heard::Welcome => {
                if let Stage::Joining {
                    hello: Some(hello), ..
                } = &mut self.stage
                {
                    hello.is_welcome = true;
                }
                Ok(())
            }
            Heard::Chain(tip, part) => self.take_chain(tip, &part.0, out),
            Heard::Refused(asked, refusal) => self.refused(asked, &refusal, now),
        }
    }

    fn be_invited(&mut self, sealed: &[u8]) -> Result<(), PairingFailure> {
        let Stage::Offering = self.stage else {
            return Ok(());
        };
        let opened = self.code.open(BoxPlace::Second, sealed);
        let opened = opened.map_err(|_| PairingFailure::Tampered)?;
        let invite = PairingInvite::decode(&opened).map_err(|_| PairingFailure::OtherVersion)?;
        if invite.origin != self.line.origin() {
            return Err(PairingFailure::OtherRelay);
        }
        let digits = self.code.digits(&self.offer, &opened, &self.proof);
        let digits = digit_text(digits);
        self.stage = Stage::Checking { invite, digits };
        Ok(())
    }

    fn compare(&mut self, typed: &str, now: i64, out: &mut Vec<Output>) {
        let Stage::Checking { invite, digits } = &self.stage else {
            return;
        };
        let typed: String = typed.chars().filter(|of| !of.is_whitespace()).collect();
        if typed.len() != digits.len() || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        if typed != *digits {
            return self.fail(PairingFailure::DigitsWrong, out);
        }
        let opened_at = self.opened_at.unwrap_or(now);
        self.line.deadline = opened_at.saturating_add(LIFE_MS + GRACE_MS);
        self.stage = Stage::Joining {
            invite: invite.clone(),
            hello: None,
            entries: Vec::new(),
        };
    }

    fn take_chain(
        &mut self,
        tip: ChainTip,
        part: &[EntryBytes<'_>],
        out: &mut Vec<Output>,
    ) -> Result<(), PairingFailure> {
        let Stage::Joining {
            invite, entries, ..
        } = &mut self.stage
        else {
            return Ok(());
        };
        let is_whole = entries.len().saturating_add(part.len()) >= len_of(tip);
        if (part.is_empty() && !is_whole)
            || entries.len().saturating_add(part.len()) > limit::CHAIN_ENTRIES_MAX
        {
            return Err(PairingFailure::Tampered);
        }
        entries.extend(part.iter().map(|entry| entry.0.to_vec()));
        if !is_whole {
            return Ok(());
        }
        let chain = chain::verify(entries).map_err(|error| match error {
            chain::ChainError::Format { .. } | chain::ChainError::UnknownCritical { .. } => {
                PairingFailure::OtherVersion
            }
            _ => PairingFailure::Tampered,
        })?;
        let place = invite.chain_len.checked_sub(1);
        let is_invited = chain.account() == invite.account
            && place.and_then(|place| chain.hash_at(place)) == Some(invite.chain_head);
        let is_added = chain.active_devices().any(|(_, of)| of.card == self.card);
        if !is_invited || !is_added {
            return Err(PairingFailure::Tampered);
        }
        let entries = core::mem::take(entries);
        self.line.rest(out);
        self.store(entries, out);
        Ok(())
    }

    fn store(&mut self, entries: Vec<Vec<u8>>, out: &mut Vec<Output>) {
        out.push(Output::Join(entries.clone()));
        self.stage = Stage::Storing(entries);
    }

    fn refused(
        &mut self,
        asked: Asked,
        refusal: &Refusal<'_>,
        now: i64,
    ) -> Result<(), PairingFailure> {
        match (asked, refusal) {
            (Asked::Hello, Refusal::NotMember | Refusal::UnknownAccount) => {
                self.line.pause(HELLO_AGAIN_MS, now);
                Ok(())
            }
            (Asked::Hello, Refusal::BadSignature) => Err(PairingFailure::OtherRelay),
            (_, Refusal::Slow { retry_after_ms } | Refusal::Unavailable { retry_after_ms }) => {
                let wait_ms = i64::from(*retry_after_ms).max(AGAIN_MS);
                self.line.pause(wait_ms, now);
                Ok(())
            }
            (_, refusal) => Err(super::line::failure_of(refusal)),
        }
    }

    fn next(&mut self, now: i64, out: &mut Vec<Output>) {
        self.ask(now, out);
        // Behind the offer, so that a stop on the same socket comes behind what it is left in.
        if self.is_on_line() {
            self.line.listen(now, out);
        }
        if let Stage::Joining { .. } = self.stage {
            self.line.approve(now, out);
        }
    }

    fn ask(&mut self, now: i64, out: &mut Vec<Output>) {
        if !self.line.is_free(now) {
            return;
        }
        match &mut self.stage {
            Stage::Offering | Stage::Checking { .. } if !self.line.is_kept(BoxPlace::First) => {
                let sealed = &self.sealed_offer;
                self.line.put(BoxPlace::First, sealed, now, out);
            }
            Stage::Offering => {
                if !self.line.is_waiting() {
                    self.line.wait(BoxPlace::Second, now, out);
                }
            }
            Stage::Checking { .. } => {
                if !self.line.is_kept(BoxPlace::Third) {
                    let sealed = &self.sealed_proof;
                    self.line.put(BoxPlace::Third, sealed, now, out);
                }
            }
            Stage::Joining {
                invite,
                hello,
                entries,
            } => {
                let Some(challenge) = self.line.challenge() else {
                    return;
                };
                let is_signed_for = |of: &&mut Hello| of.challenge == challenge;
                match hello.as_mut().filter(is_signed_for) {
                    None => {
                        entries.clear();
                        *hello = Some(Hello {
                            challenge,
                            signed: None,
                            is_welcome: false,
                        });
                        out.push(Output::Sign {
                            account: invite.account,
                            challenge,
                            origin: self.line.origin().to_owned(),
                        });
                    }
                    Some(Hello {
                        is_welcome: true, ..
                    }) => {
                        let from = u32::try_from(entries.len()).unwrap_or(u32::MAX);
                        let pull = ToRelay::PullChain { from };
                        self.line.ask(Asked::PullChain, &pull, now, out);
                    }
                    Some(Hello {
                        signed: Some((key, signature)),
                        ..
                    }) => {
                        let hello = ToRelay::Hello {
                            account: invite.account,
                            key: *key,
                            signature: *signature,
                            is_live: false,
                        };
                        self.line.ask(Asked::Hello, &hello, now, out);
                    }
                    // The vault is signing.
                    Some(_) => {}
                }
            }
            Stage::Storing(_) | Stage::NoRoom(_) | Stage::Over(_) => {}
        }
    }

    fn fail(&mut self, failure: PairingFailure, out: &mut Vec<Output>) {
        // At the end of the time the other side ends by its own clock.
        if self.is_on_line() && failure != PairingFailure::Expired {
            self.line.part(out);
        }
        self.line.rest(out);
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

fn len_of(tip: ChainTip) -> usize {
    usize::try_from(tip.len).unwrap_or(usize::MAX)
}
