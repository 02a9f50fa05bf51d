//! The caregiver.

use crate::document::Document;
use crate::document::code::Code;
use crate::document::layout::{AGB, AGB_PRACTICE, NAME, PROFESSION};
use crate::edit::Profession;
use crate::view::ProfileView;

use super::conflict::profile_conflicts;

/// The caregiver's own data; `None` until a name was saved. A profession of a later version reads as other.
#[must_use]
pub fn profile(document: &Document) -> Option<ProfileView> {
    let code = |key| document.text(key).filter(|code| !code.is_empty());
    Some(ProfileView {
        name: document.text(NAME)?,
        profession: code(PROFESSION)
            .and_then(|word| Profession::from_code(&word))
            .unwrap_or(Profession::Other),
        agb: code(AGB),
        agb_practice: code(AGB_PRACTICE),
        conflicts: profile_conflicts(document),
    })
}
