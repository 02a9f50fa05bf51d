//! Where work is: in records that wait, at the server, on other devices.

use dossier::id::{ClientId, EntryId};
use rand_core::CryptoRng;

use super::stop::Outcome;
use super::turn::Turn;
use crate::command::{Failure, Reply};
use crate::store::Store;

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    pub(crate) async fn visit_places(
        &mut self,
        _client: ClientId,
        _year: u16,
        _visit: EntryId,
    ) -> Outcome<Reply> {
        Err(Failure::Internal.into())
    }

    pub(crate) async fn waiting_list(&mut self) -> Outcome<Reply> {
        Err(Failure::Internal.into())
    }

    pub(crate) async fn retry_refused(&mut self, _record: [u8; 32]) -> Outcome<Reply> {
        Err(Failure::Internal.into())
    }
}
