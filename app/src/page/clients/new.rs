//! **Nieuwe cliënt**.

use std::collections::BTreeSet;

use dossier::edit::{CareKind, ClientField, ClientInput, Edit, Funding};
use dossier::id::ClientId;
use dossier::problem::Field;
use leptos::prelude::*;

use crate::page::client::funding::{FundingFields, chosen, needs_bsn};
use crate::page::form::{FormArea, FormState};
use crate::page::read_back;
use crate::page::route;
use crate::page::session::use_session;
use crate::platform::random;
use crate::ui::{Actions, Button, DateInput, FieldGroup, PageTitle, TextInput, Width};
use crate::words;

/// The screen.
#[component]
pub fn NewClientPage() -> impl IntoView {
    let session = use_session();
    let form = FormState::new("new-client", None);
    // Pressing twice, or saving again after a failure, stays one client.
    let id = ClientId(random::id());
    let funding = form.set("funding");
    let text = move |id: &str| form.text(id).get_untracked();
    let input = move || ClientInput {
        first_name: text("first-name"),
        infix: text("infix"),
        last_name: text("last-name"),
        birth_date: text("birth-date"),
        street: text("street"),
        postcode: text("postcode"),
        place: text("place"),
        phone: text("phone"),
        requested_on: text("requested-on"),
        starts_on: text("starts-on"),
        funding: chosen::<Funding>(&funding.read_untracked()),
        is_personal_budget: form.check("personal-budget").get_untracked(),
        care_kinds: chosen::<CareKind>(&form.set("care-kinds").read_untracked()),
        bsn: if needs_bsn(&funding.read_untracked()) {
            text("bsn")
        } else {
            String::new()
        },
    };
    let save = move || {
        session.spawn(async move {
            let edit = Edit::CreateClient {
                client: id,
                input: Box::new(input()),
            };
            if form.submit(edit).await.is_some() {
                session.go_instead(&route::client(id));
            }
        });
    };
    view! {
        <div class="l-page">
            <PageTitle title=words::client::new_client() take_focus=true />
            <FormArea form on_submit=save>
                <FieldGroup label=words::client::person()>
                    <ClientText form field=ClientField::FirstName id="first-name" words="words" />
                    <ClientText form field=ClientField::Infix id="infix" optional=true words="none" />
                    <ClientText form field=ClientField::LastName id="last-name" words="words" />
                    <BirthDate form />
                </FieldGroup>
                <FieldGroup label=words::client::address()>
                    <ClientText form field=ClientField::Street id="street" optional=true words="words" />
                    <ClientText form field=ClientField::Postcode id="postcode" optional=true words="characters" />
                    <ClientText form field=ClientField::Place id="place" optional=true words="words" />
                    <ClientText form field=ClientField::Phone id="phone" optional=true words="none" kind="tel" />
                </FieldGroup>
                <FieldGroup label=words::client::care()>
                    <CareDate form field=ClientField::RequestedOn id="requested-on" hint=words::client::requested_hint() />
                    <CareDate form field=ClientField::StartsOn id="starts-on" optional=true hint=words::client::date_hint() />
                </FieldGroup>
                <FundingFields form funding_start=BTreeSet::new() care_start=BTreeSet::new() is_budget=false has_bsn=false />
                <Actions>
                    <Button submit=true busy=form.busy()>
                        {words::client::save_client()}
                    </Button>
                </Actions>
            </FormArea>
        </div>
    }
}

#[component]
fn ClientText(
    form: FormState,
    field: ClientField,
    #[prop(into)] id: String,
    words: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(default = "text")] kind: &'static str,
) -> impl IntoView {
    form.bind(Field::Client(field), &id);
    let label = crate::words::client::field_label(field);
    let value = form.text(&id);
    let error = form.error(&id);
    let inputmode = if kind == "tel" { "tel" } else { "text" };
    if matches!(
        field,
        ClientField::Infix | ClientField::Postcode | ClientField::Phone
    ) {
        view! {
            <TextInput label value error id optional kind inputmode autocapitalize=words enterkeyhint="next" width=Width::Medium />
        }
        .into_any()
    } else {
        view! { <TextInput label value error id optional kind inputmode autocapitalize=words enterkeyhint="next" /> }
            .into_any()
    }
}

#[component]
fn BirthDate(form: FormState) -> impl IntoView {
    form.bind(Field::Client(ClientField::BirthDate), "birth-date");
    let value = form.text("birth-date");
    view! {
        <DateInput
            id="birth-date"
            field="geboortedatum"
            label=words::client::field_label(ClientField::BirthDate)
            hint=words::client::birth_date_hint().to_owned()
            value
            read_back=read_back::birth_date(value)
            error=form.error("birth-date")
        />
    }
}

#[component]
fn CareDate(
    form: FormState,
    field: ClientField,
    id: &'static str,
    hint: &'static str,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    form.bind(Field::Client(field), id);
    let value = form.text(id);
    let name = crate::words::client::field_label(field)
        .to_lowercase()
        .replace(' ', "-");
    view! {
        <DateInput
            id
            field=name
            label=crate::words::client::field_label(field)
            hint=hint.to_owned()
            value
            read_back=read_back::date(value)
            error=form.error(id)
            optional
        />
    }
}
