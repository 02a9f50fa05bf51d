//! Signed visits, with the corrected text in place and every earlier text beside it (A11).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::{Date, Time};

use crate::calendar::span::{Stamped, visit_span_stamped};
use crate::calendar::{parse_rfc3339, rfc3339_at};
use crate::document::code::{Code, visit_field};
use crate::document::layout::{
    self, ACTION, ADDITION, AUTHOR, BEGIN, CONTACT, CORRECTION, DONE, END, EXPERIENCE, FACTS,
    FIELD, IS_CLIENT_REQUEST, IS_IDENTITY_DEFERRED, MEASUREMENT, PERFORMER, PERFORMER_AGB, REASON,
    RECORDED_AT, RESULT, TEXT, VISIT,
};
use crate::document::value::Entry;
use crate::document::{Document, Kind};
use crate::edit::{ContactKind, MeasurementKind, VisitField};
use crate::id::EntryId;
use crate::value::measurement::Amount;
use crate::value::time::parse_time;
use crate::view::{AdditionView, CorrectionView, LastVisit, VisitRow, VisitView};

use super::conflict::device_of;

/// Most characters of the first words in a list.
const EXCERPT_CHARS: usize = 90;

/// The visits of a journal, newest first, and the ids of those that cannot be read.
#[must_use]
pub fn visits(journal: &Document) -> (Vec<VisitRow>, Vec<EntryId>) {
    newest_visits(journal, usize::MAX)
}

/// The `count` visits of a journal that began last, newest first, and the ids of those met that cannot be read.
///
/// Of the others only the begin is looked at.
#[must_use]
pub fn newest_visits(journal: &Document, count: usize) -> (Vec<VisitRow>, Vec<EntryId>) {
    let year = match journal.kind() {
        Some(Kind::Journal { year }) => year,
        _ => 0,
    };
    let mut amendments = Amendments::read(journal);
    let mut damaged = Vec::new();
    let mut found = Vec::new();
    for (id, entry, has_others) in signed(journal) {
        let of_visit = amendments.take(id);
        match begin_of(journal, id, &entry, &of_visit) {
            Some(begin_at) => found.push((begin_at, id, entry, has_others, of_visit)),
            None => damaged.push(id),
        }
    }
    found.sort_unstable_by_key(|(begin_at, id, ..)| Reverse((*begin_at, *id)));
    let mut rows = Vec::new();
    for (_, id, entry, has_others, of_visit) in found {
        if rows.len() == count {
            break;
        }
        match view(journal, id, &entry, has_others, of_visit) {
            Some(view) => rows.push(row(year, &view)),
            None => damaged.push(id),
        }
    }
    (rows, damaged)
}

/// When a visit began, after its corrections, in ms; `None` when that cannot be read.
fn begin_of(journal: &Document, id: EntryId, entry: &Entry, of_visit: &OfVisit) -> Option<i64> {
    if of_visit.has_times() {
        return view(journal, id, entry, false, of_visit.clone()).map(|view| view.begin_at);
    }
    parse_rfc3339(&entry.text(BEGIN)).ok().map(|at| at.ms)
}

/// One signed visit; `None` when the journal does not hold it or it cannot be read.
#[must_use]
pub fn visit(journal: &Document, id: EntryId) -> Option<VisitView> {
    let entry = first_signed(journal, id)?;
    view(journal, id, &entry, true, Amendments::read_of(journal, id))
}

/// Actions of the visit of this journal that began last.
#[must_use]
pub fn last_visit(journal: &Document) -> Option<LastVisit> {
    let (id, _) = summary(journal).newest?;
    let view = visit(journal, id)?;
    let lines = view
        .done
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned);
    Some(LastVisit {
        date: date_part(&view.begin_local).to_owned(),
        actions: view.actions.iter().cloned().chain(lines).collect(),
    })
}

/// What a row of the client list needs of a whole journal.
pub(crate) struct Summary {
    /// Id and begin of the visit that began last.
    pub(crate) newest: Option<(EntryId, i64)>,
    /// When the newest entry was signed.
    pub(crate) recorded_at: Option<i64>,
    /// Every visit that can be read.
    pub(crate) visits: Vec<(EntryId, Entry)>,
}

/// Reads a journal once, without building views.
pub(crate) fn summary(journal: &Document) -> Summary {
    let mut amendments = Amendments::read(journal);
    let mut summary = Summary {
        newest: None,
        recorded_at: amendments.recorded_at(),
        visits: Vec::new(),
    };
    for (id, entry, _) in signed(journal) {
        let of_visit = amendments.take(id);
        let Some(begin) = begin_of(journal, id, &entry, &of_visit) else {
            continue;
        };
        if summary
            .newest
            .is_none_or(|(known, at)| (at, known) < (begin, id))
        {
            summary.newest = Some((id, begin));
        }
        summary.recorded_at = summary.recorded_at.max(entry.int(RECORDED_AT));
        summary.visits.push((id, entry));
    }
    summary
}

