//! What a pairing wants of the vault, done one thing at a time.

use dossier::edit::Edit;
use engine::command::{Command, Failure};
use engine::pairing::{Host, Input as Happening, Newcomer, PairingFailure};
use engine::sync;
use zeroize::Zeroizing;

use super::{Owner, now};
use crate::link::PairingStep;
use crate::platform::{clock, random};
use crate::vault::pairing::{Pairing, Wish, tell_failed};

impl Owner {
    /// A person does something in a pairing.
    pub(super) async fn pair(&mut self, step: PairingStep) {
        let begun = match step {
            PairingStep::Join { name, passphrase } => {
                self.join(&name, Zeroizing::new(passphrase)).await
            }
            PairingStep::Host { code } => self.host(&Zeroizing::new(code)).await,
            PairingStep::Digits(digits) => {
                self.pairing_step(Happening::Digits(digits));
                Ok(())
            }
            PairingStep::Retry => {
                self.pairing_step(Happening::Retry);
                Ok(())
            }
            PairingStep::Confirm => {
                self.pairing_step(Happening::Confirm);
                Ok(())
            }
            PairingStep::Cancel => {
                self.pairing_step(Happening::Cancel);
                Ok(())
            }
        };
        if let Err(failure) = begun {
            tell_failed(failure);
        }
        self.grant().await;
    }

    async fn join(
        &mut self,
        name: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<(), PairingFailure> {
        self.stop_pairing().await;
        let origin = self.origin.clone().ok_or(PairingFailure::NoConnection)?;
        let owned = self.owned.as_mut().ok_or(PairingFailure::Vault)?;
        let rng = &mut random::rng();
        let card = owned.vault.begin_join(rng).await;
        let card = card.map_err(|_| PairingFailure::Vault)?;
        let newcomer = Newcomer::new(&card, name, &origin, clock::now_ms(), rng);
        let newcomer = newcomer.map_err(|_| PairingFailure::Vault)?;
        let inputs = self.inputs.clone();
        self.pairing = Some(Pairing::join(newcomer, passphrase, &origin, inputs));
        Ok(())
    }

    async fn host(&mut self, code: &str) -> Result<(), PairingFailure> {
        self.stop_pairing().await;
        let origin = self.origin.clone().ok_or(PairingFailure::NoConnection)?;
        let owned = self.owned.as_mut().ok_or(PairingFailure::Vault)?;
        let rng = &mut random::rng();
        let invite = owned.vault.make_invite(&origin, now(), rng).await;
        let invite = invite.map_err(|_| PairingFailure::Vault)?;
        let host = Host::new(code, &invite, clock::now_ms(), rng)?;
        self.pairing = Some(Pairing::host(host, &origin, self.inputs.clone()));
        Ok(())
    }

    fn pairing_step(&mut self, input: Happening) {
        if let Some(pairing) = &mut self.pairing {
            pairing.step(input);
        }
    }

    /// The vault locked, or goes to another tab.
    pub(super) async fn stop_pairing(&mut self) {
        self.pairing_step(Happening::Cancel);
        self.grant().await;
    }

    /// The account chain may have grown: the old device looks whether it holds the new one, and then names it.
    pub(super) async fn look_for_added(&mut self) {
        let adding = self.pairing.as_ref().and_then(Pairing::adding);
        let (Some((card, name)), Some(owned)) = (adding, &mut self.owned) else {
            return;
        };
        let rng = &mut random::rng();
        let found = owned.vault.find_device(&card, now(), rng).await;
        let standing = owned.vault.standing(now(), rng).await;
        let (Ok(found), Ok(standing)) = (found, standing) else {
            return;
        };
        if let Some(device) = found {
            let device = device.0;
            let edit = Edit::NameDevice { device, name };
            let command = Command::Edit { edit, draft: None };
            // A name that could not be kept leaves a number: the person can name it any time.
            drop(owned.vault.handle(command, now(), rng).await);
        }
        self.pairing_step(Happening::Chain {
            head: standing.chain.head,
            is_added: found.is_some(),
        });
        self.grant().await;
    }

    /// Does what a pairing wants of the vault.
    pub(super) async fn grant(&mut self) {
        while let Some(wish) = self.pairing.as_mut().and_then(Pairing::take_wish) {
            let answer = self.grant_one(wish).await;
            match answer {
                Ok(Some(input)) => self.pairing_step(input),
                Ok(None) => {}
                Err(failure) => self.pairing_step(Happening::Failed(failure)),
            }
        }
        if self.pairing.as_ref().is_some_and(Pairing::is_over) {
            self.pairing = None;
        }
    }

    async fn grant_one(&mut self, wish: Wish) -> Result<Option<Happening>, Failure> {
        let owned = self.owned.as_mut().ok_or(Failure::Blocked)?;
        let rng = &mut random::rng();
        match wish {
            Wish::Sign {
                account,
                challenge,
                origin,
            } => {
                let signed = owned.vault.sign_join(&account, &challenge, &origin)?;
                let (key, signature) = signed;
                Ok(Some(Happening::Signed { key, signature }))
            }
            Wish::Join {
                entries,
                passphrase,
            } => {
                let passphrase = passphrase.to_string();
                let joined = owned.vault.finish_join(&entries, passphrase, now(), rng);
                joined.await?;
                self.look().await;
                Ok(Some(Happening::Joined))
            }
            Wish::Add(card) => {
                let entry = owned.vault.add_device(&card, now(), rng).await?;
                self.step(sync::Input::Propose(entry.clone()));
                Ok(Some(Happening::Proposed(entry)))
            }
            Wish::Withdraw => {
                self.step(sync::Input::Withdraw);
                Ok(None)
            }
            Wish::CancelJoin => {
                owned.vault.cancel_join();
                Ok(None)
            }
        }
    }
}
