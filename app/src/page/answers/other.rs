//! **Iets anders invullen**: one box for a single value, the dialog of the value otherwise.

use dossier::edit::{ClientField, Edit, ProfileField};
use dossier::id::ClientId;
use dossier::problem::Field;
use leptos::prelude::*;

use crate::page::client::FieldInput;
use crate::page::code::code;
use crate::page::form::{FormArea, FormState};
use crate::page::session::use_session;
use crate::page::setup::professions;
use crate::ui::{Actions, Button, ButtonKind, Select, TextInput, Width, focus, focus_field};
use crate::words::{common, conflict as words, form as form_words};

/// How something else than the answers is filled in.
#[derive(Clone, Copy)]
pub(super) enum Other {
    /// In a box for this field of a client.
    Field(ClientId, ClientField),
    /// In a box for this part of the caregiver's own data.
    Profile(ProfileField),
    /// In a dialog that this opens.
    Dialog(RwSignal<bool>),
}

/// What is typed instead of choosing.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    form: FormState,
    value: RwSignal<String>,
    is_asked: RwSignal<bool>,
}

impl Typed {
    /// Nothing where a dialog is used.
    pub(super) fn of(other: Other) -> Option<Self> {
        let (name, client, field) = match other {
            Other::Field(client, field) => (code(&field), Some(client), Field::Client(field)),
            Other::Profile(field) => {
                let of = match field {
                    ProfileField::Name => Field::ProfileName,
                    ProfileField::Profession => Field::Profession,
                    ProfileField::Agb => Field::Agb,
                    ProfileField::AgbPractice => Field::AgbPractice,
                };
                (code(&field), None, of)
            }
            Other::Dialog(_) => return None,
        };
        let form = FormState::new(format!("answer:{name}"), client);
        let id = box_id(&name);
        let value = form.text(&id);
        form.bind(field, &id);
        Some(Self {
            form,
            value,
            is_asked: RwSignal::new(false),
        })
    }

    /// Throws away what was typed.
    pub(super) async fn discard(self) {
        self.form.discard().await;
    }
}

fn box_id(name: &str) -> String {
    format!("ander-antwoord-{name}")
}

/// The button, and where a box is used the box.
#[component]
pub(super) fn OtherPart(
    /// Id of the button.
    id: String,
    /// How it is filled in.
    other: Other,
    /// What is typed, where a box is used.
    typed: Option<Typed>,
) -> impl IntoView {
    let Some(typed) = typed else {
        let press = move || {
            if let Other::Dialog(open) = other {
                open.set(true);
            }
        };
        return view! {
            <div>
                <Button kind=ButtonKind::Quiet on_press=press>
                    {words::something_else()}
                </Button>
            </div>
        }
        .into_any();
    };
    // What a draft brought back is shown again.
    Effect::new(move |_| {
        if !typed.value.read().is_empty() {
            typed.is_asked.set(true);
        }
    });
    let button = id.clone();
    let leave = Callback::new(move |()| {
        typed.value.set(String::new());
        typed.is_asked.set(false);
        typed.form.errors().clear();
        typed.form.discard_soon();
        let button = button.clone();
        request_animation_frame(move || focus(&button));
    });
    let name = match other {
        Other::Field(_, field) => code(&field),
        Other::Profile(field) => code(&field),
        Other::Dialog(_) => String::new(),
    };
    let control = box_id(&name);
    let ask = Callback::new(move |()| {
        typed.is_asked.set(true);
        let control = control.clone();
        request_animation_frame(move || focus_field(&control));
    });
    view! {
        <Show
            when=move || typed.is_asked.get()
            fallback=move || {
                view! {
                    <div>
                        <Button kind=ButtonKind::Quiet id=id.clone() on_press=ask>
                            {words::something_else()}
                        </Button>
                    </div>
                }
            }
        >
            <OtherForm other typed leave />
        </Show>
    }
    .into_any()
}

#[component]
fn OtherForm(other: Other, typed: Typed, leave: Callback<()>) -> impl IntoView {
    let session = use_session();
    let Typed { form, value, .. } = typed;
    let save = move || {
        session.spawn(async move {
            let value = value.get_untracked();
            let edit = match other {
                Other::Field(client, field) => Edit::ChangeClient {
                    client,
                    field,
                    value,
                },
                Other::Profile(field) => Edit::ChangeProfile { field, value },
                Other::Dialog(_) => return,
            };
            if form.submit(edit).await == Some(None) {
                session.say_done(form_words::saved());
            }
        });
    };
    let input = match other {
        Other::Field(_, field) => {
            let id = box_id(&code(&field));
            let error = form.error(&id);
            view! { <FieldInput id field label=words::other() value error /> }.into_any()
        }
        Other::Profile(field) => {
            let id = box_id(&code(&field));
            let error = form.error(&id);
            view! { <ProfileInput id field value error /> }.into_any()
        }
        Other::Dialog(_) => ().into_any(),
    };
    view! {
        <FormArea form on_submit=save>
            {input}
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::save_other()}
                </Button>
                <Button kind=ButtonKind::Quiet on_press=leave>
                    {common::cancel()}
                </Button>
            </Actions>
        </FormArea>
    }
}

#[component]
fn ProfileInput(
    id: String,
    field: ProfileField,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let label = words::other();
    match field {
        ProfileField::Name => {
            view! { <TextInput id label value error autocapitalize="words" /> }.into_any()
        }
        ProfileField::Profession => {
            view! { <Select id label value error choices=professions() /> }.into_any()
        }
        ProfileField::Agb | ProfileField::AgbPractice => {
            view! { <TextInput id label value error inputmode="numeric" width=Width::Medium /> }
                .into_any()
        }
    }
}
