//! A form that loses nothing: raw input beside its errors, kept as a draft, restored with the keyboard in the same field.
//!
//! A page makes one [`FormState`], takes a signal per control id, says which [`Field`] each id stands for, and puts
//! its fields in a [`FormArea`]. Values go to disk as typed; checking is the domain's.

mod area;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use dossier::draft::{Draft, DraftBody};
use dossier::edit::Edit;
use dossier::id::{ClientId, EntryId};
use dossier::problem::{Field, Problem};
use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::autosave::{Autosave, SaveState};
use super::session::{Rejected, Session, use_session};
use crate::platform::dom;
use crate::ui::{FieldError, FormErrors};
use crate::words;

pub use area::{FormArea, saved_words};

/// Key of the draft under which the control that had the keyboard stands; no control has this id.
const FOCUS_KEY: &str = "_focus";

/// A value of a form, by kind of control.
#[derive(Clone, Copy)]
enum Value {
    Text(RwSignal<String>),
    Check(RwSignal<bool>),
    Set(RwSignal<BTreeSet<String>>),
}

type Validator = Rc<dyn Fn() -> Option<String>>;

/// Raw input, errors and draft of one form.
#[derive(Clone, Copy)]
pub struct FormState {
    session: Session,
    name: StoredValue<String>,
    client: Option<ClientId>,
    values: RwSignal<BTreeMap<String, Value>>,
    first: StoredValue<BTreeMap<String, String>>,
    restored: StoredValue<BTreeMap<String, String>>,
    ids: StoredValue<Vec<(Field, String)>>,
    validators: StoredValue<BTreeMap<String, Validator>, LocalStorage>,
    touched: StoredValue<Option<String>>,
    focus: StoredValue<Option<String>>,
    errors: FormErrors,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
    autosave: Option<Autosave>,
    owner: StoredValue<Owner>,
}

impl FormState {
    /// A form kept as a draft. `name` is a fixed word, with the id of the entry it belongs to (`"correction:<id>"`).
    pub fn new(name: impl Into<String>, client: Option<ClientId>) -> Self {
        let mut form = Self::unsaved();
        form.name.set_value(name.into());
        form.client = client;
        let body = move || form.body();
        form.autosave = Some(Autosave::new(form.session, None, body));
        form.restore();
        form
    }

