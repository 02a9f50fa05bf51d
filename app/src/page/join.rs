//! **Dit apparaat koppelen**: a device without a vault gets the one of another device.
//!
//! Name and passphrase live in memory only, until the vault is there; a reload starts again and leaves nothing.

use engine::pairing::{PairingFailure, PairingState};
use leptos::prelude::*;

use super::pairing::use_pairing;
use super::session::use_session;
use super::setup::{Chosen, PassphraseFields};
use crate::link::PairingStep;
use crate::ui::{
    Actions, Button, ButtonKind, ErrorSummary, FieldError, Form, FormErrors, Glyph, Icon, Notice,
    NoticeKind, PageTitle, Progress, QrCode, TextInput, Width,
};
use crate::words::{common, devices, form, pairing as words};

const NAME: &str = "apparaatnaam";
const DIGITS: &str = "controlegetal";
/// Longest name, in bytes.
const NAME_MAX_BYTES: usize = protocol::limit::DEVICE_NAME_MAX_BYTES;
/// How many digits there are.
const DIGIT_COUNT: usize = 4;

/// The steps of the new device.
#[component]
pub fn JoinPage() -> impl IntoView {
    let session = use_session();
    let name = RwSignal::new(String::new());
    let chosen = Chosen {
        passphrase: RwSignal::new(String::new()),
        repeated: RwSignal::new(String::new()),
    };
    let pairing = use_pairing();
    pairing.forget();
    let state = pairing.state();
    let begin = move || {
        let name = name.get_untracked().trim().to_owned();
        pairing.join(name, chosen.passphrase.get_untracked());
    };
    let leave = move || session.go("/");
    // From a new try on a device that was full until what came of it.
    let storing = RwSignal::new(false);
    Effect::new(move |_| {
        if *state.read() != Some(PairingState::Adding) {
            storing.set(false);
        }
    });
    // The browser's back stops it, too.
    on_cleanup(move || pairing.stop());
    let show = move || match state.get() {
        None => view! { <WhoForm name chosen on_next=begin on_back=leave /> }.into_any(),
        Some(PairingState::CodeShown { code }) => {
            view! { <CodeShown code on_back=leave /> }.into_any()
        }
        Some(PairingState::DigitsWanted) => view! { <DigitsForm on_back=leave /> }.into_any(),
        Some(PairingState::Failed(failure)) => {
            view! { <Failed failure on_again=begin on_back=leave /> }.into_any()
        }
        Some(PairingState::NoRoom) => {
            let retry = move || {
                storing.set(true);
                pairing.step(PairingStep::Retry);
            };
            view! { <NoRoom on_retry=retry on_back=leave /> }.into_any()
        }
        Some(_) if storing.get_untracked() => view! { <Storing /> }.into_any(),
        Some(_) => view! { <SayYes on_back=leave /> }.into_any(),
    };
    view! { <div class="p-lock__card">{show}</div> }
}

/// Name and passphrase of this device.
#[component]
fn WhoForm(
    name: RwSignal<String>,
    chosen: Chosen,
    #[prop(into)] on_next: Callback<()>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let has_server = crate::platform::settings::relay().is_some();
    let errors = FormErrors::new();
    let name_fault = move || name_fault(&name.read_untracked());
    let submit = move || {
        let mut faults = Vec::new();
        faults.extend(name_fault().map(|fault| FieldError::new(NAME, fault)));
        faults.extend(chosen.faults());
        errors.show(faults);
        if errors.items().read_untracked().is_empty() {
            on_next.run(());
        }
    };
    view! {
        <PageTitle title=words::join() take_focus=true />
        <p>{words::join_lead()}</p>
        {(!has_server).then(|| view! { <Notice kind=NoticeKind::Warning><p>{devices::no_server()}</p></Notice> })}
        <ErrorSummary errors />
        <Form on_submit=submit>
            <TextInput
                id=NAME
                label=words::device_name()
                hint=words::device_name_hint().to_owned()
                value=name
                error=errors.of(NAME)
                on_input=move || errors.recheck(NAME, name_fault)
            />
            <p>{words::own_passphrase()}</p>
            <PassphraseFields chosen errors />
            <Actions>
                <Button submit=true>{common::next()}</Button>
                <Button kind=ButtonKind::Quiet on_press=on_back>
                    {common::back()}
                </Button>
            </Actions>
        </Form>
    }
}

fn name_fault(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let words = if typed.is_empty() {
        words::device_name_missing()
    } else if typed.len() > NAME_MAX_BYTES || typed.chars().any(char::is_control) {
        words::device_name_long()
    } else {
        return None;
    };
    Some(words.to_owned())
}