/// Every visit entry with its id and whether concurrent ones stand under the same id: then it is the first.
fn signed(journal: &Document) -> impl Iterator<Item = (EntryId, Entry, bool)> {
    let entries = journal.keyed_entries(VISIT);
    entries.filter_map(|(id, entry, has_others)| {
        let id = id.parse().ok()?;
        let first = has_others.then(|| first_signed(journal, id)).flatten();
        Some((id, first.unwrap_or(entry), has_others))
    })
}

/// The entry of a visit; of those that several devices signed the one that was signed first and can be read.
fn first_signed(journal: &Document, id: EntryId) -> Option<Entry> {
    let all = journal.all_entries(&layout::entry_key(VISIT, id));
    all.into_iter().min_by_key(|entry| {
        let is_damaged = as_signed(id, entry).is_none();
        (is_damaged, entry.int(RECORDED_AT), entry.clone())
    })
}

/// Corrections and additions by visit.
#[derive(Debug, Default)]
struct Amendments {
    corrections: BTreeMap<EntryId, Vec<(EntryId, Entry)>>,
    additions: BTreeMap<EntryId, Vec<(EntryId, Entry)>>,
}

/// Those of one visit, oldest first.
#[derive(Clone, Debug, Default)]
struct OfVisit {
    corrections: Vec<(EntryId, Entry)>,
    additions: Vec<(EntryId, Entry)>,
}

impl OfVisit {
    fn has_times(&self) -> bool {
        self.corrections.iter().any(|(_, entry)| {
            matches!(
                visit_field(&entry.text(FIELD)),
                Some(VisitField::Date | VisitField::Begin | VisitField::End)
            )
        })
    }
}

impl Amendments {
    fn read(journal: &Document) -> Self {
        Self {
            corrections: by_visit(journal, CORRECTION),
            additions: by_visit(journal, ADDITION),
        }
    }

    fn read_of(journal: &Document, visit: EntryId) -> OfVisit {
        let one = |prefix| layout::entries(journal, &format!("{prefix}{visit}/"));
        OfVisit {
            corrections: oldest_first(one(CORRECTION)),
            additions: oldest_first(one(ADDITION)),
        }
    }

    fn recorded_at(&self) -> Option<i64> {
        let all = self
            .corrections
            .values()
            .chain(self.additions.values())
            .flatten();
        all.filter_map(|(_, entry)| entry.int(RECORDED_AT)).max()
    }

    fn take(&mut self, visit: EntryId) -> OfVisit {
        OfVisit {
            corrections: oldest_first(self.corrections.remove(&visit).unwrap_or_default()),
            additions: oldest_first(self.additions.remove(&visit).unwrap_or_default()),
        }
    }
}

fn by_visit(journal: &Document, prefix: &str) -> BTreeMap<EntryId, Vec<(EntryId, Entry)>> {
    let mut found: BTreeMap<EntryId, Vec<(EntryId, Entry)>> = BTreeMap::new();
    for (key, entry) in journal.entries(prefix) {
        if let Some((visit, id)) = key.split_once('/')
            && let (Ok(visit), Ok(id)) = (visit.parse(), id.parse())
        {
            found.entry(visit).or_default().push((id, entry));
        }
    }
    found
}

fn oldest_first(mut entries: Vec<(EntryId, Entry)>) -> Vec<(EntryId, Entry)> {
    entries.sort_unstable_by_key(|(id, entry)| (entry.int(RECORDED_AT), *id));
    entries
}

fn view(
    journal: &Document,
    id: EntryId,
    entry: &Entry,
    has_others: bool,
    amendments: OfVisit,
) -> Option<VisitView> {
    let mut view = as_signed(id, entry)?;
    for (id, entry) in &amendments.corrections {
        apply_correction(&mut view, *id, entry);
    }
    view.additions = amendments
        .additions
        .iter()
        .map(|(id, entry)| addition(*id, entry))
        .collect();
    if has_others {
        let mut others = journal.all_entries(&layout::entry_key(VISIT, id));
        others.sort_unstable();
        let mut late: Vec<AdditionView> = others
            .iter()
            .filter_map(|other| concurrent(entry, other, id))
            .collect();
        late.dedup_by(|one, other| (&one.text, one.contact) == (&other.text, other.contact));
        view.additions.extend(late);
        view.additions
            .sort_unstable_by_key(|addition| (addition.recorded_at, addition.id));
    }
    Some(view)
}

