//! **Gegevens**: every field with **Wijzig** and its earlier values, funding, BSN and identity.

use std::sync::Arc;

use dossier::edit::{ClientField, Funding};
use dossier::id::ClientId;
use dossier::value::phone::Phone;
use dossier::view::{ClientView, ConflictAbout, Earlier, FieldView};
use engine::command::{Command, Reply};
use leptos::prelude::*;

use super::change::{ChangeBsnDialog, ChangeFieldDialog, ChangeFundingDialog};
use super::history::moment;
use super::layout::{ClientLayout, Section};
use crate::page::answers::Questions;
use crate::page::code::choice;
use crate::page::identity::IdentityDialog;
use crate::page::session::use_session;
use crate::ui::{Button, ButtonKind, Glyph, Masked, Notice, NoticeKind, SummaryList, SummaryRow};
use crate::words;

/// The screen.
#[component]
pub fn DetailsPage() -> impl IntoView {
    view! { <ClientLayout section=Section::Details view=|client| details(client).into_any() /> }
}

fn details(client: Arc<ClientView>) -> impl IntoView {
    let id = client.row.id;
    let questions = Questions::of(client.clone());
    let rows = client
        .fields
        .iter()
        .map(|field| {
            let question = questions.at(ConflictAbout::Field(field.field));
            view! { <FieldRow client=id field=field.clone() question /> }
        })
        .collect_view();
    view! {
        <h2>{words::client::details()}</h2>
        <SummaryList>{rows}</SummaryList>
        <FundingRows client=client.clone() questions=questions.clone() />
        <Identity client questions />
    }
}

/// A stored value as a person reads it.
pub fn shown(field: ClientField, value: &str) -> String {
    match field {
        ClientField::BirthDate | ClientField::RequestedOn | ClientField::StartsOn => {
            words::date::short(value)
        }
        ClientField::Phone => {
            Phone::parse(value).map_or_else(|_| value.to_owned(), |phone| phone.to_string())
        }
        ClientField::Funding => value
            .split(',')
            .map(|code| {
                choice::<Funding>(code).map_or(code, |one| words::client::funding_name(one))
            })
            .collect::<Vec<_>>()
            .join(", "),
        _ => value.to_owned(),
    }
}

#[component]
fn FieldRow(client: ClientId, field: FieldView, question: Option<AnyView>) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = words::client::field_label(field.field);
    let kind = field.field;
    let start = shown(kind, &field.value);
    let value = if start.is_empty() {
        words::client::not_filled_in().to_owned()
    } else {
        start.clone()
    };
    view! {
        <SummaryRow
            key=label
            action=words::common::change().to_owned()
            action_name=words::client::change_name(label)
            on_action=move || open.set(true)
            below=question
        >
            <bdi>{value}</bdi>
            <EarlierValues field=kind earlier=field.earlier />
            <ChangeFieldDialog open client field=kind start />
        </SummaryRow>
    }
}

#[component]
fn EarlierValues(field: ClientField, earlier: Vec<Earlier>) -> impl IntoView {
    let label = words::client::field_label(field);
    (!earlier.is_empty()).then(|| {
        let rows = earlier
            .into_iter()
            .flat_map(|entry| earlier_lines(field, &entry))
            .map(|line| view! { <li>{line}</li> })
            .collect_view();
        view! {
            <details class="u-meta">
                <summary>{words::client::show_earlier(label)}</summary>
                <ul>{rows}</ul>
            </details>
        }
    })
}

/// The value that was replaced, and the answers that were put aside with it.
fn earlier_lines(field: ClientField, entry: &Earlier) -> Vec<String> {
    let when = moment(entry.changed_at);
    if entry.others.is_empty() {
        let value = shown(field, &entry.value);
        return vec![words::client::earlier(&value, &when, &entry.author)];
    }
    let aside = put_aside(field, entry).into_iter();
    let line = |value: String| words::conflict::put_aside(&value, &when, &entry.author);
    aside.map(line).collect()
}

/// The answers that were not chosen; empty when nothing was chosen.
pub fn put_aside(field: ClientField, entry: &Earlier) -> Vec<String> {
    if entry.others.is_empty() {
        return Vec::new();
    }
    let all = std::iter::once(&entry.value).chain(&entry.others);
    let aside = all.filter(|value| **value != entry.to);
    aside.map(|value| shown(field, value)).collect()
}

