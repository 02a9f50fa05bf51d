//! The history of what is no field: plannings, the BSN (masked), and choices between identity documents.
//!
//! Promises: newest first; a line whose earlier value is not known (of an earlier version, or a first BSN) is left out.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::document::layout::{
    AUTHOR, BSN, ESTABLISHED, ESTABLISHED_BY, FIELD, FROM, PLANNING_CODE, RECORDED_AT, TO, UNDOES,
};
use crate::document::value::Entry;
use crate::id::EntryId;
use crate::value::bsn::Bsn;
use crate::view::{AnswerValue, Conflict, ConflictAbout, ValueChange};

use super::conflict::{established_aside, is_choice, lines, planning_value, put_aside};
use super::identity;
use super::plan::Plan;

/// What changed besides the fields and the funding; `lines_of` are the lines of the dossier.
pub(super) fn other_changes(
    dossier: &Document,
    document: Option<&Document>,
    lines_of: &[(EntryId, Entry)],
    conflicts: &[Conflict],
) -> Vec<ValueChange> {
    let mut changes = of_document(lines_of, conflicts, |line| {
        let planning = line.text(FIELD).strip_prefix(PLANNING_CODE)?.parse().ok()?;
        let value = |stored: &str| Plan::parse(stored).map(planning_value);
        read(ConflictAbout::Planning(planning), line, value)
    });
    if let Some(document) = document.filter(|_| super::needs_bsn(dossier)) {
        changes.extend(of_document(&lines(document), conflicts, |line| match line
            .text(FIELD)
            .as_str()
        {
            BSN => read(ConflictAbout::Bsn, line, masked),
            ESTABLISHED_BY if !established_aside(document, line).is_empty() => {
                chosen_document(document, line)
            }
            ESTABLISHED_BY if !line.text(UNDOES).is_empty() => chosen_document(document, line),
            _ => None,
        }));
    }
    changes.sort_by_key(|change| std::cmp::Reverse((change.changed_at, change.change)));
    changes
}

/// What one line says.
struct Read {
    about: ConflictAbout,
    from: AnswerValue,
    to: AnswerValue,
    aside: Vec<AnswerValue>,
}

/// Lines as they are read, newest first. The newest of a value can be taken back, unless the value is in question.
fn of_document(
    lines: &[(EntryId, Entry)],
    conflicts: &[Conflict],
    read: impl Fn(&Entry) -> Option<Read>,
) -> Vec<ValueChange> {
    let mut known = BTreeSet::new();
    let mut changes = Vec::new();
    for (id, line) in lines {
        let is_newest = known.insert(line.text(FIELD));
        let Some(Read {
            about,
            from,
            to,
            aside,
        }) = read(line)
        else {
            continue;
        };
        let undone = line.text(UNDOES);
        let undone = lines.iter().find(|(id, _)| id.to_string() == undone);
        let is_document = about == ConflictAbout::Identity;
        changes.push(ValueChange {
            about,
            change: *id,
            from,
            to,
            aside,
            is_asked_again: undone.is_some_and(|(_, line)| is_choice(line)),
            can_undo: is_newest
                && conflicts.iter().all(|of| of.about != about)
                && (!is_document || is_choice(line)),
            changed_at: line.int(RECORDED_AT).unwrap_or_default(),
            author: line.text(AUTHOR),
        });
    }
    changes
}

fn read(
    about: ConflictAbout,
    line: &Entry,
    value: impl Fn(&str) -> Option<AnswerValue>,
) -> Option<Read> {
    let to = line.text(TO);
    let mut aside = put_aside(line);
    aside.retain(|stored| is_choice(line) && *stored != to);
    Some(Read {
        about,
        from: value(&line.text(FROM))?,
        to: value(&to)?,
        aside: aside.iter().filter_map(|stored| value(stored)).collect(),
    })
}

fn masked(digits: &str) -> Option<AnswerValue> {
    let bsn = Bsn::parse(digits).ok()?;
    Some(AnswerValue::Text(bsn.masked()))
}

/// A choice between documents, or that it was taken back. Of the answers put aside none is the document that was chosen.
fn chosen_document(document: &Document, line: &Entry) -> Option<Read> {
    let value = |id: &str| {
        let entry = document.entry(&format!("{ESTABLISHED}{id}"))?;
        identity::value(&entry)
    };
    let to = value(&line.text(TO))?;
    let aside = established_aside(document, line).into_iter();
    let aside = aside.filter(|(_, of)| !super::conflict::is_same(of, &to));
    Some(Read {
        about: ConflictAbout::Identity,
        from: AnswerValue::Identity(value(&line.text(FROM))?),
        aside: aside.map(|(_, of)| AnswerValue::Identity(of)).collect(),
        to: AnswerValue::Identity(to),
    })
}
