//! Whether and how the identity was established (B8).

use crate::document::Document;
use crate::document::code::Code;
use crate::document::layout::{
    AUTHOR, BSN, DATE, DEFERRED, DOCUMENT_KIND, DOCUMENT_NUMBER, ESTABLISHED, ESTABLISHED_BY,
    REASON, RECORDED_AT, TIME, entries,
};
use crate::document::value::Entry;
use crate::edit::DocumentKind;
use crate::view::{IdentityValue, IdentityView};

/// How the identity was established with the BSN that is held now: by the document that stands, the newest when it is
/// none or several. A BSN typed anew was not compared with a document, so it has to be established again.
pub(crate) fn identity(document: &Document) -> Option<(IdentityView, Entry)> {
    let bsn = document.text(BSN)?;
    let standing = document.all_texts(ESTABLISHED_BY);
    let (_, entry) = entries(document, ESTABLISHED)
        .into_iter()
        .filter(|(_, entry)| entry.text(BSN) == bsn)
        .max_by_key(|(id, entry)| {
            let stands = standing.contains(&id.to_string());
            (stands, entry.int(RECORDED_AT), *id)
        })?;
    let view = IdentityView {
        document_kind: DocumentKind::from_code(&entry.text(DOCUMENT_KIND))?,
        document_number: entry.text(DOCUMENT_NUMBER),
        date: entry.text(DATE),
        time: entry.text(TIME),
        author: entry.text(AUTHOR),
    };
    Some((view, entry))
}

/// How the identity was established, as one of several answers.
pub(super) fn value(entry: &Entry) -> Option<IdentityValue> {
    Some(IdentityValue {
        document_kind: DocumentKind::from_code(&entry.text(DOCUMENT_KIND))?,
        document_number: entry.text(DOCUMENT_NUMBER),
        date: entry.text(DATE),
        time: entry.text(TIME),
    })
}

/// Why establishing was put off, the newest reason.
pub(crate) fn deferral(document: &Document) -> Option<String> {
    let newest = entries(document, DEFERRED)
        .into_iter()
        .max_by_key(|(id, entry)| (entry.int(RECORDED_AT), *id));
    newest.map(|(_, entry)| entry.text(REASON))
}
