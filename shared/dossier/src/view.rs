//! What pages see: plain values, no Automerge types. Text is ready to show except for words (Dutch is the app's).
//!
//! Times are ms since the epoch, UTC, beside local text where the offset of that moment matters.
//! Dates are local `yyyy-mm-dd`; partly known birth dates are `yyyy`, `yyyy-mm` or `yyyy-mm-dd`.

use serde::{Deserialize, Serialize};

use crate::edit::{
    CareKind, ClientField, ContactKind, DocumentKind, Funding, MeasurementKind, Profession,
    VisitField, VisitInput,
};
use crate::id::{ClientId, EntryId};

mod conflict;

pub use conflict::{
    Answer, AnswerValue, Conflict, ConflictAbout, FundingValue, IdentityValue, PlanningValue,
    ProfileConflict, ValueChange,
};

/// The caregiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileView {
    /// Name.
    pub name: String,
    /// Profession.
    pub profession: Profession,
    /// AGB code of the person, 8 digits.
    pub agb: Option<String>,
    /// AGB code of the practice, 8 digits.
    pub agb_practice: Option<String>,
    /// Parts on which two devices disagree, in the order of the form; empty = none.
    pub conflicts: Vec<ProfileConflict>,
}

/// One row of the client list; also the sealed summary that makes lists fast.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClientRow {
    /// Who.
    pub id: ClientId,
    /// First name.
    pub first_name: String,
    /// Infix, may be empty.
    pub infix: String,
    /// Last name.
    pub last_name: String,
    /// Birth date, may be partly known.
    pub birth_date: String,
    /// Street and number, may be empty.
    pub street: String,
    /// Postcode `1234 AB`, may be empty.
    pub postcode: String,
    /// Place, may be empty.
    pub place: String,
    /// Phone in E.164, may be empty.
    pub phone: String,
    /// A BSN must be held and the identity is not established (B8).
    pub is_identity_missing: bool,
    /// Why establishing was put off (acute care), if it was.
    pub identity_deferred: Option<String>,
    /// Begin of the last signed visit.
    pub last_visit_at: Option<i64>,
    /// When the dossier was opened or last written.
    pub changed_at: i64,
    /// The same without what stands in journals; rows kept by earlier versions have none.
    #[serde(default)]
    pub core_changed_at: Option<i64>,
    /// Visits planned on fixed weekdays.
    pub planning: Vec<PlanningView>,
    /// Signed visits that answer a planned one in the last days: (planning, date, visit).
    pub answered: Vec<(EntryId, String, EntryId)>,
    /// Values on which two devices disagree (**2 antwoorden**); rows kept by earlier versions have none.
    #[serde(default)]
    pub conflict_count: u32,
}

impl ClientRow {
    /// Whether two devices disagree on a value of this client (**2 antwoorden**).
    #[must_use]
    pub fn has_conflict(&self) -> bool {
        self.conflict_count > 0
    }
}

/// A result of searching clients.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClientHit {
    /// The client.
    pub row: ClientRow,
    /// Which field matched, when it is not the name.
    pub why: Option<ClientField>,
}

/// One planning of a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlanningView {
    /// Id.
    pub id: EntryId,
    /// 1 = Monday … 7 = Sunday.
    pub weekdays: Vec<u8>,
    /// `hh:mm`.
    pub time: String,
    /// Duration in minutes.
    pub minutes: u16,
    /// First date.
    pub from: String,
    /// Last date, if any.
    pub until: Option<String>,
    /// Dates skipped once.
    pub skipped: Vec<String>,
}

/// Vandaag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayView {
    /// Local date.
    pub date: String,
    /// Visits of today by time.
    pub visits: Vec<TodayVisit>,
    /// Drafts of this device, newest first; see [`DraftRow::standing`].
    pub drafts: Vec<DraftRow>,
    /// Drafts that stand on other devices, newest first.
    pub elsewhere: Vec<DraftRow>,
    /// Things to complete.
    pub tasks: Vec<Task>,
    /// Whether any client exists (for the empty state).
    pub has_clients: bool,
}

/// One planned visit of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayVisit {
    /// The client.
    pub client: ClientRow,
    /// Which planning.
    pub planning: EntryId,
    /// `hh:mm`.
    pub time: String,
    /// Minutes.
    pub minutes: u16,
    /// What has become of it.
    pub state: TodayState,
}

