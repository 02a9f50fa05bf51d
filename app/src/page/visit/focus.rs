//! Which control of which visit had the keyboard last, for as long as the window lives. Holds ids, never text.
//!
//! A lock takes the page away; after unlocking the same control gets the keyboard back.

use std::cell::RefCell;

use dossier::id::EntryId;

thread_local! {
    static LAST: RefCell<Option<(EntryId, String)>> = const { RefCell::new(None) };
}

/// The keyboard is in this control of this visit.
pub(super) fn remember(visit: EntryId, control: String) {
    LAST.set(Some((visit, control)));
}

/// The control of this visit that had the keyboard last.
pub(super) fn last(visit: EntryId) -> Option<String> {
    LAST.with_borrow(|last| {
        last.as_ref()
            .filter(|(of, _)| *of == visit)
            .map(|(_, control)| control.clone())
    })
}

/// The visit is signed or thrown away.
pub(super) fn forget() {
    LAST.set(None);
}