#[component]
fn FundingRows(client: Arc<ClientView>, questions: Questions) -> impl IntoView {
    let open = RwSignal::new(false);
    let mut funding: Vec<_> = client
        .funding
        .iter()
        .map(|one| words::client::funding_name(*one))
        .collect();
    if client.is_personal_budget {
        funding.push(words::client::personal_budget());
    }
    let care: Vec<_> = client
        .care_kinds
        .iter()
        .map(|one| words::client::care_kind_name(*one))
        .collect();
    let care = if care.is_empty() {
        words::client::not_filled_in().to_owned()
    } else {
        care.join(", ")
    };
    let earlier = client.funding_earlier.clone();
    let question = questions.at(ConflictAbout::Field(ClientField::Funding));
    view! {
        <h3>{words::client::care()}</h3>
        <SummaryList>
            <SummaryRow
                key=words::client::funding()
                action=words::common::change().to_owned()
                action_name=words::client::change_name(words::client::funding())
                on_action=move || open.set(true)
                below=question
            >
                {funding.join(", ")}
                <EarlierValues field=ClientField::Funding earlier />
            </SummaryRow>
            <SummaryRow key=words::client::care_kind()>{care}</SummaryRow>
        </SummaryList>
        <ChangeFundingDialog open client />
    }
}

#[component]
fn Identity(client: Arc<ClientView>, questions: Questions) -> impl IntoView {
    let session = use_session();
    let id = client.row.id;
    let establishing = RwSignal::new(false);
    let changing = RwSignal::new(false);
    let whole = RwSignal::new(None::<String>);
    let reveal = move || {
        session.spawn(async move {
            if let Ok(Reply::Bsn(bsn)) = session.ask(Command::RevealBsn { client: id }).await {
                whole.try_set(Some(bsn));
            }
        });
    };
    let established = client.identity.as_ref().map(|identity| {
        let text = words::client::established_on(&words::date::short(&identity.date));
        let time = words::client::established_at(&identity.time);
        let document = words::client::document_name(identity.document_kind);
        let number = identity.document_number.clone();
        let author = identity.author.clone();
        view! {
            <Notice kind=NoticeKind::Done testid="identity">
                <p>{text}</p>
                <p class="u-meta">{time}" · "{document}" "<span class="u-code">{number}</span>" · "{author}</p>
            </Notice>
        }
    });
    let is_missing = client.row.is_identity_missing;
    let deferred = client.row.identity_deferred.clone();
    let bsn = client.bsn_masked.clone();
    let needs_bsn = client.needs_bsn;
    let number = questions.at(ConflictAbout::Bsn);
    let document = questions.at(ConflictAbout::Identity);
    view! {
        <h3>{words::client::identity()}</h3>
        <SummaryList>
            <SummaryRow key=words::client::bsn() below=number>
                {match bsn {
                    Some(mask) => {
                        view! {
                            <div class="l-cluster">
                                <Masked
                                    mask
                                    value=whole
                                    show_label=words::client::show_bsn().to_owned()
                                    hide_label=words::client::hide_bsn().to_owned()
                                    on_show=reveal
                                    on_hide=move || whole.set(None)
                                    testid="bsn"
                                />
                                <Button kind=ButtonKind::Quiet on_press=move || changing.set(true)>
                                    {words::client::change_bsn()}
                                </Button>
                            </div>
                        }
                            .into_any()
                    }
                    None if needs_bsn => words::client::not_filled_in().into_any(),
                    None => words::client::bsn_not_held().into_any(),
                }}
            </SummaryRow>
        </SummaryList>
        {document}
        {established}
        {is_missing
            .then(|| {
                view! {
                    <Notice kind=NoticeKind::Warning heading=words::client::identity().to_owned()>
                        <p>{words::client::not_established()}</p>
                        {deferred.map(|reason| view! { <p>{words::client::deferred(&reason)}</p> })}
                        <Button icon=Glyph::Identity on_press=move || establishing.set(true)>
                            {words::client::establish_identity()}
                        </Button>
                    </Notice>
                }
            })}
        <IdentityDialog open=establishing client=id />
        <ChangeBsnDialog open=changing client=id />
    }
}