/// What has become of a planned visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TodayState {
    /// Not begun.
    Planned,
    /// A draft stands in this slot.
    Draft(u8),
    /// Signed.
    Signed(EntryId),
    /// Skipped today.
    Skipped,
}

/// One open draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftRow {
    /// Slot.
    pub slot: u8,
    /// The client.
    pub client: ClientId,
    /// Full name of the client.
    pub client_name: String,
    /// Id the visit will have.
    pub visit: EntryId,
    /// Date as typed.
    pub date: String,
    /// Begin as typed.
    pub begin: String,
    /// First words of what was done.
    pub excerpt: String,
    /// When it was last saved, by the clock of the device it stands on.
    pub saved_at: i64,
    /// Index of the device on which it stands; `None` = this one.
    pub device: Option<u16>,
    /// What has become of it.
    pub standing: DraftStanding,
    /// The planned visit it answers, with its local date.
    pub planned: Option<(EntryId, String)>,
}

/// What has become of an open draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftStanding {
    /// To be finished and signed.
    Open,
    /// Another device went on from exactly this text: its own text is the newer one.
    WentOn {
        /// Index of that device; `None` = this one.
        device: Option<u16>,
    },
    /// Two devices wrote in one visit, each something else: both texts are shown.
    Beside,
    /// The visit is signed, and this text holds something that does not stand in it (**Later geschreven op**).
    Late {
        /// Year of the journal that holds the visit.
        year: u16,
    },
}

/// The text of a draft of one visit, to be shown beside another draft of it or under the signed visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftText {
    /// Where it stands, and what has become of it.
    pub row: DraftRow,
    /// The form as it stands there.
    pub input: Box<VisitInput>,
    /// What stands in it and not in the signed visit, to become an addition; while that is not signed what stands in it
    /// and not in the draft of this device. Of texts only the lines that are new; in the order of the form.
    pub parts: Vec<(VisitField, String)>,
}

/// Something to complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// **Identiteit vaststellen: naam** (B8).
    EstablishIdentity {
        /// Whose.
        client: ClientId,
        /// Full name.
        client_name: String,
        /// Reason for putting it off.
        reason: Option<String>,
    },
}

/// Earlier value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Id of the change that replaced it.
    pub change: EntryId,
    /// The value that was replaced; for funding the codes joined by `,`.
    pub value: String,
    /// Answers of other devices that were put aside by choosing, besides `value`.
    pub others: Vec<String>,
    /// The value that replaced it.
    pub to: String,
    /// When it was replaced.
    pub changed_at: i64,
    /// Who replaced it.
    pub author: String,
    /// Index of the device on which it was replaced, if that is known.
    pub device: Option<u16>,
}

/// A field with its earlier values, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Which.
    pub field: ClientField,
    /// Value, may be empty; in the display form of the domain (phone 06-…, postcode `1234 AB`, dates ISO).
    pub value: String,
    /// Every answer, the shown one too, when two devices disagree; the same order on every device. Empty = no conflict.
    pub answers: Vec<Answer>,
    /// Earlier values.
    pub earlier: Vec<Earlier>,
}

/// A client's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientView {
    /// Summary.
    pub row: ClientRow,
    /// The data with **Wijzig** per row.
    pub fields: Vec<FieldView>,
    /// Who pays.
    pub funding: Vec<Funding>,
    /// Paid through a personal budget.
    pub is_personal_budget: bool,
    /// Kinds of care.
    pub care_kinds: Vec<CareKind>,
    /// Earlier funding.
    pub funding_earlier: Vec<Earlier>,
    /// Changes of the plannings, the BSN and the identity document, newest first.
    pub other_changes: Vec<ValueChange>,
    /// Whether a BSN must (true) or may not (false) be held.
    pub needs_bsn: bool,
    /// Whether free text is scanned for a BSN (B9): no funding needs one.
    pub bsn_masked: Option<String>,
    /// How the identity was established.
    pub identity: Option<IdentityView>,
    /// When the dossier was opened (B1).
    pub opened_at: i64,
    /// Years that hold signed visits, newest first.
    pub years: Vec<u16>,
    /// Care plan deadline: request date + 42 days (A22), local date.
    pub plan_deadline: Option<String>,
    /// Parts that cannot be read (**Niet leesbaar**), number of stored pieces.
    pub unreadable_count: u32,
    /// Everything on which two devices disagree, in the order of the page; the same on every device.
    pub conflicts: Vec<Conflict>,
}

