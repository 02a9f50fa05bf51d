//! Two answers: what two devices say differently of one value, with who said it and when.
//!
//! Promises: answers stand in the same order on every device, oldest first; equal values are no conflict. The values
//! come as they are shown; [`Answer::choose`] is the edit that settles the question by this answer.

use serde::{Deserialize, Serialize};

use crate::edit::{CareKind, ClientField, DocumentKind, Edit, Funding, ProfileField};
use crate::id::EntryId;

/// One of several answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it says.
    pub value: AnswerValue,
    /// Who gave it; empty when that is not known.
    pub author: String,
    /// Index of the device on which it was given, if that is known.
    pub device: Option<u16>,
    /// When it was given, ms since the epoch, UTC, by the clock of that device; `None` when that is not known.
    pub recorded_at: Option<i64>,
    /// It is the one that is shown until one is chosen.
    pub is_shown: bool,
    /// The edit that chooses it. `None`: it cannot be chosen as it is, or, for a BSN, its digits must be asked for first.
    pub choose: Option<Box<Edit>>,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerValue {
    /// Text in display form, may be empty; of a BSN the masked one, of a profession its stored word.
    Text(String),
    /// Who pays, and for what.
    Funding(FundingValue),
    /// How the identity was established.
    Identity(IdentityValue),
    /// When visits are planned.
    Planning(PlanningValue),
}

/// Who pays, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingValue {
    /// Who pays.
    pub funding: Vec<Funding>,
    /// Paid through a personal budget.
    pub is_personal_budget: bool,
    /// Kinds of care.
    pub care_kinds: Vec<CareKind>,
}

/// How the identity was established.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityValue {
    /// Kind of document.
    pub document_kind: DocumentKind,
    /// Number as on the document.
    pub document_number: String,
    /// Local date.
    pub date: String,
    /// Local time.
    pub time: String,
}

/// A planning as one device has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanningValue {
    /// 1 = Monday … 7 = Sunday.
    pub weekdays: Vec<u8>,
    /// `hh:mm`.
    pub time: String,
    /// Duration in minutes.
    pub minutes: u16,
    /// First date.
    pub from: String,
    /// Last date by the rule, if any.
    pub until: Option<String>,
    /// It was ended on this local date: no visit is planned afterwards.
    pub ended: Option<String>,
}

/// Which value of a client is in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictAbout {
    /// A field; [`ClientField::Funding`] too.
    Field(ClientField),
    /// The BSN.
    Bsn,
    /// The document by which the identity was established.
    Identity,
    /// One planning.
    Planning(EntryId),
}

/// An open question about a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Which value.
    pub about: ConflictAbout,
    /// Two or more.
    pub answers: Vec<Answer>,
}

/// A recorded change of a planning, of the BSN (masked), or the choice between identity documents. Changes of fields and
/// of the funding are [`super::Earlier`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueChange {
    /// Which value.
    pub about: ConflictAbout,
    /// Id of the change.
    pub change: EntryId,
    /// The value that was replaced.
    pub from: AnswerValue,
    /// The value that replaced it.
    pub to: AnswerValue,
    /// The answers that were not chosen; empty when nothing was chosen.
    pub aside: Vec<AnswerValue>,
    /// It took a choice back: the question was asked again.
    pub is_asked_again: bool,
    /// Nothing followed on it, so it can be taken back.
    pub can_undo: bool,
    /// When, ms since the epoch, UTC.
    pub changed_at: i64,
    /// Who.
    pub author: String,
}

/// An open question about the caregiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileConflict {
    /// Which part of the form.
    pub field: ProfileField,
    /// Two or more.
    pub answers: Vec<Answer>,
}
