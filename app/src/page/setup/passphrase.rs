//! **Kies een wachtwoord**: the rule in words, the strength while typing, paste and show allowed.

use crypto::{Passphrase, PassphraseError, Strength};
use leptos::prelude::*;

use super::SetupState;
use crate::ui::{
    Actions, Button, ButtonKind, ErrorSummary, FieldError, Form, FormErrors, Notice, NoticeKind,
    PageTitle, PasswordInput,
};
use crate::words::{common, setup as words};

/// Control ids.
const FIRST: &str = "wachtwoord";
const AGAIN: &str = "wachtwoord-herhaald";

/// Step 2.
#[component]
pub fn PassphraseStep(
    /// What was filled in so far.
    state: SetupState,
    /// To step 1.
    #[prop(into)]
    on_back: Callback<()>,
    /// To step 3.
    #[prop(into)]
    on_next: Callback<()>,
) -> impl IntoView {
    let errors = FormErrors::new();
    let chosen = Chosen {
        passphrase: state.passphrase,
        repeated: state.repeated,
    };
    let submit = move || {
        errors.show(chosen.faults());
        if errors.items().read_untracked().is_empty() {
            on_next.run(());
        }
    };
    view! {
        <div class="p-lock__card">
            <p class="p-steps">{words::step(2)}</p>
            <PageTitle title=words::passphrase() take_focus=true />
            <p>{words::passphrase_lead()}</p>
            <ErrorSummary errors />
            <Form on_submit=submit>
                <PassphraseFields chosen errors />
                <Actions>
                    <Button submit=true>{common::next()}</Button>
                    <Button kind=ButtonKind::Quiet on_press=on_back>
                        {common::back()}
                    </Button>
                </Actions>
            </Form>
        </div>
    }
}

/// A passphrase, typed twice.
#[derive(Clone, Copy)]
pub struct Chosen {
    /// The first time.
    pub passphrase: RwSignal<String>,
    /// The second time.
    pub repeated: RwSignal<String>,
}

impl Chosen {
    /// What is wrong with it, at the fields of [`PassphraseFields`].
    pub fn faults(self) -> Vec<FieldError> {
        let faults = [(FIRST, self.first()), (AGAIN, self.again())];
        let faults = faults.into_iter();
        faults
            .filter_map(|(id, fault)| Some(FieldError::new(id, fault?)))
            .collect()
    }

    fn first(self) -> Option<String> {
        first_fault(&self.passphrase.read_untracked())
    }

    fn again(self) -> Option<String> {
        let (typed, repeated) = (self.passphrase, self.repeated);
        (!is_same(&typed.read_untracked(), &repeated.read_untracked()))
            .then(|| words::password_differs().to_owned())
    }

    fn again_if_typed(self) -> Option<String> {
        match self.repeated.read_untracked().is_empty() {
            true => None,
            false => self.again(),
        }
    }
}

/// The two fields, the strength and the warning.
#[component]
pub fn PassphraseFields(
    /// What is typed.
    chosen: Chosen,
    /// The form's errors.
    errors: FormErrors,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    view! {
        <PasswordInput
            id=FIRST
            label=words::password()
            hint=words::passphrase_hint().to_owned()
            value=chosen.passphrase
            shown
            show_label=words::show_password()
            error=errors.of(FIRST)
            autocomplete="new-password"
            enterkeyhint="next"
            on_input=move || {
                errors.recheck(FIRST, || chosen.first());
                errors.recheck(AGAIN, || chosen.again());
            }
            on_change=move || {
                if !chosen.passphrase.read_untracked().is_empty() {
                    errors.settle(FIRST, move || chosen.first());
                }
            }
        />
        <StrengthMeter passphrase=chosen.passphrase />
        <PasswordInput
            id=AGAIN
            label=words::password_again()
            value=chosen.repeated
            shown
            error=errors.of(AGAIN)
            autocomplete="new-password"
            on_input=move || errors.recheck(AGAIN, || chosen.again())
            on_change=move || errors.settle(AGAIN, move || chosen.again_if_typed())
        />
        <Notice kind=NoticeKind::Warning>
            <p>{words::password_warning()}</p>
        </Notice>
    }
}

/// A word and bars, said again only when the word changes.
#[component]
fn StrengthMeter(passphrase: RwSignal<String>) -> impl IntoView {
    let strength = Memo::new(move |_| strength(&passphrase.read()));
    let bars = move || strength.get().map_or(0, |strength| strength as usize + 1);
    view! {
        <div class="p-strength">
            <span class="p-strength__bars" aria-hidden="true">
                {(1..=4)
                    .map(|bar| {
                        view! {
                            <span class="p-strength__bar" class:p-strength__bar--on=move || bar <= bars()></span>
                        }
                    })
                    .collect_view()}
            </span>
            <p role="status">
                <Show when=move || strength.get().is_some()>
                    <span>{words::strength_label()} " "</span>
                    <strong data-testid="passphrase-strength">
                        {move || strength.get().map(words::strength)}
                    </strong>
                </Show>
            </p>
        </div>
    }
}

/// How good it is; none while nothing is typed.
fn strength(typed: &str) -> Option<Strength> {
    match Passphrase::parse(typed) {
        Ok(passphrase) => Some(passphrase.strength()),
        Err(PassphraseError::Empty) => None,
        Err(PassphraseError::TooLong { .. } | PassphraseError::Control) => Some(Strength::Weak),
    }
}

/// Whether both open the same vault: keyboards differ in how they write é.
fn is_same(typed: &str, repeated: &str) -> bool {
    match (Passphrase::parse(typed), Passphrase::parse(repeated)) {
        (Ok(typed), Ok(repeated)) => typed == repeated,
        _ => typed == repeated,
    }
}

fn first_fault(typed: &str) -> Option<String> {
    let words = match Passphrase::parse(typed) {
        Err(PassphraseError::Empty) => words::password_missing(),
        Err(PassphraseError::TooLong { .. } | PassphraseError::Control) => {
            words::password_unusable()
        }
        Ok(passphrase) => match passphrase.strength() {
            Strength::TooShort => words::password_short(),
            Strength::Weak => words::password_weak(),
            Strength::Good | Strength::Strong => return None,
        },
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repeat_may_be_written_with_other_code_points() {
        assert!(is_same("caf\u{e9} aan zee", "cafe\u{301} aan zee "));
        assert!(!is_same("cafe aan zee", "caf\u{e9} aan zee"));
        assert!(is_same("", ""));
        assert!(!is_same("", "x"));
    }

    #[test]
    fn short_and_common_passphrases_are_refused_in_words() {
        assert_eq!(first_fault("").as_deref(), Some(words::password_missing()));
        assert_eq!(
            first_fault("kort").as_deref(),
            Some(words::password_short())
        );
        assert_eq!(
            first_fault("wachtwoord12").as_deref(),
            Some(words::password_weak())
        );
        assert_eq!(first_fault("een paarse fiets in de regen"), None);
        assert_eq!(strength(""), None);
    }
}
