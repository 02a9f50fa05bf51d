//! What is wrong in a form, per field, and when to say so.

use leptos::prelude::*;

use crate::platform::press;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Id of the field or group.
    pub field: String,
    /// The words at the field and in the summary.
    pub text: String,
}

impl FieldError {
    /// Something wrong at this field.
    pub fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            text: text.into(),
        }
    }
}

/// The errors of one form, in the order of its fields.
#[derive(Clone, Copy, Debug)]
pub struct FormErrors {
    items: RwSignal<Vec<FieldError>>,
    attempts: RwSignal<u32>,
}

impl Default for FormErrors {
    fn default() -> Self {
        Self::new()
    }
}

impl FormErrors {
    /// A form without errors.
    pub fn new() -> Self {
        Self {
            items: RwSignal::new(Vec::new()),
            attempts: RwSignal::new(0),
        }
    }

    /// On submit: these are all the errors. Shows the summary and moves the keyboard to it, or clears everything when there are none.
    pub fn show(self, errors: Vec<FieldError>) {
        if errors.is_empty() {
            self.clear();
        } else {
            self.items.set(errors);
            self.attempts
                .update(|count| *count = count.saturating_add(1));
        }
    }

    /// On blur after a change: looks at one field once the press that took the keyboard away has landed.
    pub fn settle(self, field: &str, check: impl FnOnce() -> Option<String> + 'static) {
        let field = field.to_owned();
        press::afterwards(move || {
            if !self.items.is_disposed() {
                self.set(&field, check());
            }
        });
    }

    /// The state of one field.
    pub fn set(self, field: &str, error: Option<String>) {
        self.items.update(|items| {
            let place = items.iter().position(|item| item.field == field);
            match (place.and_then(|place| items.get_mut(place)), error) {
                (Some(item), Some(text)) => item.text = text,
                (None, Some(text)) => items.push(FieldError::new(field, text)),
                (_, None) => items.retain(|item| item.field != field),
            }
        });
    }

    /// While typing in a field that is wrong: looks again, so that a corrected field clears at once. Never adds an error.
    pub fn recheck(self, field: &str, check: impl FnOnce() -> Option<String>) {
        if self.has(field) && check().is_none() {
            self.set(field, None);
        }
    }

    /// Whether this field is marked as wrong; not tracked.
    pub fn has(self, field: &str) -> bool {
        self.items
            .read_untracked()
            .iter()
            .any(|item| item.field == field)
    }

    /// The words at this field, or none.
    pub fn of(self, field: impl Into<String>) -> Signal<Option<String>> {
        let field = field.into();
        Signal::derive(move || {
            self.items
                .read()
                .iter()
                .find(|item| item.field == field)
                .map(|item| item.text.clone())
        })
    }

    /// Forgets every error and that a submit was tried.
    pub fn clear(self) {
        self.items.set(Vec::new());
        self.attempts.set(0);
    }

    /// Every error, in order.
    pub fn items(self) -> Signal<Vec<FieldError>> {
        self.items.into()
    }

    /// How often a submit was refused since the last clear.
    pub(super) fn attempts(self) -> Signal<u32> {
        self.attempts.into()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn texts(errors: FormErrors) -> Vec<String> {
        let items = errors.items().get_untracked();
        items.into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn a_corrected_field_clears_alone() {
        let owner = Owner::new();
        owner.with(|| {
            let errors = FormErrors::new();
            errors.show(vec![FieldError::new("a", "A?"), FieldError::new("b", "B?")]);
            errors.recheck("a", || None);
            assert_eq!(texts(errors), ["B?"]);
            assert_eq!(errors.of("b").get_untracked().unwrap(), "B?");
            assert_eq!(errors.of("a").get_untracked(), None);
        });
    }

    #[test]
    fn typing_never_adds_or_changes_an_error() {
        let owner = Owner::new();
        owner.with(|| {
            let errors = FormErrors::new();
            errors.recheck("a", || Some("A?".to_owned()));
            assert!(texts(errors).is_empty());
            errors.set("a", Some("A?".to_owned()));
            errors.recheck("a", || Some("still".to_owned()));
            assert_eq!(texts(errors), ["A?"]);
        });
    }

    #[test]
    fn each_refused_submit_counts_and_a_good_one_clears() {
        let owner = Owner::new();
        owner.with(|| {
            let errors = FormErrors::new();
            errors.show(vec![FieldError::new("a", "A?")]);
            errors.show(vec![FieldError::new("a", "A?")]);
            assert_eq!(errors.attempts().get_untracked(), 2);
            errors.show(Vec::new());
            assert_eq!(errors.attempts().get_untracked(), 0);
            assert!(texts(errors).is_empty());
        });
    }
}
