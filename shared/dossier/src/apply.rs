//! Applying an edit: checked against the legal rules first, then written whole or not at all.
//!
//! The caller asks [`targets`] which documents an edit needs, loads or makes them, hands them to [`apply`] in a
//! [`Workspace`], and takes the changes out of each. A refused edit writes nothing. The same edit twice (equal
//! ids and content) is accepted and written once.

use crate::document::value::{Scalar, Write};
use crate::document::{Document, Kind, layout};
use crate::edit::Edit;
use crate::id::{ClientId, EntryId};
use crate::problem::{Fault, Field, Problem};

mod amendment;
mod check;
mod client;
mod device;
mod funding;
mod guard;
mod history;
mod identity;
mod planning;
mod profile;
mod visit;

pub use guard::{held_fields, mask_draft};

/// How an edit needs a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Not at all: leave it out of the [`Workspace`].
    Unused,
    /// Load it when there is one; `None` otherwise.
    IfPresent,
    /// Load it, or make a new one when there is none. Keep a new one only when it holds changes afterwards.
    OrNew,
}

/// Which journal an edit needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalNeed {
    /// None.
    Unused,
    /// That of this year; make it when there is none.
    OrNew {
        /// Local calendar year of the begin of the visit.
        year: u16,
    },
    /// The one that holds this signed visit ([`has_visit`]); `None` when no journal of the client does.
    Holding(EntryId),
}

/// The documents an edit reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    /// Whose documents, for all but the profile.
    pub client: Option<ClientId>,
    /// The profile.
    pub profile: Need,
    /// The identity document of the client.
    pub identity: Need,
    /// The dossier of the client.
    pub dossier: Need,
    /// A journal of the client.
    pub journal: JournalNeed,
}

impl Targets {
    /// Kinds to load or make, in the order profile, identity, dossier, journal; without a journal that has to be
    /// looked for.
    #[must_use]
    pub fn kinds(&self) -> Vec<(Kind, Need)> {
        let journal = match self.journal {
            JournalNeed::OrNew { year } => Some((Kind::Journal { year }, Need::OrNew)),
            JournalNeed::Unused | JournalNeed::Holding(_) => None,
        };
        let fixed = [
            (Kind::Profile, self.profile),
            (Kind::Identity, self.identity),
            (Kind::Dossier, self.dossier),
        ];
        fixed
            .into_iter()
            .chain(journal)
            .filter(|(_, need)| *need != Need::Unused)
            .collect()
    }
}

/// The documents [`targets`] named; all of one client.
#[derive(Debug, Default)]
pub struct Workspace<'a> {
    /// The profile.
    pub profile: Option<&'a mut Document>,
    /// The identity document.
    pub identity: Option<&'a mut Document>,
    /// The dossier.
    pub dossier: Option<&'a mut Document>,
    /// The journal.
    pub journal: Option<&'a mut Document>,
}

/// Where and when an edit is applied.
pub struct Context<'a> {
    /// Now, ms since the epoch, UTC.
    pub now_ms: i64,
    /// Name of this device, kept with every entry.
    pub device_name: String,
    /// Random 128-bit ids.
    pub fresh: &'a mut dyn FnMut() -> [u8; 16],
}

impl Context<'_> {
    fn fresh_entry(&mut self) -> EntryId {
        EntryId((self.fresh)())
    }
}

/// What an applied edit leaves behind besides the changes in the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Id of the recorded change, when it can be undone.
    pub undo: Option<EntryId>,
    /// Lines for the access log; empty when the edit was applied before.
    pub events: Vec<AuditEvent>,
}

/// A line for the access log (NEN 7513), without the time and the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditEvent {
    /// What was done.
    pub kind: AuditKind,
    /// Whose data; `None` = the caregiver's own.
    pub client: Option<ClientId>,
    /// The entry that was written; `None` = the dossier itself or the profile.
    pub object: Option<EntryId>,
}

/// What was done to data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditKind {
    /// A dossier was opened.
    Created,
    /// Data was added.
    Entered,
    /// Data that stood there was replaced; the earlier text is kept.
    Corrected,
}

/// Which documents an edit needs.
///
/// # Errors
/// None so far: a wrong date leaves the journal out, and [`apply`] then names every problem at once.
pub fn targets(edit: &Edit, now_ms: i64) -> Result<Targets, Vec<Problem>> {
    let of = |client: ClientId| Targets {
        client: Some(client),
        profile: Need::IfPresent,
        identity: Need::Unused,
        dossier: Need::IfPresent,
        journal: JournalNeed::Unused,
    };
    Ok(match edit {
        Edit::NameDevice { .. } | Edit::UndoProfile { .. } => Targets {
            client: None,
            profile: Need::IfPresent,
            identity: Need::Unused,
            dossier: Need::Unused,
            journal: JournalNeed::Unused,
        },
        Edit::SetProfile(_) | Edit::ChangeProfile { .. } => Targets {
            client: None,
            profile: Need::OrNew,
            identity: Need::Unused,
            dossier: Need::Unused,
            journal: JournalNeed::Unused,
        },
        Edit::CreateClient { client, input } => {
            let needs_bsn = input.funding.iter().any(|funding| funding.needs_bsn());
            let identity = if needs_bsn { Need::OrNew } else { Need::Unused };
            Targets {
                identity,
                dossier: Need::OrNew,
                ..of(*client)
            }
        }
        Edit::ChangeFunding {
            client, funding, ..
        } => {
            let needs_bsn = funding.iter().any(|funding| funding.needs_bsn());
            Targets {
                identity: if needs_bsn {
                    Need::OrNew
                } else {
                    Need::IfPresent
                },
                ..of(*client)
            }
        }
        Edit::ChangeClient { client, .. }
        | Edit::ChangeBsn { client, .. }
        | Edit::EstablishIdentity { client, .. }
        | Edit::DeferIdentity { client, .. }
        | Edit::UndoChange { client, .. } => Targets {
            identity: Need::IfPresent,
            ..of(*client)
        },
        Edit::AddPlanning { client, .. }
        | Edit::ChangePlanning { client, .. }
        | Edit::EndPlanning { client, .. }
        | Edit::SkipPlanned { client, .. } => of(*client),
        Edit::SignVisit { client, input, .. } => {
            let journal = match visit::journal_year(input, now_ms) {
                Some(year) => JournalNeed::OrNew { year },
                None => JournalNeed::Unused,
            };
            Targets {
                identity: Need::IfPresent,
                journal,
                ..of(*client)
            }
        }
        Edit::CorrectVisit { client, visit, .. } | Edit::AddToVisit { client, visit, .. } => {
            Targets {
                journal: JournalNeed::Holding(*visit),
                ..of(*client)
            }
        }
    })
}

