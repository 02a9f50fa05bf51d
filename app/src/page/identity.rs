//! **Identiteit vaststellen**: a dialog, from Gegevens, from Vandaag and from a refusal (B8).

use dossier::edit::{DocumentKind, Edit, IdentityInput};
use dossier::id::ClientId;
use dossier::problem::Field;
use leptos::prelude::*;

use super::code::{choice, code};
use super::form::{FormArea, FormState};
use super::read_back;
use super::session::use_session;
use crate::platform::clock;
use crate::ui::{
    Actions, Button, ButtonKind, Check, Choice, DateInput, Dialog, DialogLeave, Select, TextArea,
    TextInput, TimeInput, Width,
};
use crate::words::client as words;

const KINDS: [DocumentKind; 4] = [
    DocumentKind::Passport,
    DocumentKind::IdentityCard,
    DocumentKind::DrivingLicence,
    DocumentKind::ResidencePermit,
];

/// The dialog; `on_done` runs after it was recorded, or put off.
#[component]
pub fn IdentityDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whose identity.
    client: ClientId,
    /// After it was written.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <Dialog open id="identiteit" title=words::establish_identity()>
            <IdentityForm open client on_done=on_done.unwrap_or_else(|| Callback::new(|()| ())) />
        </Dialog>
    }
}

#[component]
fn IdentityForm(open: RwSignal<bool>, client: ClientId, on_done: Callback<()>) -> impl IntoView {
    let is_acute = RwSignal::new(false);
    view! {
        <Show
            when=move || is_acute.get()
            fallback=move || view! { <EstablishForm open client on_done is_acute /> }
        >
            <DeferForm open client on_done />
        </Show>
    }
}

#[component]
fn EstablishForm(
    open: RwSignal<bool>,
    client: ClientId,
    on_done: Callback<()>,
    is_acute: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let form = FormState::new("identity", Some(client));
    let (today, now) = stamp();
    let kind = form.text("document-kind");
    let number = form.text("document-number");
    let date = form.text_or("identity-date", &today);
    let time = form.text_or("identity-time", &now);
    let compared = form.check("bsn-compared");
    for (field, id) in [
        (Field::DocumentKind, "document-kind"),
        (Field::DocumentNumber, "document-number"),
        (Field::IdentityDate, "identity-date"),
        (Field::IdentityTime, "identity-time"),
        (Field::BsnCompared, "bsn-compared"),
    ] {
        form.bind(field, id);
    }
    let save = move || {
        session.spawn(async move {
            let input = IdentityInput {
                document_kind: choice(&kind.get_untracked()),
                document_number: number.get_untracked(),
                date: date.get_untracked(),
                time: time.get_untracked(),
                is_bsn_compared: compared.get_untracked(),
            };
            let text = input.date.clone();
            if form
                .submit(Edit::EstablishIdentity { client, input })
                .await
                .is_some()
            {
                session.say_done(words::established_on(&text));
                open.set(false);
                on_done.run(());
            }
        });
    };
    let kinds: Vec<Choice> = KINDS
        .iter()
        .map(|kind| Choice::new(code(kind), words::document_name(*kind)))
        .collect();
    view! {
        <FormArea form on_submit=save>
            <p class="u-meta">{words::no_copy()}</p>
            <Select
                id="document-kind"
                label=words::document_kind()
                value=kind
                choices=kinds
                error=form.error("document-kind")
            />
            <TextInput
                id="document-number"
                label=words::document_number()
                value=number
                error=form.error("document-number")
                autocapitalize="characters"
                width=Width::Medium
            />
            <div class="l-pair">
                <DateInput
                    id="identity-date"
                    field="datum-vastgesteld"
                    label=words::identity_date()
                    value=date
                    read_back=read_back::date(date)
                    error=form.error("identity-date")
                />
                <TimeInput
                    id="identity-time"
                    field="tijd-vastgesteld"
                    label=words::identity_time()
                    value=time
                    read_back=read_back::time(time)
                    error=form.error("identity-time")
                />
            </div>
            <Check id="bsn-compared" label=words::bsn_compared() value=compared error=form.error("bsn-compared") />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::save_identity()}
                </Button>
                <Button kind=ButtonKind::Quiet on_press=move || is_acute.set(true)>
                    {words::acute()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}

#[component]
fn DeferForm(open: RwSignal<bool>, client: ClientId, on_done: Callback<()>) -> impl IntoView {
    let session = use_session();
    let form = FormState::new("identity-later", Some(client));
    let reason = form.text("defer-reason");
    form.bind(Field::DeferReason, "defer-reason");
    let save = move || {
        session.spawn(async move {
            let edit = Edit::DeferIdentity {
                client,
                reason: reason.get_untracked(),
            };
            if form.submit(edit).await.is_some() {
                open.set(false);
                on_done.run(());
            }
        });
    };
    view! {
        <FormArea form on_submit=save>
            <TextArea id="defer-reason" label=words::why_not_now() value=reason error=form.error("defer-reason") />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::establish_later()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}

/// Today and now, as a person types them.
pub fn stamp() -> (String, String) {
    let Ok(local) = dossier::calendar::rfc3339(clock::now_ms()) else {
        return Default::default();
    };
    let date = crate::words::date::short(crate::words::date::date_of(&local));
    (date, crate::words::date::time_of(&local).to_owned())
}
