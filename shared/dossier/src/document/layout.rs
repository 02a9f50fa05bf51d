//! Where everything stands in the documents: the keys of the root map and of entries. Frozen.

use crate::edit::ClientField;
use crate::id::EntryId;

use super::Document;
use super::code::Code;
use super::value::Entry;

/// Entries under random ids.
pub(crate) const VISIT: &str = "visit/";
pub(crate) const CORRECTION: &str = "correction/";
pub(crate) const ADDITION: &str = "addition/";
pub(crate) const CHANGE: &str = "change/";
pub(crate) const PLANNING: &str = "planning/";
pub(crate) const SKIP: &str = "skip/";
pub(crate) const ESTABLISHED: &str = "established/";
pub(crate) const DEFERRED: &str = "deferred/";

/// Registers of the dossier and of the journal.
pub(crate) const CLIENT: &str = "client";
pub(crate) const OPENED_AT: &str = "opened_at";
pub(crate) const CHANGED_AT: &str = "changed_at";
/// Register of the identity document.
pub(crate) const BSN: &str = "bsn";
/// Register of the identity document: id of the entry under [`ESTABLISHED`] that was written last.
pub(crate) const ESTABLISHED_BY: &str = "established_by";
/// Registers of the profile.
pub(crate) const NAME: &str = "name";
pub(crate) const PROFESSION: &str = "profession";
pub(crate) const AGB: &str = "agb";
pub(crate) const AGB_PRACTICE: &str = "agb_practice";
/// Registers of devices in the profile: prefix, number in the account, end.
pub(crate) const DEVICES: &str = "device.";
pub(crate) const DEVICE_NAME: &str = ".name";

/// Who wrote an entry, where and when; in every entry.
pub(crate) const AUTHOR: &str = "author";
pub(crate) const DEVICE: &str = "device";
pub(crate) const RECORDED_AT: &str = "recorded_at";

/// Fields of a visit. Its texts stand under the words of [`super::code::visit_field_code`].
pub(crate) const CONTACT: &str = "contact";
pub(crate) const BEGIN: &str = "begin";
pub(crate) const END: &str = "end";
pub(crate) const ACTION: &str = "action.";
pub(crate) const DONE: &str = "done";
pub(crate) const RESULT: &str = "result";
pub(crate) const FACTS: &str = "facts";
pub(crate) const EXPERIENCE: &str = "experience";
pub(crate) const MEASUREMENT: &str = "measurement.";
pub(crate) const PERFORMER: &str = "performer";
pub(crate) const PERFORMER_AGB: &str = "performer_agb";
pub(crate) const IS_SUBSTITUTE: &str = "is_substitute";
pub(crate) const PLANNED: &str = "planned";
pub(crate) const PLANNED_DATE: &str = "planned_date";
pub(crate) const IS_IDENTITY_DEFERRED: &str = "is_identity_deferred";

/// Fields of corrections, additions and changes.
pub(crate) const FIELD: &str = "field";
pub(crate) const TEXT: &str = "text";
pub(crate) const REASON: &str = "reason";
pub(crate) const IS_CLIENT_REQUEST: &str = "is_client_request";
pub(crate) const FROM: &str = "from";
pub(crate) const TO: &str = "to";
pub(crate) const UNDOES: &str = "undoes";
/// Answers of other devices that a change put aside besides `from`, numbered.
pub(crate) const OTHER: &str = "other.";

/// Fields of an established identity.
pub(crate) const DOCUMENT_KIND: &str = "document_kind";
pub(crate) const DOCUMENT_NUMBER: &str = "document_number";
pub(crate) const DATE: &str = "date";
pub(crate) const TIME: &str = "time";

/// Fields of a planning: one rule per date from which it holds, and the date after which none does.
pub(crate) const RULE: &str = "rule.";
pub(crate) const ENDED: &str = "ended";

/// The word of a planning in the history, and the register of all of it as one text ([`crate::project::plan`]).
pub(crate) fn planning_code(planning: EntryId) -> String {
    format!("{PLANNING_CODE}{planning}")
}

/// What [`planning_code`] begins with.
pub(crate) const PLANNING_CODE: &str = "planning.";

/// The register that names the line of the history whose answers are asked again, because it was undone.
pub(crate) fn reopened_key(code: &str) -> String {
    format!("reopened.{code}")
}

/// The register of a field of a client's data.
pub(crate) fn client_key(field: ClientField) -> String {
    let group = match field {
        ClientField::RequestedOn | ClientField::StartsOn | ClientField::Funding => "care",
        _ => "person",
    };
    format!("{group}.{}", field.code())
}

/// The register of a device's name.
pub(crate) fn device_key(device: u16) -> String {
    format!("{DEVICES}{device}{DEVICE_NAME}")
}

/// The key of an entry.
pub(crate) fn entry_key(prefix: &str, id: EntryId) -> String {
    format!("{prefix}{id}")
}

/// The key of a correction or addition of a visit.
pub(crate) fn amendment_key(prefix: &str, visit: EntryId, id: EntryId) -> String {
    format!("{prefix}{visit}/{id}")
}

/// The register that says whether a planned visit is skipped.
pub(crate) fn skip_key(planning: EntryId, date: &str) -> String {
    format!("{SKIP}{planning}/{date}")
}

/// Entries under ids; keys that hold no id are of a later version and left out.
pub(crate) fn entries(document: &Document, prefix: &str) -> Vec<(EntryId, Entry)> {
    let found = document.entries(prefix).into_iter();
    found
        .filter_map(|(id, entry)| Some((id.parse().ok()?, entry)))
        .collect()
}
