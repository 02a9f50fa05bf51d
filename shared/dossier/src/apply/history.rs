//! The history of a client's data: every change keeps the earlier value, and one can be undone (F31).

use crate::document::code::{Code, FundingSet};
use crate::document::layout::{self, AUTHOR, CHANGE, DEVICE, FIELD, FROM, RECORDED_AT, TO, UNDOES};
use crate::document::value::{Entry, Write};
use crate::edit::ClientField;
use crate::id::{ClientId, EntryId};
use crate::problem::{Field, Problem};

use super::check::Check;
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, not_possible, opened,
    touch,
};

/// A change of one register with its line in the history.
pub(super) struct Change {
    pub(super) field: ClientField,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) undoes: Option<EntryId>,
}

impl Change {
    /// The batch for the dossier, and the id of the line.
    pub(super) fn batch(self, author: String, ctx: &mut Context<'_>) -> (Vec<Write>, EntryId) {
        let id = ctx.fresh_entry();
        let mut line = stamp(author, ctx)
            .with_text(FIELD, self.field.code())
            .with_text(FROM, self.from)
            .with_text(TO, self.to.clone());
        if let Some(undone) = self.undoes {
            line = line.with_text(UNDOES, undone.to_string());
        }
        let batch = vec![
            Write::text(layout::client_key(self.field), self.to),
            Write::Entry(layout::entry_key(CHANGE, id), line),
            touch(ctx),
        ];
        (batch, id)
    }
}

/// Who, where and when: the begin of every entry.
pub(super) fn stamp(author: String, ctx: &Context<'_>) -> Entry {
    Entry::default()
        .with_text(AUTHOR, author)
        .with_text(DEVICE, ctx.device_name.clone())
        .with_int(RECORDED_AT, ctx.now_ms)
}

/// Puts the earlier value back, as a change of its own. Refused when the field has changed since.
pub(super) fn undo(
    client: ClientId,
    change: EntryId,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let holds_bsn = super::identity::holds_bsn(docs);
    let dossier = opened(&mut docs.dossier)?;
    let line = dossier
        .entry(&layout::entry_key(CHANGE, change))
        .ok_or_else(|| not_possible(Field::Whole))?;
    let field =
        ClientField::from_code(&line.text(FIELD)).ok_or_else(|| not_possible(Field::Whole))?;
    let key = layout::client_key(field);
    let current = dossier.text(&key).unwrap_or_default();
    let (from, to) = (line.text(FROM), line.text(TO));
    if current != to || !dossier.other_texts(&key).is_empty() {
        return Err(not_possible(Field::Whole));
    }
    let mut check = Check::new(ctx.now_ms, guard::needs_bsn(dossier));
    if field == ClientField::Funding {
        if FundingSet::parse(&from).needs_bsn() != holds_bsn {
            return Err(not_possible(Field::Funding));
        }
    } else {
        check.is_held(Field::Client(field), &from);
    }
    check.finish()?;
    let (batch, id) = Change {
        field,
        from: current,
        to: from,
        undoes: Some(change),
    }
    .batch(author, ctx);
    commit(dossier, &batch)?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Corrected, client, id)],
    })
}