fn as_signed(id: EntryId, entry: &Entry) -> Option<VisitView> {
    let (begin_local, end_local) = (entry.text(BEGIN), entry.text(END));
    let mut measurements = Vec::new();
    for kind in MeasurementKind::ALL.iter().copied() {
        if let Some(value) = entry.find_text(&format!("{MEASUREMENT}{}", kind.code())) {
            measurements.push((kind, shown(VisitField::Measurement(kind), &value)));
        }
    }
    Some(VisitView {
        id,
        contact: ContactKind::from_code(&entry.text(CONTACT)).unwrap_or_default(),
        begin_at: parse_rfc3339(&begin_local).ok()?.ms,
        end_at: parse_rfc3339(&end_local).ok()?.ms,
        begin_local,
        end_local,
        recorded_at: entry.int(RECORDED_AT)?,
        performer: entry.text(PERFORMER),
        performer_agb: entry.find_text(PERFORMER_AGB),
        signed_by: entry.text(AUTHOR),
        actions: entry
            .texts(ACTION)
            .map(|(_, action)| action.to_owned())
            .collect(),
        done: entry.text(DONE),
        result: entry.text(RESULT),
        facts: entry.text(FACTS),
        experience: entry.text(EXPERIENCE),
        measurements,
        corrections: Vec::new(),
        additions: Vec::new(),
        is_identity_deferred: entry.flag(IS_IDENTITY_DEFERRED),
    })
}

fn addition(id: EntryId, entry: &Entry) -> AdditionView {
    AdditionView {
        id,
        text: entry.text(TEXT),
        recorded_at: entry.int(RECORDED_AT).unwrap_or_default(),
        author: entry.text(AUTHOR),
        device: device_of(entry),
        is_also_signed: false,
        contact: None,
        signed: None,
    }
}

/// The same draft signed on two devices: what the later one says differently stands as an addition.
fn concurrent(chosen: &Entry, other: &Entry, id: EntryId) -> Option<AdditionView> {
    let device = device_of(other);
    let (chosen, other) = (as_signed(id, chosen)?, as_signed(id, other)?);
    let text = written(&other);
    let contact = (other.contact != chosen.contact).then_some(other.contact);
    (contact.is_some() || text != written(&chosen)).then_some(AdditionView {
        id,
        text,
        recorded_at: other.recorded_at,
        author: other.signed_by.clone(),
        device,
        is_also_signed: true,
        contact,
        signed: Some(Box::new(other)),
    })
}

/// Everything a person wrote in a visit, one part per line.
fn written(view: &VisitView) -> String {
    let times = [&view.begin_local, &view.end_local, &view.performer];
    let texts = [&view.done, &view.result, &view.facts, &view.experience];
    let amounts = view.measurements.iter().map(|(_, value)| value);
    let all = times
        .into_iter()
        .chain(&view.actions)
        .chain(texts)
        .chain(amounts)
        .filter(|text| !text.is_empty());
    all.cloned().collect::<Vec<String>>().join("\n")
}

fn apply_correction(view: &mut VisitView, id: EntryId, entry: &Entry) {
    let Some(field) = visit_field(&entry.text(FIELD)) else {
        return;
    };
    let text = shown(field, &entry.text(TEXT));
    let correction = CorrectionView {
        id,
        field,
        earlier: field_text(view, field),
        text: text.clone(),
        reason: entry.text(REASON),
        is_client_request: entry.flag(IS_CLIENT_REQUEST),
        recorded_at: entry.int(RECORDED_AT).unwrap_or_default(),
        author: entry.text(AUTHOR),
    };
    set_text(view, field, text);
    view.corrections.push(correction);
}

/// A stored text as it is shown: measurements with a decimal comma.
pub(crate) fn shown(field: VisitField, stored: &str) -> String {
    match field {
        VisitField::Measurement(_) => {
            Amount::from_stored(stored).map_or(stored.to_owned(), |amount| amount.to_string())
        }
        _ => stored.to_owned(),
    }
}

/// What stands in a field now. What was done is the ticked rows and the own words together.
pub(crate) fn field_text(view: &VisitView, field: VisitField) -> String {
    match field {
        VisitField::Contact => view.contact.code().to_owned(),
        VisitField::Date => date_part(&view.begin_local).to_owned(),
        VisitField::Begin => time_part(&view.begin_local).to_owned(),
        VisitField::End => time_part(&view.end_local).to_owned(),
        VisitField::Done => {
            let own = std::iter::once(&view.done).filter(|text| !text.is_empty());
            view.actions
                .iter()
                .chain(own)
                .cloned()
                .collect::<Vec<String>>()
                .join("\n")
        }
        VisitField::Result => view.result.clone(),
        VisitField::Facts => view.facts.clone(),
        VisitField::Experience => view.experience.clone(),
        VisitField::SubstituteName => view.performer.clone(),
        VisitField::SubstituteAgb => view.performer_agb.clone().unwrap_or_default(),
        VisitField::Measurement(kind) => view
            .measurements
            .iter()
            .find(|(found, _)| *found == kind)
            .map(|(_, value)| value.clone())
            .unwrap_or_default(),
    }
}

