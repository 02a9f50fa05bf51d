//! Identification before care (B7, B8), in the identity document only.

use crate::calendar::{Repeated, instant};
use crate::document::Document;
use crate::document::code::Code;
use crate::document::layout::{
    self, BSN, DATE, DEFERRED, DOCUMENT_KIND, DOCUMENT_NUMBER, ESTABLISHED, ESTABLISHED_BY, FIELD,
    FROM, REASON, TIME, TO,
};
use crate::document::value::{Entry, Write};
use crate::edit::{DocumentKind, IdentityInput};
use crate::id::{ClientId, EntryId};
use crate::problem::{Fault, Field, Problem};
use crate::project;
use crate::project::conflict::{established_aside, identity_answers, open_values};
use crate::value::time::show_time;
use crate::value::wid::{DocumentNumberError, parse_document_number};

use super::check::{Check, REASON_CHARS_MAX, Required};
use super::history::{Change, is_newest, stamp};
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, not_possible, opened,
};

/// How far the clock of a device may be behind: a time this much later than now is not in the future.
pub(super) const CLOCK_SLACK_MS: i64 = 5 * 60_000;

/// Whether a BSN stands in the identity document.
pub(super) fn holds_bsn(docs: &Workspace<'_>) -> bool {
    docs.identity
        .as_ref()
        .is_some_and(|identity| identity.text(BSN).is_some())
}

/// The identity document of a client whose funding needs a BSN.
fn needed<'a>(docs: &'a mut Workspace<'_>) -> Result<&'a mut Document, Vec<Problem>> {
    let dossier = opened(&mut docs.dossier)?;
    if !guard::needs_bsn(dossier) {
        return Err(vec![Problem {
            field: Field::Whole,
            fault: Fault::NotPossible,
            rule: Some("B9".into()),
        }]);
    }
    docs.identity
        .as_deref_mut()
        .ok_or_else(|| not_possible(Field::Whole))
}

pub(super) fn change_bsn(
    client: ClientId,
    typed: &str,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let identity = needed(docs)?;
    let mut check = Check::new(ctx.now_ms, true);
    let Some(bsn) = check.bsn(typed).map(|bsn| bsn.digits()) else {
        return check.finish().map(|()| Applied::default());
    };
    let is_settled = open_values(identity, BSN, BSN).is_empty();
    let held = identity.text(BSN);
    if is_settled && held.as_ref() == Some(&bsn) {
        return Err(vec![Problem {
            field: Field::Bsn,
            fault: Fault::Unchanged,
            rule: None,
        }]);
    }
    let is_replaced = held.is_some();
    let change = Change {
        code: BSN.to_owned(),
        key: BSN.to_owned(),
        from: held.unwrap_or_default(),
        to: bsn,
        undoes: None,
    };
    let (batch, id) = change.batch(identity, author, ctx);
    commit(identity, &batch)?;
    Ok(Applied {
        undo: is_replaced.then_some(id),
        events: vec![event(AuditKind::Corrected, client, id)],
    })
}

pub(super) fn establish(
    client: ClientId,
    input: &IdentityInput,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let identity = needed(docs)?;
    let bsn = identity
        .text(BSN)
        .ok_or_else(|| not_possible(Field::Whole))?;
    let found = checked(input, ctx.now_ms)?.with_text(BSN, bsn);
    let is_settled = identity_answers(client, identity).is_empty();
    if is_settled && project::identity(identity).is_some_and(|(_, known)| is_within(&found, &known))
    {
        return Ok(Applied::default());
    }
    let id = ctx.fresh_entry();
    let entry: Entry = stamp(author.clone(), ctx)
        .iter()
        .chain(found.iter())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    let change = Change {
        code: ESTABLISHED_BY.to_owned(),
        key: ESTABLISHED_BY.to_owned(),
        from: identity.text(ESTABLISHED_BY).unwrap_or_default(),
        to: id.to_string(),
        undoes: None,
    };
    let (mut batch, line) = change.batch(identity, author, ctx);
    batch.push(Write::Entry(layout::entry_key(ESTABLISHED, id), entry));
    commit(identity, &batch)?;
    Ok(Applied {
        // That a document was compared is not taken back; which of two documents holds is.
        undo: (!is_settled).then_some(line),
        events: vec![event(AuditKind::Entered, client, id)],
    })
}

