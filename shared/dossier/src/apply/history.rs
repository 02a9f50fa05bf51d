//! The history of a client's data: every change keeps the earlier value, and one can be undone (F31).

use crate::document::Document;
use crate::document::code::{Code, FundingSet};
use crate::document::layout::{
    self, AUTHOR, CHANGE, DEVICE, FIELD, FROM, OTHER, PLANNING_CODE, RECORDED_AT, TO, UNDOES,
};
use crate::document::value::{Entry, Write};
use crate::edit::ClientField;
use crate::id::{ClientId, EntryId};
use crate::problem::{Field, Problem};
use crate::project::conflict::{is_choice, open_values, put_aside};

use super::check::Check;
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, not_possible, opened,
    planning, touch,
};

/// A change of one register with its line in the history. It settles what two devices said differently: the line
/// keeps every answer that was put aside.
pub(super) struct Change {
    pub(super) code: String,
    pub(super) key: String,
    pub(super) from: String,
    pub(super) to: String,
    /// The line that is undone, and whether its answers are asked again.
    pub(super) undoes: Option<(EntryId, bool)>,
}

impl Change {
    /// Of a field of a client's data.
    pub(super) fn of_field(field: ClientField, from: String, to: String) -> Self {
        Self {
            code: field.code().to_owned(),
            key: layout::client_key(field),
            from,
            to,
            undoes: None,
        }
    }

    /// Takes this line back and gives the register the value `to`; where an answer was chosen, the question stands
    /// open again.
    pub(super) fn back(change: EntryId, line: &Entry, key: String, to: String) -> Self {
        Self {
            code: line.text(FIELD),
            key,
            from: line.text(TO),
            to,
            undoes: Some((change, is_choice(line))),
        }
    }

    /// The batch for the document, and the id of the line.
    pub(super) fn batch(
        self,
        document: &Document,
        author: String,
        ctx: &mut Context<'_>,
    ) -> (Vec<Write>, EntryId) {
        let id = ctx.fresh_entry();
        let mut line = stamp(author, ctx)
            .with_text(FIELD, &self.code)
            .with_text(FROM, &self.from)
            .with_text(TO, &self.to);
        let others = open_values(document, &self.code, &self.key).into_iter();
        for (number, other) in others.filter(|of| *of != self.from).enumerate() {
            // An empty answer is one too.
            line = line.with_any_text(&format!("{OTHER}{number}"), other);
        }
        if let Some((undone, _)) = self.undoes {
            line = line.with_text(UNDOES, undone.to_string());
        }
        let mut batch = vec![
            Write::text(self.key, self.to),
            Write::Entry(layout::entry_key(CHANGE, id), line),
        ];
        let key = layout::reopened_key(&self.code);
        match self.undoes {
            Some((undone, true)) => batch.push(Write::text(key, undone.to_string())),
            _ if document.all_texts(&key).iter().any(|of| !of.is_empty()) => {
                batch.push(Write::text(key, ""));
            }
            _ => {}
        }
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

/// A line of the history.
pub(super) fn line(document: &Document, change: EntryId) -> Result<Entry, Vec<Problem>> {
    document
        .entry(&layout::entry_key(CHANGE, change))
        .ok_or_else(|| not_possible(Field::Whole))
}

/// Whether nothing followed on a line: its value stands, and no other answer beside it.
pub(super) fn is_newest(document: &Document, line: &Entry, key: &str) -> bool {
    document.text(key).unwrap_or_default() == line.text(TO)
        && open_values(document, &line.text(FIELD), key).is_empty()
}

/// Puts the earlier value back, as a change of its own; where an answer was chosen, the question stands open again.
/// Refused when the field has changed since.
pub(super) fn undo(
    client: ClientId,
    change: EntryId,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let document = docs.identity.as_deref();
    if let Some(line) = document.and_then(|of| line(of, change).ok()) {
        return super::identity::undo(client, change, &line, docs, ctx);
    }
    let author = author(docs);
    let holds_bsn = super::identity::holds_bsn(docs);
    let dossier = opened(&mut docs.dossier)?;
    let line = line(dossier, change)?;
    let code = line.text(FIELD);
    let planning = code.strip_prefix(PLANNING_CODE);
    let field = ClientField::from_code(&code);
    let key = match (&planning, field) {
        (Some(_), _) => code.clone(),
        (None, Some(field)) => layout::client_key(field),
        (None, None) => return Err(not_possible(Field::Whole)),
    };
    if !is_newest(dossier, &line, &key) {
        return Err(not_possible(Field::Whole));
    }
    let mut from = line.text(FROM);
    let mut planned = Vec::new();
    if let Some(id) = planning {
        planned = planning::replace(id, &from, ctx.now_ms)?;
    }
    let mut check = Check::new(ctx.now_ms, guard::needs_bsn(dossier));
    match field {
        // Of the answers that are asked again one stands that may stand with what is held (B7, B9).
        Some(ClientField::Funding) => {
            from = put_aside(&line)
                .into_iter()
                .find(|of| FundingSet::parse(of).needs_bsn() == holds_bsn)
                .ok_or_else(|| not_possible(Field::Funding))?;
        }
        None => {}
        Some(field) => {
            check.is_held(Field::Client(field), &from);
        }
    }
    check.finish()?;
    let (mut batch, id) = Change::back(change, &line, key, from).batch(dossier, author, ctx);
    batch.extend(planned);
    batch.push(touch(dossier, ctx));
    commit(dossier, &batch)?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Corrected, client, id)],
    })
}
