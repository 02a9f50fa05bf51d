//! The caregiver's own data (B11).

use crate::document::Document;
use crate::document::code::Code;
use crate::document::layout::{FIELD, FROM, NAME};
use crate::document::value::Write;
use crate::edit::{Profession, ProfileField, ProfileInput};
use crate::id::EntryId;
use crate::problem::{Fault, Field, Problem};
use crate::project::conflict::open_values;
use crate::value::name::NAME_CHARS_MAX;

use super::check::{Check, Required};
use super::history::{Change, is_newest, line};
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
    let author = name.clone();
    let profession = input
        .profession
        .map(Code::code)
        .unwrap_or_default()
        .to_owned();
    let mut batch: Vec<Write> = Vec::new();
    for (field, value) in [
        (ProfileField::Name, name),
        (ProfileField::Profession, profession),
        (ProfileField::Agb, agb),
        (ProfileField::AgbPractice, agb_practice),
    ] {
        if profile.text(field.code()).unwrap_or_default() == value {
            continue;
        }
        if is_new {
            batch.push(Write::text(field.code(), value));
        } else {
            batch.extend(replace(profile, field, value, &author, ctx).0);
        }
    }
    if batch.is_empty() {
        return Ok(Applied::default());
    }
    commit(profile, &batch)?;
    Ok(written(is_new, None))
}

/// One part of the form; settles what two devices said differently.
pub(super) fn change(
    field: ProfileField,
    typed: &str,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let mut check = Check::new(ctx.now_ms, false);
    let value = match field {
        ProfileField::Name => {
            let required = Required::Yes(Some("B11"));
            check.line(Field::ProfileName, typed, NAME_CHARS_MAX, required)
        }
        ProfileField::Profession => match Profession::from_code(typed) {
            Some(profession) => profession.code().to_owned(),
            None => {
                check.refuse(Field::Profession, Fault::Malformed, None);
                String::new()
            }
        },
        ProfileField::Agb => check.agb(Field::Agb, typed),
        ProfileField::AgbPractice => check.agb(Field::AgbPractice, typed),
    };
    check.finish()?;
    let profile = docs.profile.as_deref_mut();
    let profile = profile.filter(|profile| profile.text(NAME).is_some());
    let profile = profile.ok_or_else(|| not_possible(Field::Whole))?;
    let is_settled = open_values(profile, field.code(), field.code()).is_empty();
    if is_settled && profile.text(field.code()).unwrap_or_default() == value {
        return Ok(Applied::default());
    }
    let author = match field {
        ProfileField::Name => value.clone(),
        _ => profile.text(NAME).unwrap_or_default(),
    };
    let (batch, id) = replace(profile, field, value, &author, ctx);
    commit(profile, &batch)?;
    Ok(written(false, Some(id)))
}

/// Takes one recorded change of a part back; where an answer was chosen, the question stands open again.
pub(super) fn undo(
    change: EntryId,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let refused = || not_possible(Field::Whole);
    let profile = docs.profile.as_deref_mut().ok_or_else(refused)?;
    let line = line(profile, change)?;
    let field = ProfileField::from_code(&line.text(FIELD)).ok_or_else(refused)?;
    let from = line.text(FROM);
    let is_required = matches!(field, ProfileField::Name | ProfileField::Profession);
    if !is_newest(profile, &line, field.code()) || (is_required && from.is_empty()) {
        return Err(refused());
    }
    let author = match field {
        ProfileField::Name => from.clone(),
        _ => profile.text(NAME).unwrap_or_default(),
    };
    let key = field.code().to_owned();
    let (batch, _) = Change::back(change, &line, key, from).batch(profile, author, ctx);
    commit(profile, &batch)?;
    Ok(written(false, None))
}

/// A part with its line in the history, and the id of that.
fn replace(
    profile: &Document,
    field: ProfileField,
    to: String,
    author: &str,
    ctx: &mut Context<'_>,
) -> (Vec<Write>, EntryId) {
    let code = field.code().to_owned();
    let change = Change {
        key: code.clone(),
        from: profile.text(&code).unwrap_or_default(),
        code,
        to,
        undoes: None,
    };
    change.batch(profile, author.to_owned(), ctx)
}

fn written(is_new: bool, undo: Option<EntryId>) -> Applied {
    let kind = if is_new {
        AuditKind::Entered
    } else {
        AuditKind::Corrected
    };
    Applied {
        undo,
        events: vec![AuditEvent {
            kind,
            client: None,
            object: None,
        }],
    }
}
