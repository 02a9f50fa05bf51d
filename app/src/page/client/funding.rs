//! Financiering, soort zorg and the BSN that goes with them (B7, B9).

use std::collections::BTreeSet;

use dossier::edit::{CareKind, Funding};
use dossier::problem::Field;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use crate::page::code::{choice, code};
use crate::page::form::FormState;
use crate::ui::{Check, CheckGroup, Choice, FieldGroup, TextInput, Width};
use crate::words::client as words;

const FUNDING: [Funding; 6] = [
    Funding::Zvw,
    Funding::Wlz,
    Funding::Wmo,
    Funding::Jeugdwet,
    Funding::Private,
    Funding::Other,
];

const CARE: [CareKind; 5] = [
    CareKind::Nursing,
    CareKind::PersonalCare,
    CareKind::Support,
    CareKind::Household,
    CareKind::Maternity,
];

/// The choices behind ticked boxes.
pub fn chosen<T: DeserializeOwned>(codes: &BTreeSet<String>) -> Vec<T> {
    codes.iter().filter_map(|code| choice(code)).collect()
}

/// Whether the ticked sources need a BSN (B7).
pub fn needs_bsn(codes: &BTreeSet<String>) -> bool {
    chosen::<Funding>(codes).into_iter().any(Funding::needs_bsn)
}

/// Codes of choices, for ticking what is already known.
pub fn codes<T: serde::Serialize>(choices: &[T]) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    codes.extend(choices.iter().map(code));
    codes
}

/// The boxes, and the BSN while a source needs one. Without such a source there is no such field at all.
#[component]
pub fn FundingFields(
    /// The form around it; its controls are `funding`, `personal-budget`, `care-kinds`, `bsn`.
    form: FormState,
    /// Sources known so far.
    funding_start: BTreeSet<String>,
    /// Kinds of care known so far.
    care_start: BTreeSet<String>,
    /// Paid through a personal budget so far.
    is_budget: bool,
    /// A BSN is held: it is not asked again.
    has_bsn: bool,
) -> impl IntoView {
    form.bind(Field::Funding, "funding");
    let funding = form.set_or("funding", funding_start);
    let care = form.set_or("care-kinds", care_start);
    let budget = form.check_or("personal-budget", is_budget);
    let sources: Vec<Choice> = FUNDING
        .iter()
        .map(|funding| Choice::new(code(funding), words::funding_name(*funding)))
        .collect();
    let kinds: Vec<Choice> = CARE
        .iter()
        .map(|kind| Choice::new(code(kind), words::care_kind_name(*kind)))
        .collect();
    let asks_bsn = Memo::new(move |_| !has_bsn && needs_bsn(&funding.read()));
    view! {
        <CheckGroup
            id="funding"
            label=words::funding()
            hint=words::funding_hint().to_owned()
            value=funding
            choices=sources
            error=form.error("funding")
            inline=true
        />
        <Check id="personal-budget" label=words::personal_budget() value=budget />
        <Show when=move || asks_bsn.get()>
            <BsnField form />
        </Show>
        <CheckGroup id="care-kinds" label=words::care_kind() value=care choices=kinds inline=true optional=true />
    }
}

/// The number as typed; never kept in a draft.
#[component]
pub fn BsnField(
    /// The form around it.
    form: FormState,
) -> impl IntoView {
    form.bind(Field::Bsn, "bsn");
    view! {
        <FieldGroup label=words::identity()>
            <TextInput
                id="bsn"
                label=words::bsn()
                hint=words::bsn_hint().to_owned()
                value=form.text("bsn")
                error=form.error("bsn")
                inputmode="numeric"
                width=Width::Medium
            />
        </FieldGroup>
    }
}
