//! Opening a vault: the passphrase, the growing wait after wrong ones, and the lines of both in the access log.

use crypto::{Passphrase, SlotError};
use protocol::audit::{AuditAction, AuditEvent, AuditOutcome};
use rand_core::CryptoRng;

use super::Open;
use super::keys::Keys;
use super::lane::Deed;
use super::meta::{self, Meta, Throttle};
use super::open::open_session;
use super::stop::Outcome;
use super::turn::Turn;
use super::unsaved::Unsaved;
use crate::command::Failure;
use crate::kdf::Kdf;
use crate::store::{Batch, Store};

/// Tries a passphrase. Nothing is answered before the try itself stands on disk, with the work that an earlier
/// commit refused.
pub(crate) async fn unlock<S: Store, K: Kdf, R: CryptoRng>(
    (store, kdf): (&S, &K),
    passphrase: &str,
    unsaved: &Unsaved,
    now: i64,
    rng: &mut R,
) -> Outcome<Open> {
    if !meta::has_vault(store).await? {
        return Err(Failure::NoVault.into());
    }
    let Meta {
        slot,
        chain,
        mut throttle,
        repairs,
    } = meta::read_meta(store).await?;
    let wait_until = throttle.wait_until(now);
    if wait_until > 0 {
        return Err(Failure::Wait { wait_until }.into());
    }
    let Ok(passphrase) = Passphrase::parse(passphrase) else {
        return Err(refuse(store, &mut throttle, now).await?.into());
    };
    let key = kdf.derive(&slot.kdf_input(&passphrase)).await?;
    let bundle = match slot.open(&key) {
        Ok(bundle) => bundle,
        Err(SlotError::WrongPassphrase) => {
            return Err(refuse(store, &mut throttle, now).await?.into());
        }
        Err(SlotError::Format { .. } | SlotError::Kind { .. }) => {
            return Err(Failure::NewerFormat.into());
        }
        Err(SlotError::Damaged | SlotError::Kdf(_)) => return Err(Failure::Corrupt.into()),
    };
    let keys = Keys::open(bundle, slot.device(), chain)?;
    let mut session = open_session(store, &keys, rng, now).await?;
    let mut turn = Turn::new(store, &keys, &mut session, rng, now);
    turn.put_waiting(unsaved.open(&keys));
    for at in core::mem::take(&mut throttle.times) {
        let deed = Deed::done(
            AuditEvent::UnlockFailed,
            AuditAction::Execute,
            None,
            "vault",
        );
        turn.note_at(
            Deed {
                outcome: AuditOutcome::Failure,
                ..deed
            },
            at,
        )?;
    }
    turn.note(Deed::done(
        AuditEvent::Unlocked,
        AuditAction::Execute,
        None,
        "vault",
    ))?;
    meta::put_throttle(&mut turn.batch, &Throttle::default());
    turn.batch.changes.extend(repairs.changes);
    turn.commit().await?;
    Ok(Open { keys, session })
}

async fn refuse<S: Store>(store: &S, throttle: &mut Throttle, now: i64) -> Outcome<Failure> {
    throttle.fail(now);
    let mut batch = Batch::default();
    meta::put_throttle(&mut batch, throttle);
    store.commit(batch).await?;
    Ok(Failure::WrongPassphrase {
        failed_count: throttle.failed_count,
        wait_until: throttle.wait_until(now),
    })
}