/// Whether a journal holds a signed visit.
#[must_use]
pub fn has_visit(journal: &Document, visit: EntryId) -> bool {
    journal
        .entry(&layout::entry_key(layout::VISIT, visit))
        .is_some()
}

/// Checks an edit and writes it.
///
/// # Errors
/// Every problem at once, in the order of the form; nothing was written.
pub fn apply(
    edit: &Edit,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    match edit {
        Edit::SetProfile(input) => profile::set(input, docs, ctx),
        Edit::ChangeProfile { field, value } => profile::change(*field, value, docs, ctx),
        Edit::CreateClient { client, input } => client::create(*client, input, docs, ctx),
        Edit::ChangeClient {
            client,
            field,
            value,
        } => client::change(*client, *field, value, docs, ctx),
        Edit::ChangeFunding {
            client,
            funding,
            is_personal_budget,
            care_kinds,
            bsn,
        } => funding::change(
            *client,
            funding,
            *is_personal_budget,
            care_kinds,
            bsn,
            docs,
            ctx,
        ),
        Edit::ChangeBsn { client, bsn } => identity::change_bsn(*client, bsn, docs, ctx),
        Edit::EstablishIdentity { client, input } => identity::establish(*client, input, docs, ctx),
        Edit::DeferIdentity { client, reason } => identity::defer(*client, reason, docs, ctx),
        Edit::AddPlanning {
            client,
            planning,
            input,
        } => planning::add(*client, *planning, input, docs, ctx),
        Edit::ChangePlanning {
            client,
            planning,
            input,
        } => planning::change(*client, *planning, input, docs, ctx),
        Edit::EndPlanning { client, planning } => planning::end(*client, *planning, docs, ctx),
        Edit::SkipPlanned {
            client,
            planning,
            date,
            is_skipped,
        } => planning::skip(*client, *planning, date, *is_skipped, docs, ctx),
        Edit::SignVisit {
            client,
            visit,
            input,
        } => visit::sign(*client, *visit, input, docs, ctx),
        Edit::CorrectVisit {
            client,
            visit,
            correction,
            input,
        } => amendment::correct(*client, *visit, *correction, input, docs, ctx),
        Edit::AddToVisit {
            client,
            visit,
            addition,
            text,
        } => amendment::add(*client, *visit, *addition, text, docs, ctx),
        Edit::NameDevice { device, name } => device::name(*device, name, docs, ctx),
        Edit::UndoChange { client, change } => history::undo(*client, *change, docs, ctx),
        Edit::UndoProfile { change } => profile::undo(*change, docs, ctx),
    }
}

fn not_possible(field: Field) -> Vec<Problem> {
    vec![Problem {
        field,
        fault: Fault::NotPossible,
        rule: None,
    }]
}

/// The dossier of the client, opened before.
fn opened<'a>(dossier: &'a mut Option<&mut Document>) -> Result<&'a mut Document, Vec<Problem>> {
    match dossier {
        Some(dossier) if dossier.int(layout::OPENED_AT).is_some() => Ok(dossier),
        _ => Err(not_possible(Field::Whole)),
    }
}

/// Writes a batch; a failure of the document itself refuses the edit as a whole.
fn commit(document: &mut Document, batch: &[Write]) -> Result<(), Vec<Problem>> {
    document
        .write(batch)
        .map_err(|_| not_possible(Field::Whole))
}

/// Notes in the dossier that it was written. A clock that is behind does not take an earlier note back.
fn touch(dossier: &Document, ctx: &Context<'_>) -> Write {
    let newest = dossier.ints(layout::CHANGED_AT).into_iter().max();
    let at = newest.map_or(ctx.now_ms, |newest| newest.max(ctx.now_ms));
    Write::Register(layout::CHANGED_AT.to_owned(), Scalar::Int(at))
}

/// Name of the caregiver, for entries; empty while there is no profile.
fn author(docs: &Workspace<'_>) -> String {
    docs.profile
        .as_ref()
        .and_then(|profile| profile.text(layout::NAME))
        .unwrap_or_default()
}

fn event(kind: AuditKind, client: ClientId, object: impl Into<Option<EntryId>>) -> AuditEvent {
    AuditEvent {
        kind,
        client: Some(client),
        object: object.into(),
    }
}