    /// A form that keeps no draft: for passphrases, and before there is a vault.
    pub fn unsaved() -> Self {
        Self {
            session: use_session(),
            name: StoredValue::new(String::new()),
            client: None,
            values: RwSignal::new(BTreeMap::new()),
            first: StoredValue::new(BTreeMap::new()),
            restored: StoredValue::new(BTreeMap::new()),
            ids: StoredValue::new(Vec::new()),
            validators: StoredValue::new_local(BTreeMap::new()),
            touched: StoredValue::new(None),
            focus: StoredValue::new(None),
            errors: FormErrors::new(),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            autosave: None,
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// The text of the control with this id, empty at first.
    pub fn text(self, id: &str) -> RwSignal<String> {
        self.text_or(id, "")
    }

    /// The text of the control with this id, beginning with what is already known.
    pub fn text_or(self, id: &str, first: &str) -> RwSignal<String> {
        if let Some(Value::Text(signal)) = self.find(id) {
            return signal;
        }
        let start = self.begin(id, first);
        let signal = self.make(|| RwSignal::new(start));
        self.add(id, Value::Text(signal));
        signal
    }

    /// The box with this id.
    pub fn check(self, id: &str) -> RwSignal<bool> {
        self.check_or(id, false)
    }

    /// The box with this id, beginning ticked or not.
    pub fn check_or(self, id: &str, first: bool) -> RwSignal<bool> {
        if let Some(Value::Check(signal)) = self.find(id) {
            return signal;
        }
        let start = self.begin(id, if first { "1" } else { "" });
        let signal = self.make(|| RwSignal::new(!start.is_empty()));
        self.add(id, Value::Check(signal));
        signal
    }

    /// The ticked answers of the group with this id.
    pub fn set(self, id: &str) -> RwSignal<BTreeSet<String>> {
        self.set_or(id, BTreeSet::new())
    }

    /// The ticked answers of the group with this id, beginning with what is already known.
    pub fn set_or(self, id: &str, first: BTreeSet<String>) -> RwSignal<BTreeSet<String>> {
        if let Some(Value::Set(signal)) = self.find(id) {
            return signal;
        }
        let start = self.begin(id, &join(&first));
        let signal = self.make(|| RwSignal::new(split(&start)));
        self.add(id, Value::Set(signal));
        signal
    }

    /// Problems with this field are shown at the control with this id.
    pub fn bind(self, field: Field, id: &str) {
        self.ids
            .update_value(|ids| ids.push((field, id.to_owned())));
    }

    /// Checks this control when the keyboard leaves it after a change, and clears its error as soon as it is right.
    pub fn validate(self, id: &str, check: impl Fn() -> Option<String> + 'static) {
        self.validators.update_value(|validators| {
            validators.insert(id.to_owned(), Rc::new(check));
        });
    }

    /// The words at this control, or none; give it to the input's `error`.
    pub fn error(self, id: &str) -> Signal<Option<String>> {
        self.errors.of(id)
    }

    /// All errors, for checks of the page itself.
    pub fn errors(self) -> FormErrors {
        self.errors
    }

    /// An edit of this form is under way; give it to the submit button's `busy`.
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Marks the form as working or not, for submits of the page itself.
    pub fn set_busy(self, is_busy: bool) {
        self.busy.set(is_busy);
    }

    /// Where the draft stands.
    pub fn save_state(self) -> Signal<SaveState> {
        match self.autosave {
            Some(autosave) => autosave.state(),
            None => Signal::derive(SaveState::default),
        }
    }

    /// Writes; shows problems at their fields and failures above the form. Pressing twice writes once.
    ///
    /// `Some` when written: the id of the change if it can be undone. The draft is gone then.
    pub async fn submit(self, edit: Edit) -> Option<Option<EntryId>> {
        if self.busy.get_untracked() {
            return None;
        }
        self.busy.set(true);
        self.failure.set(None);
        let slot = match self.autosave {
            Some(autosave) => autosave.pause().await,
            None => None,
        };
        let outcome = self.session.edit(edit, slot).await;
        self.busy.try_set(false);
        match outcome {
            Ok(undo) => {
                self.errors.clear();
                if let Some(autosave) = self.autosave {
                    autosave.finish();
                }
                Some(undo)
            }
            Err(rejected) => {
                if let Some(autosave) = self.autosave {
                    autosave.resume();
                }
                match rejected {
                    Rejected::Problems(problems) => self.show(&problems),
                    Rejected::Failed(failure) => {
                        self.failure.try_set(Some(failure));
                    }
                }
                None
            }
        }
    }

    /// Shows problems at the controls they are bound to; the rest stands in the summary and links to the first control.
    pub fn show(self, problems: &[Problem]) {
        let ids = self.ids.get_value();
        let order = |problem: &&Problem| {
            let place = ids.iter().position(|(field, _)| *field == problem.field);
            place.unwrap_or(usize::MAX)
        };
        let mut sorted: Vec<&Problem> = problems.iter().collect();
        sorted.sort_by_key(order);
        let first = ids.first().map(|(_, id)| id.clone()).unwrap_or_default();
        let errors = sorted.into_iter().map(|problem| {
            let id = ids.iter().find(|(field, _)| *field == problem.field);
            let id = id.map_or_else(|| first.clone(), |(_, id)| id.clone());
            FieldError::new(id, words::problem::sentence(problem))
        });
        self.errors.show(errors.collect());
    }

    /// Throws the draft away and empties nothing on screen: for **Annuleren**.
    pub async fn discard(self) {
        if let Some(autosave) = self.autosave
            && let Err(failure) = autosave.discard().await
        {
            self.failure.try_set(Some(failure));
        }
    }

    /// As [`FormState::discard`], without waiting.
    pub fn discard_soon(self) {
        self.session.spawn(async move { self.discard().await });
    }

    fn body(self) -> Option<DraftBody> {
        let mut fields = BTreeMap::new();
        let first = self.first.get_value();
        let mut is_touched = false;
        for (id, value) in self.values.read().iter() {
            let text = match value {
                Value::Text(signal) => signal.get(),
                Value::Check(signal) => if signal.get() { "1" } else { "" }.to_owned(),
                Value::Set(signal) => join(&signal.read()),
            };
            let known = first.get(id).map_or("", String::as_str);
            if text != known {
                is_touched = true;
                fields.insert(id.clone(), text);
            }
        }
        for (id, text) in self.restored.get_value() {
            is_touched = true;
            fields.entry(id).or_insert(text);
        }
        if !is_touched {
            return None;
        }
        if let Some(id) = self.focus.get_value() {
            fields.insert(FOCUS_KEY.to_owned(), id);
        }
        Some(DraftBody::Form {
            form: self.name.get_value(),
            client: self.client,
            fields,
        })
    }

    fn restore(self) {
        let name = self.name.get_value();
        self.session.spawn(async move {
            let Ok(Reply::Drafts { forms, .. }) = self.session.ask(Command::Drafts).await else {
                return;
            };
            let mine = forms.into_iter().find_map(|(slot, draft)| match draft {
                Draft {
                    body:
                        DraftBody::Form {
                            form,
                            client,
                            fields,
                        },
                    ..
                } if form == name && client == self.client => Some((slot, fields)),
                _ => None,
            });
            if let Some((slot, fields)) = mine
                && !self.values.is_disposed()
            {
                self.fill(slot, fields);
            }
        });
    }

    fn fill(self, slot: u8, mut fields: BTreeMap<String, String>) {
        let focus = fields.remove(FOCUS_KEY);
        let values = self.values.get_untracked();
        let mut later = BTreeMap::new();
        for (id, text) in fields {
            match values.get(&id) {
                Some(Value::Text(signal)) => signal.set(text),
                Some(Value::Check(signal)) => signal.set(!text.is_empty()),
                Some(Value::Set(signal)) => signal.set(split(&text)),
                None => {
                    later.insert(id, text);
                }
            }
        }
        self.restored.set_value(later);
        let autosave = self.autosave;
        // Effects run after this turn; then what they saw is what already stands on disk.
        request_animation_frame(move || {
            if let Some(autosave) = autosave {
                autosave.mark_clean(Some(slot));
            }
            if let Some(id) = focus {
                dom::focus_field(&id);
            }
        });
    }

    fn find(self, id: &str) -> Option<Value> {
        self.values.read_untracked().get(id).copied()
    }

    fn begin(self, id: &str, first: &str) -> String {
        self.first.update_value(|known| {
            known.insert(id.to_owned(), first.to_owned());
        });
        let mut start = first.to_owned();
        self.restored.update_value(|restored| {
            if let Some(text) = restored.remove(id) {
                start = text;
            }
        });
        start
    }

    /// Signals live as long as the form, not as long as the part of the page that shows them.
    fn make<T>(self, make: impl FnOnce() -> T) -> T {
        self.owner.get_value().with(make)
    }

    fn add(self, id: &str, value: Value) {
        self.values.update(|values| {
            values.insert(id.to_owned(), value);
        });
    }

    fn changed(self, id: &str) {
        if self.values.is_disposed() {
            return;
        }
        self.touched.set_value(Some(id.to_owned()));
        let validator = self
            .validators
            .with_value(|validators| validators.get(id).cloned());
        match validator {
            Some(validator) => self.errors.recheck(id, || validator()),
            None => self.errors.recheck(id, || None),
        }
    }

    fn left(self, id: &str) {
        if self.values.is_disposed() {
            return;
        }
        let is_touched = self
            .touched
            .with_value(|touched| touched.as_deref() == Some(id));
        if is_touched {
            self.touched.set_value(None);
            let validator = self
                .validators
                .with_value(|validators| validators.get(id).cloned());
            if let Some(validator) = validator {
                self.errors.settle(id, move || validator());
            }
        }
        if let Some(autosave) = self.autosave {
            autosave.flush_soon();
        }
    }

    fn entered(self, id: &str) {
        if self.values.is_disposed() {
            return;
        }
        self.focus.set_value(Some(id.to_owned()));
    }

    /// The control or group that an element's id belongs to: radios and boxes of a group are named `<group>-<answer>`.
    fn control_of(self, element: &str) -> String {
        let Some(values) = self.values.try_read_untracked() else {
            return String::new();
        };
        if values.contains_key(element) {
            return element.to_owned();
        }
        let group = values.keys().filter(|id| {
            element
                .strip_prefix(id.as_str())
                .is_some_and(|rest| rest.starts_with('-'))
        });
        group
            .max_by_key(|id| id.len())
            .map_or_else(|| element.to_owned(), Clone::clone)
    }
}

fn join(answers: &BTreeSet<String>) -> String {
    answers.iter().cloned().collect::<Vec<_>>().join(",")
}

fn split(text: &str) -> BTreeSet<String> {
    let mut answers = BTreeSet::new();
    answers.extend(
        text.split(',')
            .filter(|part| !part.is_empty())
            .map(str::to_owned),
    );
    answers
}