/// The code, to scan or to type on the old device.
#[component]
fn CodeShown(code: String, #[prop(into)] on_back: Callback<()>) -> impl IntoView {
    view! {
        <PageTitle title=words::join() take_focus=true />
        <ol class="p-steps-list">
            {words::code_steps().into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}
        </ol>
        <div class="p-qr">
            <QrCode text=code.clone() label=words::code_picture() testid="pairing-qr" />
        </div>
        <p class="u-meta">{words::code_label()}</p>
        <p class="p-code" data-testid="pairing-code">{code}</p>
        <p>{words::code_life()}</p>
        <Actions>
            <Button kind=ButtonKind::Quiet on_press=on_back>
                {common::back()}
            </Button>
        </Actions>
    }
}

/// The digits that the old device shows.
#[component]
fn DigitsForm(#[prop(into)] on_back: Callback<()>) -> impl IntoView {
    let pairing = use_pairing();
    let errors = FormErrors::new();
    let typed = RwSignal::new(String::new());
    let fault = move || digits_of(&typed.read_untracked()).err();
    let submit = move || match digits_of(&typed.read_untracked()) {
        Ok(digits) => pairing.step(PairingStep::Digits(digits)),
        Err(fault) => errors.show(vec![FieldError::new(DIGITS, fault)]),
    };
    view! {
        <PageTitle title=words::join() take_focus=true />
        <ErrorSummary errors />
        <Form on_submit=submit>
            <TextInput
                id=DIGITS
                label=words::digits()
                hint=words::digits_hint().to_owned()
                value=typed
                error=errors.of(DIGITS)
                inputmode="numeric"
                autocomplete="off"
                width=Width::Short
                on_input=move || errors.recheck(DIGITS, fault)
            />
            <Actions>
                <Button submit=true>{words::pair()}</Button>
                <Button kind=ButtonKind::Quiet on_press=on_back>
                    {common::cancel()}
                </Button>
            </Actions>
        </Form>
    }
}

/// Four digits, whatever stands between them.
fn digits_of(typed: &str) -> Result<String, String> {
    let digits: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect();
    if digits.len() == DIGIT_COUNT && digits.chars().all(|sign| sign.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(words::digits_missing().to_owned())
    }
}

/// The tick that the old device asks about.
#[component]
fn SayYes(#[prop(into)] on_back: Callback<()>) -> impl IntoView {
    view! {
        <PageTitle title=words::join() take_focus=true />
        <p class="p-tick" role="status">
            <Icon glyph=Glyph::Check />
            <span>{words::digits_right()}</span>
        </p>
        <p class="u-lead">{words::say_yes()}</p>
        <Progress id="wachten" label=words::waiting() />
        <Actions>
            <Button kind=ButtonKind::Quiet on_press=on_back>
                {common::cancel()}
            </Button>
        </Actions>
    }
}

/// The account lists this device, but its vault found no room.
#[component]
fn NoRoom(
    #[prop(into)] on_retry: Callback<()>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    view! {
        <PageTitle title=words::join() take_focus=true />
        <Notice kind=NoticeKind::Danger heading=words::no_room().to_owned() alert=true testid="pairing-no-room">
            <p>{words::no_room_text()}</p>
        </Notice>
        <Actions>
            <Button on_press=on_retry>{form::save_again()}</Button>
            <Button kind=ButtonKind::Quiet on_press=on_back>
                {common::cancel()}
            </Button>
        </Actions>
    }
}

/// The vault is stored once more; that cannot be stopped.
#[component]
fn Storing() -> impl IntoView {
    view! {
        <PageTitle title=words::join() take_focus=true />
        <Progress id="wachten" label=words::storing() />
    }
}

/// Why nothing was paired, and a new try with the same name and passphrase.
#[component]
fn Failed(
    failure: PairingFailure,
    #[prop(into)] on_again: Callback<()>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    view! {
        <PageTitle title=words::join() take_focus=true />
        <Notice kind=NoticeKind::Danger heading=words::failed(failure).to_owned() alert=true testid="pairing-failed">
            <p>{words::again_here()}</p>
        </Notice>
        <Actions>
            <Button on_press=on_again>{words::new_code()}</Button>
            <Button kind=ButtonKind::Quiet on_press=on_back>
                {common::back()}
            </Button>
        </Actions>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_may_be_typed_with_spaces_and_are_four() {
        assert_eq!(digits_of(" 12 34").as_deref(), Ok("1234"));
        for wrong in ["", "123", "12345", "12a4", "١٢٣٤"] {
            assert!(digits_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_device_has_a_name_that_fits() {
        assert_eq!(name_fault("tablet"), None);
        assert_eq!(
            name_fault("  ").as_deref(),
            Some(words::device_name_missing())
        );
        assert!(name_fault(&"a".repeat(NAME_MAX_BYTES + 1)).is_some());
    }
}
