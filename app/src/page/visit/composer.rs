//! What can be done with a draft: stamp, take over, sign, throw away. It is saved by itself meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dossier::apply::held_fields;
use dossier::calendar;
use dossier::draft::DraftBody;
use dossier::edit::{Edit, VisitField, VisitInput};
use dossier::id::{ClientId, EntryId};
use dossier::problem::Field;
use dossier::project;
use dossier::value::date::parse_date;
use dossier::value::time::{parse_time, show_time};
use dossier::view::DraftStanding;
use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::focus;
use super::open::Opened;
use super::sheet::{Sheet, Stamp, id_of};
use super::start::is_blank;
use crate::page::autosave::{Autosave, SaveState};
use crate::page::identity::stamp;
use crate::page::route;
use crate::page::session::{Rejected, Session, use_session};
use crate::platform::{clock, dom};
use crate::words;

/// Id of **Nu klaar**, which takes the keyboard when **Start bezoek** has done its work and is gone.
pub(super) const READY: &str = "ready";

const MS_PER_MINUTE: i64 = 60_000;

/// One draft at work.
#[derive(Clone, Copy)]
pub(super) struct Composer {
    pub(super) sheet: Sheet,
    pub(super) client: ClientId,
    pub(super) visit: EntryId,
    /// Local date of the visit whose actions were taken over; `Some(None)` = there was none.
    pub(super) taken_from: RwSignal<Option<Option<String>>>,
    /// Why the last thing that was pressed did not work.
    pub(super) failure: RwSignal<Option<Failure>>,
    session: Session,
    held: Memo<Vec<VisitField>>,
    autosave: Autosave,
    is_left_blank: StoredValue<Arc<AtomicBool>>,
}

impl Composer {
    /// Takes up this draft. Left without a word, it is thrown away.
    pub(super) fn new(opened: &Opened) -> Self {
        let session = use_session();
        let (client, visit, slot) = (opened.client.row.id, opened.visit, opened.slot);
        let needs_bsn = opened.client.needs_bsn;
        let sheet = Sheet::new(opened.input.clone());
        let body = move || {
            Some(DraftBody::Visit {
                client,
                visit,
                input: Box::new(sheet.input()),
            })
        };
        let autosave = Autosave::new(session, Some(slot), body);
        let is_left_blank = Arc::new(AtomicBool::new(is_blank(&opened.input)));
        let blank = is_left_blank.clone();
        Effect::new(move |_| blank.store(is_blank(&sheet.input()), Ordering::Relaxed));
        let blank = is_left_blank.clone();
        on_cleanup(move || {
            if blank.load(Ordering::Relaxed) {
                session.spawn(async move {
                    if session.ask(Command::DeleteDraft { slot }).await.is_ok() {
                        session.note_write();
                    }
                });
            }
        });
        Self {
            sheet,
            client,
            visit,
            taken_from: RwSignal::new(None),
            failure: RwSignal::new(None),
            session,
            held: Memo::new(move |_| held_fields(&sheet.input(), needs_bsn)),
            autosave,
            is_left_blank: StoredValue::new(is_left_blank),
        }
    }

    /// Where the work stands.
    pub(super) fn save_state(self) -> Signal<SaveState> {
        self.autosave.state()
    }

    /// Saves without waiting.
    pub(super) fn save_soon(self) {
        self.autosave.flush_soon();
    }

    /// Whether this field holds what looks like a BSN where none may be held (B9).
    pub(super) fn is_held(self, field: VisitField) -> Signal<bool> {
        let held = self.held;
        Signal::derive(move || held.read().contains(&field))
    }

    /// **Start bezoek**: date and begin are now.
    pub(super) fn stamp_begin(self) {
        let (date, time) = stamp();
        let offset_minutes = offset_now();
        self.sheet.stamp_begin(Stamp {
            date,
            time,
            offset_minutes,
        });
        for field in [VisitField::Date, VisitField::Begin] {
            self.sheet.form.errors().set(&id_of(field), None);
        }
        request_animation_frame(|| dom::focus(READY));
    }

    /// **Nu klaar**: the end is now. A visit of an earlier day asks for its end instead.
    pub(super) fn stamp_end(self) {
        if self.fill_end() {
            self.sheet.form.errors().set(&id_of(VisitField::End), None);
        } else {
            dom::focus_field(&id_of(VisitField::End));
        }
    }

    /// **Geen bijzonderheden**: never in place of what was typed.
    pub(super) fn write_no_remarks(self) {
        let sentence = words::visit::no_remarks_text();
        self.sheet.result.update(|result| {
            if result.trim().is_empty() {
                sentence.clone_into(result);
            } else if !result.contains(sentence) {
                *result = format!("{}\n{sentence}", result.trim_end());
            }
        });
        self.sheet
            .form
            .errors()
            .set(&id_of(VisitField::Result), None);
    }

    /// **Zelfde als vorige keer**: the actions, never times, results or observations.
    pub(super) fn take_over(self) {
        self.session.spawn(async move {
            let client = self.client;
            match self.session.ask(Command::LastVisit { client }).await {
                Ok(Reply::LastVisit(Some(last))) if !self.taken_from.is_disposed() => {
                    self.sheet.tick(&last.actions);
                    self.taken_from.set(Some(Some(last.date)));
                }
                Ok(_) => {
                    self.taken_from.try_set(Some(None));
                }
                Err(failure) => {
                    self.failure.try_set(Some(failure));
                }
            }
        });
    }

