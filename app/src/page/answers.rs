//! Two answers of one value: a card with all of them, at the value and under **Geschiedenis**.
//!
//! Promises: no answer is preferred, choosing is one change, and nothing on the page waits for it.

mod card;
mod other;

use std::sync::Arc;

use dossier::edit::{ClientField, ProfileField};
use dossier::id::ClientId;
use dossier::view::{Answer, AnswerValue, ClientView, ConflictAbout, PlanningView, ProfileView};
use engine::command::DeviceRow;
use leptos::prelude::*;

use self::card::AnswersCard;
use self::other::Other;
use super::client::{ChangeBsnDialog, ChangeFundingDialog, shown};
use super::code::{choice, code};
use super::devices::load_devices;
use super::identity::IdentityDialog;
use super::load::Loaded;
use super::planning::{ChangePlanningDialog, planning_line};
use super::route;
use crate::words;

/// What the devices are called.
type Devices = Signal<Loaded<Vec<DeviceRow>>>;

/// The open questions about a client.
#[derive(Clone)]
pub struct Questions {
    client: Arc<ClientView>,
    devices: Devices,
}

impl Questions {
    /// Of this client, on the screen that is built now.
    pub fn of(client: Arc<ClientView>) -> Self {
        let devices = if client.conflicts.is_empty() {
            Signal::derive(|| Loaded::Waiting)
        } else {
            load_devices()
        };
        Self { client, devices }
    }

    /// The card of one value; nothing where there is one answer.
    pub fn at(&self, about: ConflictAbout) -> Option<AnyView> {
        self.card(about, false)
    }

    /// The cards of every planning, each naming what it is about.
    pub fn of_plannings(&self) -> Vec<AnyView> {
        self.cards(|about| matches!(about, ConflictAbout::Planning(_)))
    }

    /// All cards, each naming what it is about.
    pub fn all(&self) -> Vec<AnyView> {
        self.cards(|_| true)
    }

    fn cards(&self, is_wanted: impl Fn(ConflictAbout) -> bool) -> Vec<AnyView> {
        let about = self.client.conflicts.iter().map(|of| of.about);
        about
            .filter(|about| is_wanted(*about))
            .filter_map(|about| self.card(about, true))
            .collect()
    }

    fn card(&self, about: ConflictAbout, is_listed: bool) -> Option<AnyView> {
        let answers = self.client.answers(about).to_vec();
        if answers.is_empty() {
            return None;
        }
        let id = self.client.row.id;
        let open = RwSignal::new(false);
        let (other, dialog) = match about {
            ConflictAbout::Field(ClientField::Funding) => {
                let client = self.client.clone();
                (
                    Other::Dialog(open),
                    view! { <ChangeFundingDialog open client /> }.into_any(),
                )
            }
            ConflictAbout::Field(field) => (Other::Field(id, field), ().into_any()),
            ConflictAbout::Bsn => (
                Other::Dialog(open),
                view! { <ChangeBsnDialog open client=id /> }.into_any(),
            ),
            ConflictAbout::Identity => (
                Other::Dialog(open),
                view! { <IdentityDialog open client=id /> }.into_any(),
            ),
            ConflictAbout::Planning(planning) => {
                let start = answers.iter().find(|answer| answer.is_shown);
                let start = start.and_then(|answer| match &answer.value {
                    AnswerValue::Planning(value) => Some(value.clone()),
                    _ => None,
                });
                (
                    Other::Dialog(open),
                    view! { <ChangePlanningDialog open client=id planning start /> }.into_any(),
                )
            }
        };
        let values = answers
            .iter()
            .map(|answer| client_value(about, &answer.value));
        let bsn_of = (about == ConflictAbout::Bsn).then_some(id);
        let card = view! {
            <AnswersCard
                id=anchor(about)
                name=words::conflict::about(about)
                is_listed
                values=values.collect()
                answers
                devices=self.devices
                bsn_of
                other
            />
            {dialog}
        };
        Some(card.into_any())
    }
}

