//! Making a vault: a recovery code first, in memory only; everything else in one batch at the end.

use crypto::{KdfError, KdfParams, NewAccount, Passphrase, RecoveryCode, Slot, make_account};
use dossier::edit::{Edit, ProfileInput};
use protocol::Incarnation;
use protocol::audit::{AuditAction, AuditEvent};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::Open;
use super::head::DeviceHead;
use super::keys::Keys;
use super::lane::{Deed, OpenLane};
use super::meta;
use super::session::Session;
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::{Failure, Reply};
use crate::kdf::Kdf;
use crate::store::Store;

/// A vault that is being made.
pub(crate) struct Setup {
    keys: Keys,
    genesis: Vec<u8>,
    recovery_code: RecoveryCode,
    ask: [u8; 2],
}

/// Makes an account and its recovery code; stores nothing.
pub(crate) fn begin(rng: &mut impl CryptoRng, now: i64) -> Outcome<(Setup, Reply)> {
    let account =
        make_account(rng, u64::try_from(now).unwrap_or_default()).map_err(|_| Failure::Internal)?;
    let count = u32::try_from(RecoveryCode::GROUPS).unwrap_or(u32::MAX);
    let first = rng.next_u32() % count;
    let second = (first + 1 + rng.next_u32() % (count - 1)) % count;
    let number = |index: u32| u8::try_from(index + 1).unwrap_or(u8::MAX);
    let mut ask = [number(first), number(second)];
    ask.sort_unstable();
    let NewAccount {
        genesis,
        chain,
        bundle,
        epoch_key,
        recovery_code,
    } = account;
    let groups = recovery_code
        .to_text()
        .split(' ')
        .map(str::to_owned)
        .collect();
    let keys = Keys::of_new(chain, bundle, epoch_key);
    Ok((
        Setup {
            keys,
            genesis,
            recovery_code,
            ask,
        },
        Reply::RecoveryCode { groups, ask },
    ))
}

impl Setup {
    /// Whether both groups asked for were typed back right.
    fn check_groups(&self, groups: &[(u8, String); 2]) -> Result<(), Failure> {
        for number in self.ask {
            let typed = groups.iter().find(|(typed, _)| *typed == number);
            let is_right = typed
                .is_some_and(|(_, text)| self.recovery_code.is_group(usize::from(number), text));
            if !is_right {
                return Err(Failure::RecoveryGroup { number });
            }
        }
        Ok(())
    }
}

/// Makes the vault. After a refusal or a failure `setup` is there as before.
pub(crate) async fn finish<S: Store, K: Kdf, R: CryptoRng>(
    (store, kdf): (&S, &K),
    setup: &mut Option<Setup>,
    (profile, passphrase, groups): (ProfileInput, Zeroizing<String>, [(u8, String); 2]),
    now: i64,
    rng: &mut R,
) -> Outcome<Open> {
    let begun = setup.as_ref().ok_or(Failure::NoVault)?;
    begun.check_groups(&groups)?;
    let passphrase = Passphrase::parse(&passphrase).map_err(|_| Failure::WeakPassphrase)?;
    if !passphrase.strength().is_allowed() {
        return Err(Failure::WeakPassphrase.into());
    }
    let (request, slot_key) = derive(kdf, &passphrase, rng).await?;
    let keys = &begun.keys;
    let slot = Slot::seal(
        rng,
        keys.account,
        keys.device,
        &request,
        &slot_key,
        &keys.bundle,
    );
    let slot = slot.map_err(|_| Failure::Internal)?;

    let incarnation = Incarnation::from_bytes(crypto::make_bytes(rng));
    let lane = OpenLane::start(&keys.account, keys.device, incarnation);
    let mut session = Session::new(DeviceHead::new(incarnation), lane);
    let mut turn = Turn::new(store, keys, &mut session, rng, now);
    turn.session.is_sync_changed = true;
    meta::put_new(
        &mut turn.batch,
        &slot,
        core::slice::from_ref(&begun.genesis),
    );
    turn.write_first(profile).await?;
    let Setup { keys, .. } = setup.take().ok_or(Failure::Internal)?;
    Ok(Open { keys, session })
}

/// Runs Argon2id for a new slot: with less memory where there is not enough.
pub(crate) async fn derive<K: Kdf>(
    kdf: &K,
    passphrase: &Passphrase,
    rng: &mut impl CryptoRng,
) -> Outcome<(crypto::KdfRequest, crypto::SlotKey)> {
    let params = kdf.calibrate().await?;
    let request = Slot::make_request(rng, params, passphrase);
    match kdf.derive(&request).await {
        Ok(key) => Ok((request, key)),
        Err(KdfError::Memory) if params.memory_kib() > KdfParams::SMALL.memory_kib() => {
            let request = Slot::make_request(rng, KdfParams::SMALL, passphrase);
            let key = kdf.derive(&request).await?;
            Ok((request, key))
        }
        Err(error) => Err(error.into()),
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    async fn write_first(&mut self, profile: ProfileInput) -> Outcome<()> {
        self.apply(&Edit::SetProfile(profile)).await?;
        self.note(Deed::done(
            AuditEvent::Unlocked,
            AuditAction::Execute,
            None,
            "vault",
        ))?;
        self.note_made()?;
        self.commit().await
    }
}
