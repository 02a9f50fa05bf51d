//! The dialogs behind **Wijzig**: one field, the funding, the BSN.

use std::sync::Arc;

use dossier::edit::{CareKind, ClientField, Edit, Funding};
use dossier::id::ClientId;
use dossier::problem::Field;
use dossier::view::ClientView;
use leptos::prelude::*;

use super::funding::{BsnField, FundingFields, chosen, codes, needs_bsn};
use crate::page::code::code;
use crate::page::form::{FormArea, FormState};
use crate::page::read_back;
use crate::page::session::use_session;
use crate::ui::{Actions, Button, DateInput, Dialog, DialogLeave, TextInput};
use crate::words;

/// Changes one field; the earlier value stays in the history.
#[component]
pub fn ChangeFieldDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whose.
    client: ClientId,
    /// Which.
    field: ClientField,
    /// The value now, as read.
    start: String,
) -> impl IntoView {
    let label = words::client::field_label(field);
    let start = StoredValue::new(start);
    view! {
        <Dialog open id=format!("wijzig-{}", code(&field)) title=words::client::change_title(label)>
            <FieldForm open client field start=start.get_value() />
        </Dialog>
    }
}

#[component]
fn FieldForm(
    open: RwSignal<bool>,
    client: ClientId,
    field: ClientField,
    start: String,
) -> impl IntoView {
    let session = use_session();
    let form = FormState::new(format!("change:{}", code(&field)), Some(client));
    let value = form.text_or("value", &start);
    form.bind(Field::Client(field), "value");
    let label = words::client::field_label(field);
    let save = move || {
        session.spawn(async move {
            let edit = Edit::ChangeClient {
                client,
                field,
                value: value.get_untracked(),
            };
            if form.submit(edit).await.is_some() {
                open.set(false);
            }
        });
    };
    view! {
        <FormArea form on_submit=save>
            <FieldInput id="value" field label value error=form.error("value") />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::client::save()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}

/// The box in which one field is typed.
#[component]
pub fn FieldInput(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Which field.
    field: ClientField,
    /// Its accessible name.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// What is wrong, or none.
    error: Signal<Option<String>>,
) -> impl IntoView {
    match field {
        ClientField::BirthDate => {
            let read_back = read_back::birth_date(value);
            let hint = words::client::birth_date_hint().to_owned();
            view! { <DateInput id field="geboortedatum" label value read_back hint error /> }
                .into_any()
        }
        ClientField::RequestedOn | ClientField::StartsOn => {
            let read_back = read_back::date(value);
            let hint = words::client::date_hint().to_owned();
            view! { <DateInput id field="datum" label value read_back hint error /> }.into_any()
        }
        ClientField::Phone => {
            view! { <TextInput id label value error kind="tel" inputmode="tel" /> }.into_any()
        }
        _ => view! { <TextInput id label value error autocapitalize="words" /> }.into_any(),
    }
}

/// Changes who pays and which care it is.
#[component]
pub fn ChangeFundingDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// As it is now.
    client: Arc<ClientView>,
) -> impl IntoView {
    view! {
        <Dialog open id="wijzig-financiering" title=words::client::change_title(words::client::funding())>
            <FundingForm open client=client.clone() />
        </Dialog>
    }
}

#[component]
fn FundingForm(open: RwSignal<bool>, client: Arc<ClientView>) -> impl IntoView {
    let session = use_session();
    let id = client.row.id;
    let has_bsn = client.bsn_masked.is_some();
    let form = FormState::new("change:funding", Some(id));
    let save = move || {
        session.spawn(async move {
            let funding = form.set("funding").get_untracked();
            let bsn = if needs_bsn(&funding) && !has_bsn {
                form.text("bsn").get_untracked()
            } else {
                String::new()
            };
            let edit = Edit::ChangeFunding {
                client: id,
                funding: chosen::<Funding>(&funding),
                is_personal_budget: form.check("personal-budget").get_untracked(),
                care_kinds: chosen::<CareKind>(&form.set("care-kinds").get_untracked()),
                bsn,
            };
            if form.submit(edit).await.is_some() {
                open.set(false);
            }
        });
    };
    view! {
        <FormArea form on_submit=save>
            <FundingFields
                form
                funding_start=codes(&client.funding)
                care_start=codes(&client.care_kinds)
                is_budget=client.is_personal_budget
                has_bsn
            />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::client::save_funding()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}

/// Replaces a wrongly typed BSN.
#[component]
pub fn ChangeBsnDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whose.
    client: ClientId,
) -> impl IntoView {
    view! {
        <Dialog open id="wijzig-bsn" title=words::client::change_bsn()>
            <BsnForm open client />
        </Dialog>
    }
}

#[component]
fn BsnForm(open: RwSignal<bool>, client: ClientId) -> impl IntoView {
    let session = use_session();
    let form = FormState::unsaved();
    let save = move || {
        session.spawn(async move {
            let edit = Edit::ChangeBsn {
                client,
                bsn: form.text("bsn").get_untracked(),
            };
            if form.submit(edit).await.is_some() {
                open.set(false);
            }
        });
    };
    view! {
        <FormArea form on_submit=save>
            <BsnField form />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::client::save()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}