fn set_text(view: &mut VisitView, field: VisitField, text: String) {
    match field {
        VisitField::Contact => {}
        VisitField::Date | VisitField::Begin | VisitField::End => set_time(view, field, &text),
        VisitField::Done => {
            view.actions.clear();
            view.done = text;
        }
        VisitField::Result => view.result = text,
        VisitField::Facts => view.facts = text,
        VisitField::Experience => view.experience = text,
        VisitField::SubstituteName => view.performer = text,
        VisitField::SubstituteAgb => {
            view.performer_agb = Some(text).filter(|code| !code.is_empty())
        }
        VisitField::Measurement(kind) => {
            view.measurements.retain(|(found, _)| *found != kind);
            if !text.is_empty() {
                view.measurements.push((kind, text));
                view.measurements.sort_unstable_by_key(|(kind, _)| *kind);
            }
        }
    }
}

fn set_time(view: &mut VisitView, field: VisitField, text: &str) {
    let Some((date, begin, end, stamped)) = with_time(view, field, text) else {
        return;
    };
    let Ok(span) = visit_span_stamped(date, begin, end, stamped) else {
        return;
    };
    let (Ok(begin_local), Ok(end_local)) = (rfc3339_at(span.begin()), rfc3339_at(span.end()))
    else {
        return;
    };
    (view.begin_at, view.end_at) = (span.begin_ms, span.end_ms);
    (view.begin_local, view.end_local) = (begin_local, end_local);
}

/// Date, begin and end with one of them replaced by a stored text; the times that stay keep which of two equal
/// hours they meant.
pub(crate) fn with_time(
    view: &VisitView,
    field: VisitField,
    text: &str,
) -> Option<(Date, Time, Time, Stamped)> {
    let of = |wanted, now: &str| {
        if field == wanted {
            text.to_owned()
        } else {
            now.to_owned()
        }
    };
    let date = Date::from_str(&of(VisitField::Date, date_part(&view.begin_local))).ok()?;
    let begin = parse_time(&of(VisitField::Begin, time_part(&view.begin_local))).ok()?;
    let end = parse_time(&of(VisitField::End, time_part(&view.end_local))).ok()?;
    let stays = |other, local: &str| {
        let offset = parse_rfc3339(local).map(|instant| instant.offset_minutes);
        let is_kept = field != VisitField::Date && field != other;
        Stamped::second_time(offset.ok().filter(|_| is_kept))
    };
    let stamped = Stamped {
        begin_offset: stays(VisitField::Begin, &view.begin_local),
        end_offset: stays(VisitField::End, &view.end_local),
    };
    Some((date, begin, end, stamped))
}

/// Whether a visit ends on the day after its begin.
pub(crate) fn is_overnight(view: &VisitView) -> bool {
    date_part(&view.begin_local) != date_part(&view.end_local)
}

/// A measured value of a visit.
pub(crate) fn amount(view: &VisitView, kind: MeasurementKind) -> Option<Amount> {
    Amount::from_stored(&field_text(view, VisitField::Measurement(kind)))
}

fn row(year: u16, view: &VisitView) -> VisitRow {
    let count = view.corrections.len() + view.additions.len();
    VisitRow {
        id: view.id,
        year,
        contact: view.contact,
        date: date_part(&view.begin_local).to_owned(),
        begin: time_part(&view.begin_local).to_owned(),
        end: time_part(&view.end_local).to_owned(),
        excerpt: excerpt(&field_text(view, VisitField::Done)),
        performer: view.performer.clone(),
        amendment_count: u32::try_from(count).unwrap_or(u32::MAX),
    }
}

/// The first words on one line, cut between words.
pub(super) fn excerpt(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        let got = line.chars().count();
        if got > 0 && got + 1 + word.chars().count() > EXCERPT_CHARS {
            line.push('…');
            return line;
        }
        if got > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.chars().count() > EXCERPT_CHARS {
        line = line
            .chars()
            .take(EXCERPT_CHARS)
            .chain(std::iter::once('…'))
            .collect();
    }
    line
}

/// `2026-03-29` of `2026-03-29T07:00:00+02:00`.
fn date_part(local: &str) -> &str {
    local.get(..10).unwrap_or_default()
}

/// `07:00` of `2026-03-29T07:00:00+02:00`.
fn time_part(local: &str) -> &str {
    local.get(11..16).unwrap_or_default()
}
