//! The caregiver's own data (B11).

use crate::document::code::Code;
use crate::document::layout::{AGB, AGB_PRACTICE, NAME, PROFESSION};
use crate::document::value::Write;
use crate::edit::ProfileInput;
use crate::problem::{Fault, Field, Problem};
use crate::value::name::NAME_CHARS_MAX;

use super::check::{Check, Required};
use super::{Applied, AuditEvent, AuditKind, Context, Workspace, commit, not_possible};

pub(super) fn set(
    input: &ProfileInput,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let mut check = Check::new(ctx.now_ms, false);
    let name = check.line(
        Field::ProfileName,
        &input.name,
        NAME_CHARS_MAX,
        Required::Yes(Some("B11")),
    );
    if input.profession.is_none() {
        check.refuse(Field::Profession, Fault::Missing, None);
    }
    let agb = check.agb(Field::Agb, &input.agb);
    let agb_practice = check.agb(Field::AgbPractice, &input.agb_practice);
    check.finish()?;
    let profile = docs
        .profile
        .as_deref_mut()
        .ok_or_else(|| not_possible(Field::Whole))?;
    let is_new = profile.text(NAME).is_none();
    let profession = input
        .profession
        .map(Code::code)
        .unwrap_or_default()
        .to_owned();
    let batch: Vec<Write> = [
        (NAME, name),
        (PROFESSION, profession),
        (AGB, agb),
        (AGB_PRACTICE, agb_practice),
    ]
    .into_iter()
    .filter(|(key, value)| {
        profile.text(key).unwrap_or_default() != *value || !profile.other_texts(key).is_empty()
    })
    .map(|(key, value)| Write::text(key, value))
    .collect();
    if batch.is_empty() {
        return Ok(Applied::default());
    }
    commit(profile, &batch)?;
    let kind = if is_new {
        AuditKind::Entered
    } else {
        AuditKind::Corrected
    };
    Ok(Applied {
        undo: None,
        events: vec![AuditEvent {
            kind,
            client: None,
            object: None,
        }],
    })
}