    /// **Bezoek ondertekenen**. Pressing twice signs once; an empty end is now.
    pub(super) fn sign(self) {
        let form = self.sheet.form;
        if form.busy().get_untracked() {
            return;
        }
        form.set_busy(true);
        self.failure.set(None);
        let is_end_stamped = self.sheet.end.read_untracked().trim().is_empty() && self.fill_end();
        self.session.spawn(async move {
            let slot = self.autosave.pause().await;
            let input = untrack(|| self.sheet.input());
            let year = year_of(&input.date);
            let (client, visit) = (self.client, self.visit);
            let edit = Edit::SignVisit {
                client,
                visit,
                input: Box::new(input),
            };
            let rejected = match self.session.edit(edit, slot).await {
                Ok(_) => {
                    self.finish();
                    self.session.say_done(words::visit::signed());
                    self.leave(&route::visit(client, year, visit));
                    return;
                }
                Err(rejected) => rejected,
            };
            if self.failure.is_disposed() {
                return;
            }
            self.autosave.resume();
            form.set_busy(false);
            match rejected {
                Rejected::Problems(problems) => {
                    let end = Field::Visit(VisitField::End);
                    if is_end_stamped && !problems.iter().any(|problem| problem.field == end) {
                        self.sheet.end.set(String::new());
                    }
                    form.show(&problems);
                }
                Rejected::Failed(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// **Concept verwijderen**, then to the client.
    pub(super) fn discard(self) {
        self.session.spawn(async move {
            match self.autosave.discard().await {
                Ok(()) => {
                    self.finish();
                    self.session.say_done(words::visit::discarded());
                    self.leave(&route::client(self.client));
                }
                Err(failure) => {
                    self.autosave.resume();
                    self.failure.try_set(Some(failure));
                }
            }
        });
    }

    /// **Tekst overnemen**: adds what another device wrote in this visit. What stands here stays, unless the other went on
    /// from exactly this text; answers whether it was done.
    pub(super) async fn join(self, device: u16, slot: u8) -> bool {
        self.failure.set(None);
        self.autosave.pause().await;
        let joined = self.join_paused(device, slot).await;
        if self.failure.is_disposed() {
            return false;
        }
        let outcome = match joined {
            Ok(input) => {
                self.sheet.take_in(&input);
                true
            }
            Err(failure) => {
                self.failure.set(Some(failure));
                false
            }
        };
        self.autosave.resume();
        outcome
    }

    async fn join_paused(self, device: u16, slot: u8) -> Result<VisitInput, Failure> {
        let visit = self.visit;
        let Reply::DraftTexts(texts) = self.session.ask(Command::DraftTexts { visit }).await?
        else {
            return Err(Failure::Internal);
        };
        let place = (Some(device), slot);
        let mut theirs = texts.iter();
        let theirs = theirs.find(|text| (text.row.device, text.row.slot) == place);
        let theirs = theirs.ok_or(Failure::NotFound)?;
        let mut own = texts.iter().filter(|text| text.row.device.is_none());
        let own = own.next().ok_or(Failure::NotFound)?;
        let went_on = DraftStanding::WentOn {
            device: Some(device),
        };
        let here = untrack(|| self.sheet.input());
        let (command, input) = if own.row.standing == went_on && *own.input == here {
            let whole = theirs.input.as_ref().clone();
            (Command::ContinueDraft { device, slot }, whole)
        } else {
            let (joined, _) = project::join_drafts(&here, &theirs.input);
            (Command::JoinDraft { device, slot }, joined)
        };
        self.session.ask(command).await?;
        // What was typed meanwhile stays.
        let typed = untrack(|| self.sheet.input());
        if typed == here {
            return Ok(input);
        }
        Ok(project::join_drafts(&typed, &theirs.input).0)
    }

    fn finish(self) {
        self.autosave.finish();
        self.is_left_blank
            .try_with_value(|blank| blank.store(false, Ordering::Relaxed));
        focus::forget();
    }

    /// Goes on, unless the person went somewhere else meanwhile.
    fn leave(self, path: &str) {
        if !self.failure.is_disposed() {
            self.session.go_instead(path);
        }
    }

    fn fill_end(self) -> bool {
        let now = self.end_now();
        let is_known = now.is_some();
        if let Some(now) = now {
            self.sheet.stamp_end(now, offset_now());
        }
        is_known
    }

    /// Now, as the end of this visit: only of one that began today, or yesterday less than a day ago.
    ///
    /// A visit of less than a minute ends in the next one, so that it has a length.
    fn end_now(self) -> Option<String> {
        let now_ms = clock::now_ms();
        let today = calendar::today(now_ms).ok()?;
        let now = clock_time(now_ms)?;
        let date = parse_date(&self.sheet.date.read_untracked(), today).ok()?;
        let begin = parse_time(&self.sheet.begin.read_untracked())
            .ok()
            .map(show_time);
        if date == today {
            return match begin {
                Some(begin) if begin == now && self.sheet.has_begun_at(offset_now()) => {
                    clock_time(now_ms.saturating_add(MS_PER_MINUTE))
                }
                _ => Some(now),
            };
        }
        let is_since_yesterday = date.tomorrow().is_ok_and(|next| next == today);
        (is_since_yesterday && begin.is_some_and(|begin| now < begin)).then_some(now)
    }
}

/// Minutes that the clock on the wall is ahead of UTC.
pub(super) fn offset_now() -> i16 {
    calendar::local(clock::now_ms()).map_or(0, |local| local.offset_minutes)
}

fn clock_time(ms: i64) -> Option<String> {
    let local = calendar::rfc3339(ms).ok()?;
    Some(words::date::time_of(&local).to_owned())
}

pub(super) fn year_of(date: &str) -> u16 {
    let today = calendar::today(clock::now_ms()).ok();
    let date = today.and_then(|today| parse_date(date, today).ok());
    date.and_then(|date| u16::try_from(date.year()).ok())
        .unwrap_or_default()
}