/// Where the question about this value stands.
pub fn place(client: ClientId, about: ConflictAbout) -> String {
    let path = match about {
        ConflictAbout::Planning(_) => route::planning(client),
        ConflictAbout::Field(_) | ConflictAbout::Bsn | ConflictAbout::Identity => {
            route::details(client)
        }
    };
    format!("{path}#{}", anchor(about))
}

/// The cards of the caregiver's own data.
pub fn profile_cards(profile: &ProfileView) -> Vec<AnyView> {
    if profile.conflicts.is_empty() {
        return Vec::new();
    }
    let devices = load_devices();
    let conflicts = profile.conflicts.iter().map(|conflict| {
        let field = conflict.field;
        let values = conflict
            .answers
            .iter()
            .map(|answer| profile_value(field, answer));
        view! {
            <AnswersCard
                id=format!("vraag-{}", code(&field))
                name=words::conflict::profile(field)
                is_listed=true
                values=values.collect()
                answers=conflict.answers.clone()
                devices
                bsn_of=None
                other=Other::Profile(field)
            />
        }
        .into_any()
    });
    conflicts.collect()
}

/// Id of a card; holds nothing about the person.
fn anchor(about: ConflictAbout) -> String {
    match about {
        ConflictAbout::Field(field) => format!("vraag-{}", code(&field)),
        ConflictAbout::Bsn => "vraag-bsn".to_owned(),
        ConflictAbout::Identity => "vraag-identity".to_owned(),
        ConflictAbout::Planning(planning) => format!("vraag-{planning}"),
    }
}

/// An answer about a client as a person reads it.
pub fn client_value(about: ConflictAbout, value: &AnswerValue) -> String {
    match (value, about) {
        (AnswerValue::Text(text), ConflictAbout::Field(field)) => {
            words::conflict::filled_in(&shown(field, text)).to_owned()
        }
        (AnswerValue::Text(text), _) => words::conflict::filled_in(text).to_owned(),
        (AnswerValue::Funding(value), _) => words::conflict::funding(value),
        (AnswerValue::Identity(value), _) => words::conflict::identity(value),
        (AnswerValue::Planning(value), _) => {
            let line = planning_line(&PlanningView {
                id: dossier::id::EntryId([0; 16]),
                weekdays: value.weekdays.clone(),
                time: value.time.clone(),
                minutes: value.minutes,
                from: value.from.clone(),
                until: value.until.clone(),
                skipped: Vec::new(),
            });
            words::conflict::planning(&line, value)
        }
    }
}

/// An answer about the caregiver as a person reads it.
fn profile_value(field: ProfileField, answer: &Answer) -> String {
    let AnswerValue::Text(text) = &answer.value else {
        return String::new();
    };
    match field {
        ProfileField::Profession => match choice(text) {
            Some(profession) => words::practice::profession(profession).to_owned(),
            None => text.clone(),
        },
        _ => words::conflict::filled_in(text).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: &str) -> Answer {
        Answer {
            value: AnswerValue::Text(value.into()),
            author: String::new(),
            device: None,
            recorded_at: None,
            is_shown: false,
            choose: None,
        }
    }

    #[test]
    fn values_are_read_as_on_the_screen_they_stand_on() {
        let value = |field, text| client_value(ConflictAbout::Field(field), &said(text).value);
        assert_eq!(value(ClientField::StartsOn, "2026-11-02"), "02-11-2026");
        assert_eq!(value(ClientField::Infix, ""), "Niet ingevuld");
        let masked = client_value(ConflictAbout::Bsn, &said("•••••6782").value);
        assert_eq!(masked, "•••••6782");
        let profession = profile_value(ProfileField::Profession, &said("nurse"));
        assert_eq!(profession, "Verpleegkundige");
    }

    #[test]
    fn a_question_stands_at_its_value() {
        let client = ClientId([1; 16]);
        let phone = place(client, ConflictAbout::Field(ClientField::Phone));
        assert_eq!(phone, format!("/client/{client}/gegevens#vraag-phone"));
        let planning = dossier::id::EntryId([2; 16]);
        let planned = place(client, ConflictAbout::Planning(planning));
        assert_eq!(
            planned,
            format!("/client/{client}/planning#vraag-{planning}")
        );
    }
}
