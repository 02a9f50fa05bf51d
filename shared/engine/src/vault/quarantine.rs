//! What could not be read: copied aside, never deleted, and listed.

use minicbor::{Decode, Encode};
use protocol::{DocId, cbor};
use rand_core::CryptoRng;

use super::keys::Keys;
use super::local;
use super::stop::Outcome;
use super::turn::Turn;
use crate::store::{Store, StoreName};

/// A stored piece that cannot be read, just found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) store: StoreName,
    pub(crate) row: Vec<u8>,
    /// What stood there; `None` = nothing.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) client: Option<[u8; 16]>,
    pub(crate) doc: Option<DocId>,
    /// Its content could be had from elsewhere: nothing is lost.
    pub(crate) is_healed: bool,
}

/// A piece in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct QuarantineRow {
    /// Store it stood in.
    #[n(0)]
    pub(crate) store: String,
    /// Its row.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) row: Vec<u8>,
    /// Client it belongs to, if that is known.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) client: Option<[u8; 16]>,
    /// Document it belongs to, if that is known.
    #[n(3)]
    pub(crate) doc: Option<DocId>,
    /// When it was found, ms since the epoch, UTC.
    #[n(4)]
    pub(crate) found_at: i64,
    /// Nothing was lost by it.
    #[n(5)]
    pub(crate) is_healed: bool,
    /// Size of what stood there.
    #[n(6)]
    pub(crate) size_bytes: u64,
    /// What stood there; `None` = nothing. Left out of the list in memory.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub(crate) bytes: Option<Vec<u8>>,
}

/// Everything in quarantine, without the bytes. A row that does not open itself is left alone.
pub(crate) async fn read_quarantine<S: Store>(
    store: &S,
    keys: &Keys,
) -> Outcome<Vec<QuarantineRow>> {
    let rows = store.read_prefix(StoreName::Quarantine, &[]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for (key, value) in rows {
        let row = local::open_value(
            &keys.local,
            &keys.account,
            StoreName::Quarantine,
            &key,
            &value,
        );
        found.extend(row.map(|row: QuarantineRow| QuarantineRow { bytes: None, ..row }));
    }
    Ok(found)
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Puts what was found damaged into the batch, once.
    pub(super) async fn put_found(&mut self) -> Outcome<()> {
        for piece in core::mem::take(&mut self.session.found) {
            let is_healed = [u8::from(piece.is_healed)];
            let content = cbor::encode(&(
                piece.store.as_str(),
                minicbor::bytes::ByteVec::from(piece.row.clone()),
            ));
            let bytes = piece.bytes.as_deref().unwrap_or_default();
            let key = self.name(StoreName::Quarantine, &[&is_healed, &content, bytes]);
            if self
                .store
                .read(StoreName::Quarantine, &key)
                .await?
                .is_some()
            {
                continue;
            }
            let row = QuarantineRow {
                store: piece.store.as_str().to_owned(),
                row: piece.row,
                client: piece.client,
                doc: piece.doc,
                found_at: self.now,
                is_healed: piece.is_healed,
                size_bytes: bytes.len() as u64,
                bytes: piece.bytes,
            };
            self.put_value(StoreName::Quarantine, key, &row)?;
            self.session
                .quarantine
                .push(QuarantineRow { bytes: None, ..row });
        }
        Ok(())
    }
}
