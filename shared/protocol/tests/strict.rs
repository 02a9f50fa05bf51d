//! No bytes make a decoder panic, and what decodes encodes to the same bytes.

#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use protocol::{
    audit::AuditBatch, body::Body, chain::Entry, draft::DraftFrame, keybox::Keybox, padding,
    record::Record, record::Route,
};

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_quietly(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Record::decode(bytes.clone());
        let _ = DraftFrame::decode(bytes.clone());
        let _ = Entry::decode(&bytes);
        let _ = padding::unpad(&bytes);
        let _ = AuditBatch::decode(&bytes);
        if let Ok(route) = Route::decode(&bytes) {
            prop_assert_eq!(route.encode().unwrap(), bytes.clone());
        }
        if let Ok(body) = Body::decode(&bytes) {
            prop_assert_eq!(body.encode(), bytes.clone());
        }
        if let Ok(keybox) = Keybox::decode(&bytes) {
            prop_assert_eq!(keybox.encode(), bytes);
        }
    }

    #[test]
    fn padding_comes_off_again(content in prop::collection::vec(any::<u8>(), 0..20_000)) {
        let padded = padding::pad(&content).unwrap();
        prop_assert_eq!(padding::unpad(&padded).unwrap(), content.as_slice());
        prop_assert_eq!(padding::padded_size(padded.len()), padded.len());
    }
}