impl ClientView {
    /// The answers of one value; empty = no conflict.
    #[must_use]
    pub fn answers(&self, about: ConflictAbout) -> &[Answer] {
        let found = self.conflicts.iter().find(|of| of.about == about);
        found.map(|of| of.answers.as_slice()).unwrap_or_default()
    }
}

/// How and when the identity was established (B8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityView {
    /// Kind of document.
    pub document_kind: DocumentKind,
    /// Number as on the document.
    pub document_number: String,
    /// Local date.
    pub date: String,
    /// Local time.
    pub time: String,
    /// By whom.
    pub author: String,
}

/// The visits of one client in one year, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitsView {
    /// Calendar year.
    pub year: u16,
    /// Years that hold visits, newest first.
    pub years: Vec<u16>,
    /// Rows, newest first.
    pub rows: Vec<VisitRow>,
}

/// One signed visit in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VisitRow {
    /// Id.
    pub id: EntryId,
    /// Year of the journal it stands in.
    pub year: u16,
    /// Kind.
    pub contact: ContactKind,
    /// Local date of the begin.
    pub date: String,
    /// Local `hh:mm`.
    pub begin: String,
    /// Local `hh:mm`.
    pub end: String,
    /// First words of what was done.
    pub excerpt: String,
    /// Who did it.
    pub performer: String,
    /// Corrections and additions.
    pub amendment_count: u32,
}

/// One signed visit, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitView {
    /// Id.
    pub id: EntryId,
    /// Kind.
    pub contact: ContactKind,
    /// Begin, ms since the epoch, UTC.
    pub begin_at: i64,
    /// End, ms since the epoch, UTC.
    pub end_at: i64,
    /// RFC 3339 local time with offset of the begin and the end, as signed.
    pub begin_local: String,
    /// See `begin_local`.
    pub end_local: String,
    /// When it was recorded (signed), ms since the epoch, UTC (B12).
    pub recorded_at: i64,
    /// Who did it: a snapshot of the profile at signing (B11).
    pub performer: String,
    /// AGB code of the performer.
    pub performer_agb: Option<String>,
    /// Who signed, when someone else did the visit.
    pub signed_by: String,
    /// What was done, one per row.
    pub actions: Vec<String>,
    /// What was done, own words.
    pub done: String,
    /// Result (B19).
    pub result: String,
    /// Facts (B13).
    pub facts: String,
    /// Experience (B20).
    pub experience: String,
    /// Measurements: kind and value with a decimal comma.
    pub measurements: Vec<(MeasurementKind, String)>,
    /// Corrections, oldest first; the fields above show the corrected text.
    pub corrections: Vec<CorrectionView>,
    /// Additions, oldest first.
    pub additions: Vec<AdditionView>,
    /// True when acute care let it be signed without identification (B8).
    pub is_identity_deferred: bool,
}

/// A signed correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionView {
    /// Id.
    pub id: EntryId,
    /// Which field.
    pub field: VisitField,
    /// Text before.
    pub earlier: String,
    /// Text after.
    pub text: String,
    /// Why.
    pub reason: String,
    /// At the client's request (A16).
    pub is_client_request: bool,
    /// When signed.
    pub recorded_at: i64,
    /// By whom.
    pub author: String,
}

/// A signed addition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdditionView {
    /// Id.
    pub id: EntryId,
    /// Text.
    pub text: String,
    /// When signed.
    pub recorded_at: i64,
    /// By whom.
    pub author: String,
    /// Index of the device on which it was signed, if that is known.
    pub device: Option<u16>,
    /// The same visit was signed on that device too, later and with other content: this is what it says there
    /// (**Later geschreven op**). Its id is that of the visit.
    pub is_also_signed: bool,
    /// Kind of contact where it is another one there.
    pub contact: Option<ContactKind>,
    /// All that it says there, part by part; `None` for an addition.
    pub signed: Option<Box<VisitView>>,
}

/// What a new visit may take over (**Zelfde als vorige keer**): actions only, never times, results or observations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastVisit {
    /// Local date of that visit.
    pub date: String,
    /// Its actions: ticked rows, then each line of the free text.
    pub actions: Vec<String>,
}
