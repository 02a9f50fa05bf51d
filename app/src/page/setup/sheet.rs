//! **Herstelblad**: the code once, on paper, and two groups typed back.

use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::SetupState;
use crate::page::load::{FailureNotice, after_a_while};
use crate::page::session::{Stage, use_session};
use crate::platform;
use crate::ui::{
    Actions, Button, ButtonKind, ErrorSummary, FieldError, Form, FormErrors, Glyph, PageTitle,
    Progress, TextInput, Width,
};
use crate::words::{common, problem, setup as words};

/// Step 3.
#[component]
pub fn SheetStep(
    /// What was filled in so far.
    state: SetupState,
    /// To step 2.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let failure = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    begin(state, failure);
    let submit = move || {
        let Some((_, ask)) = state.code.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        let missing = ask
            .iter()
            .zip(state.typed)
            .filter(|(_, typed)| typed.read_untracked().trim().is_empty());
        let missing: Vec<FieldError> = missing
            .map(|(number, _)| FieldError::new(field(*number), words::group_wrong()))
            .collect();
        errors.show(missing);
        if !errors.items().read_untracked().is_empty() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let [first, second] = ask;
        let command = Command::FinishSetup {
            profile: state.profile(),
            passphrase: state.passphrase.get_untracked(),
            groups: [
                (first, state.typed[0].get_untracked()),
                (second, state.typed[1].get_untracked()),
            ],
        };
        session.spawn(async move {
            let outcome = session.ask(command).await;
            busy.try_set(false);
            match outcome {
                Ok(Reply::Refused(problems)) => {
                    let texts = problems
                        .iter()
                        .map(|problem| FieldError::new(field(first), problem::sentence(problem)));
                    errors.show(texts.collect());
                }
                Ok(_) => {
                    state.forget();
                    session.go_instead("/");
                    session.refresh().await;
                }
                Err(Failure::RecoveryGroup { number }) => {
                    errors.show(vec![FieldError::new(field(number), words::group_wrong())]);
                }
                Err(Failure::Exists) => session.set_stage(Stage::LOCKED),
                Err(other) => {
                    failure.try_set(Some(other));
                }
            }
        });
    };
    view! {
        <div class="p-lock__card">
            <p class="p-steps">{words::step(3)}</p>
            <PageTitle title=words::sheet() take_focus=true />
            <p class="u-no-print">{words::sheet_lead()}</p>
            {move || failure.get().map(|failure| view! { <FailureNotice failure /> })}
            {move || match state.code.get() {
                None => view! { <Progress id="code" label=words::sheet_waiting() /> }.into_any(),
                Some((groups, ask)) => {
                    view! {
                        <Sheet groups />
                        <Button kind=ButtonKind::Quiet icon=Glyph::Print on_press=platform::print>
                            {words::print_sheet()}
                        </Button>
                        <ErrorSummary errors />
                        <Form on_submit=submit>
                            <p>{words::check_lead()}</p>
                            <div class="l-pair">
                                {ask
                                    .into_iter()
                                    .zip(state.typed)
                                    .map(|(number, typed)| view! { <GroupInput number typed errors /> })
                                    .collect_view()}
                            </div>
                            <Making busy />
                            <Actions>
                                <Button submit=true icon=Glyph::Lock busy>
                                    {words::open_vault()}
                                </Button>
                                <Button kind=ButtonKind::Quiet on_press=on_back busy>
                                    {common::back()}
                                </Button>
                            </Actions>
                        </Form>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// What is printed: the groups in order, and what the sheet is.
#[component]
fn Sheet(groups: Vec<String>) -> impl IntoView {
    let code = groups.join(" ");
    view! {
        <section class="p-sheet" aria-labelledby="herstelblad-kop">
            <h2 class="c-card__title" id="herstelblad-kop">{words::sheet_title()}</h2>
            <ol class="p-sheet__groups" role="list">
                {groups
                    .into_iter()
                    .zip(1_u8..)
                    .map(|(group, number)| {
                        view! {
                            <li class="p-sheet__group">
                                <span class="p-sheet__number">{words::group(number)}</span>
                                <span data-testid=format!("recovery-group-{number}")>{group}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
            <p class="u-hidden u-no-print" aria-hidden="true" data-testid="recovery-code">{code}</p>
            <p>{words::sheet_text()}</p>
        </section>
    }
}

#[component]
fn GroupInput(number: u8, typed: RwSignal<String>, errors: FormErrors) -> impl IntoView {
    let id = field(number);
    let wrong = id.clone();
    view! {
        <TextInput
            id=id.clone()
            label=words::group(number)
            value=typed
            error=errors.of(id)
            autocapitalize="characters"
            width=Width::Medium
            on_input=move || errors.recheck(&wrong, || None)
        />
    }
}

/// Work under way, once it takes longer than a moment.
#[component]
fn Making(busy: RwSignal<bool>) -> impl IntoView {
    let is_long = after_a_while(busy.into());
    view! {
        <div class="p-slack"><div role="status">
            <Show when=move || is_long.get()>
                <Progress id="maken" label=words::making() />
            </Show>
        </div></div>
    }
}

/// Asks for a code once; going back and forth keeps it.
fn begin(state: SetupState, failure: RwSignal<Option<Failure>>) {
    let session = use_session();
    if state.code.read_untracked().is_some() {
        return;
    }
    session.spawn(async move {
        match session.ask(Command::BeginSetup).await {
            Ok(Reply::RecoveryCode { groups, ask }) => {
                state.code.try_set(Some((groups, ask)));
            }
            Ok(_) => {
                failure.try_set(Some(Failure::Internal));
            }
            Err(other) => {
                failure.try_set(Some(other));
            }
        }
    });
}

fn field(number: u8) -> String {
    format!("groep-{number}")
}