/// Takes back a change of the BSN, or the choice between documents, while a BSN must be held.
pub(super) fn undo(
    client: ClientId,
    change: EntryId,
    line: &Entry,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let identity = needed(docs)?;
    let key = line.text(FIELD);
    let to = match key.as_str() {
        BSN if is_newest(identity, line, BSN) => {
            Some(line.text(FROM)).filter(|from| !from.is_empty())
        }
        ESTABLISHED_BY
            if identity_answers(client, identity).is_empty()
                && identity.all_texts(ESTABLISHED_BY).contains(&line.text(TO)) =>
        {
            established_aside(identity, line)
                .first()
                .map(|(id, _)| id.clone())
        }
        _ => None,
    };
    let to = to.ok_or_else(|| not_possible(Field::Whole))?;
    let (batch, id) = Change::back(change, line, key, to).batch(identity, author, ctx);
    commit(identity, &batch)?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Corrected, client, id)],
    })
}

fn is_within(part: &Entry, whole: &Entry) -> bool {
    part.iter()
        .all(|(name, _)| part.text(name) == whole.text(name))
}

fn checked(input: &IdentityInput, now_ms: i64) -> Result<Entry, Vec<Problem>> {
    let mut check = Check::new(now_ms, true);
    if input.document_kind.is_none() {
        check.refuse(Field::DocumentKind, Fault::Missing, Some("B8"));
    }
    let kind = input.document_kind.unwrap_or(DocumentKind::Passport);
    let number = match parse_document_number(kind, &input.document_number) {
        Ok(found) => found.number,
        Err(error) => {
            let fault = match error {
                DocumentNumberError::Empty => Fault::Missing,
                DocumentNumberError::TooLong { limit, .. } => Fault::TooLong {
                    limit: u32::try_from(limit).unwrap_or(u32::MAX),
                },
            };
            check.refuse(Field::DocumentNumber, fault, Some("B8"));
            String::new()
        }
    };
    let date = check.date(Field::IdentityDate, &input.date, Required::Yes(Some("B8")));
    let is_future = date.is_some_and(|date| date > check.today);
    if is_future {
        check.refuse(Field::IdentityDate, Fault::InFuture, Some("B8"));
    }
    let time = check.time(Field::IdentityTime, &input.time, Some("B8"));
    if let (Some(date), Some(time), false) = (date, time, is_future) {
        match instant(date, time, Repeated::First) {
            Ok(at) if at.ms > now_ms + CLOCK_SLACK_MS => {
                check.refuse(Field::IdentityTime, Fault::InFuture, Some("B8"))
            }
            Ok(_) => {}
            Err(_) => check.refuse(Field::IdentityTime, Fault::Malformed, Some("B8")),
        }
    }
    if !input.is_bsn_compared {
        check.refuse(Field::BsnCompared, Fault::Missing, Some("B8"));
    }
    check.finish()?;
    Ok(Entry::default()
        .with_text(DOCUMENT_KIND, kind.code())
        .with_text(DOCUMENT_NUMBER, number)
        .with_text(DATE, date.map(|date| date.to_string()).unwrap_or_default())
        .with_text(TIME, time.map(show_time).unwrap_or_default()))
}

pub(super) fn defer(
    client: ClientId,
    reason: &str,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let identity = needed(docs)?;
    if project::identity(identity).is_some() {
        return Err(not_possible(Field::Whole));
    }
    let mut check = Check::new(ctx.now_ms, true);
    let reason = check.text(
        Field::DeferReason,
        reason,
        REASON_CHARS_MAX,
        Required::Yes(Some("B8")),
    );
    check.finish()?;
    if project::deferral(identity).as_ref() == Some(&reason) {
        return Ok(Applied::default());
    }
    let id = ctx.fresh_entry();
    let entry = stamp(author, ctx).with_text(REASON, reason);
    commit(
        identity,
        &[Write::Entry(layout::entry_key(DEFERRED, id), entry)],
    )?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Entered, client, id)],
    })
}
