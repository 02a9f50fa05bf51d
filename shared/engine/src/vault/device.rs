//! The devices of the account, as a person is told of them.

use rand_core::CryptoRng;

use super::stop::Outcome;
use super::turn::Turn;
use crate::command::{Failure, Reply};
use crate::store::Store;

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Every active device.
    pub(crate) async fn devices(&mut self) -> Outcome<Reply> {
        Err(Failure::Internal.into())
    }

    /// A person saw that these were added.
    pub(crate) async fn devices_seen(&mut self, _devices: &[u16]) -> Outcome<Reply> {
        Err(Failure::Internal.into())
    }

    pub(crate) async fn head_words(&mut self) -> Outcome<Reply> {
        Err(Failure::Internal.into())
    }
}
