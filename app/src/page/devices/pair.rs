//! **Apparaat koppelen** on a device that holds the vault: the code in, four digits out, and a yes.

use crypto::PairingCode;
use engine::command::Failure;
use engine::pairing::{PairingFailure, PairingState};
use leptos::prelude::*;
use protocol::limit::ACTIVE_DEVICES_MAX;

use crate::link::PairingStep;
use crate::page::load::FailureNotice;
use crate::page::pairing::use_pairing;
use crate::page::session::use_session;
use crate::ui::{
    Actions, Button, ButtonKind, Dialog, DialogLeave, FieldError, Form, FormErrors, Glyph, Notice,
    NoticeKind, Progress, QrScanner, TextInput, on_dialog_leave,
};
use crate::words::{common, devices, pairing as words};

const CODE: &str = "koppelcode";

/// The dialog.
#[component]
pub(super) fn PairDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// How many devices the account has; none until that is known.
    #[prop(into)]
    count: Signal<usize>,
) -> impl IntoView {
    view! {
        <Dialog open id="koppelen" title=devices::pair()>
            <Steps open count />
        </Dialog>
    }
}

#[component]
fn Steps(open: RwSignal<bool>, count: Signal<usize>) -> impl IntoView {
    let session = use_session();
    let pairing = use_pairing();
    pairing.forget();
    let state = pairing.state();
    let name = RwSignal::new(String::new());
    Effect::new(move |_| match state.get() {
        Some(PairingState::DigitsShown { name: shown, .. }) => name.set(shown),
        Some(PairingState::Done) => {
            pairing.forget();
            session.note_write();
            session.say_done(words::added(&name.read_untracked()));
            open.set(false);
        }
        _ => {}
    });
    on_dialog_leave(move || pairing.stop());
    // The browser's back leaves the page with the dialog.
    on_cleanup(move || pairing.stop());
    let is_full = Memo::new(move |_| count.get() >= ACTIVE_DEVICES_MAX);
    move || match state.get() {
        None if is_full.get() => view! { <Full /> }.into_any(),
        None => view! { <CodeForm failure=None /> }.into_any(),
        Some(PairingState::Failed(failure)) => {
            view! { <CodeForm failure=Some(failure) /> }.into_any()
        }
        Some(PairingState::DigitsShown {
            name,
            digits,
            is_agreed,
        }) => view! { <Question name digits is_agreed /> }.into_any(),
        Some(PairingState::Adding | PairingState::Done) => {
            view! { <Under label=words::adding() /> }.into_any()
        }
        Some(_) => view! { <Under label=words::waiting() /> }.into_any(),
    }
}

#[component]
fn Under(label: &'static str) -> impl IntoView {
    view! {
        <Progress id="bezig" label />
        <Actions>
            <DialogLeave />
        </Actions>
    }
}

/// No device can come in: said before a code is asked.
#[component]
fn Full() -> impl IntoView {
    view! {
        <FailureNotice failure=Failure::DevicesFull />
        <Actions>
            <DialogLeave label=common::close() />
        </Actions>
    }
}

/// The code that the new device shows.
#[component]
fn CodeForm(failure: Option<PairingFailure>) -> impl IntoView {
    let pairing = use_pairing();
    let errors = FormErrors::new();
    let code = RwSignal::new(pairing.code());
    let pair = move || {
        let typed = code.get_untracked();
        if typed.trim().is_empty() {
            errors.show(vec![FieldError::new(CODE, words::code_missing())]);
            return;
        }
        pairing.host(typed);
    };
    let scans = RwSignal::new(false);
    let on_code = Callback::new(move |text: String| pairing.host(text));
    let is_wanted = Callback::new(|text: String| PairingCode::parse(&text).is_ok());
    let scan = move || scans.update(|scans| *scans = !*scans);
    let scan_words = move || match scans.get() {
        true => words::type_instead(),
        false => words::scan(),
    };
    view! {
        <p>{words::host_lead()}</p>
        {failure
            .map(|failure| {
                view! {
                    <Notice
                        kind=NoticeKind::Danger
                        heading=words::failed(failure).to_owned()
                        alert=true
                        testid="pairing-failed"
                    >
                        <p>{words::again(failure)}</p>
                    </Notice>
                }
            })}
        <Show when=move || scans.get()>
            <QrScanner on_code is_wanted />
        </Show>
        <Form on_submit=pair>
            <TextInput
                id=CODE
                label=words::code_label()
                hint=words::code_hint().to_owned()
                value=code
                error=errors.of(CODE)
                autocomplete="off"
                autocapitalize="characters"
                on_input=move || errors.set(CODE, None)
            />
            <Actions>
                <Button submit=true>{words::pair()}</Button>
                <Button kind=ButtonKind::Quiet on_press=scan>
                    {scan_words}
                </Button>
                <DialogLeave />
            </Actions>
        </Form>
    }
}

/// The digits, and the question.
#[component]
fn Question(
    name: String,
    digits: String,
    /// The person said yes.
    is_agreed: bool,
) -> impl IntoView {
    let pairing = use_pairing();
    let (lead, text) = match is_agreed {
        true => (words::waits_for_digits(&name), None),
        false => (words::wants_in(&name), Some(words::wants_in_text())),
    };
    view! {
        <p>{words::type_there()}</p>
        <p class="p-code p-code--digits" data-testid="check-code">{digits}</p>
        <p class="u-lead" role="status">{lead}</p>
        {text.map(|text| view! { <p>{text}</p> })}
        <Actions>
            {(!is_agreed)
                .then(|| {
                    view! {
                        <Button
                            icon=Glyph::Check
                            on_press=move || pairing.step(PairingStep::Confirm)
                        >
                            {words::add()}
                        </Button>
                    }
                })}
            <DialogLeave />
        </Actions>
    }
}
