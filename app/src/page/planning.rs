//! **Planning** of one client: visits on fixed weekdays.

use std::collections::BTreeSet;
use std::sync::Arc;

use dossier::edit::{Edit, PlanningInput};
use dossier::id::{ClientId, EntryId};
use dossier::problem::Field;
use dossier::view::{ClientView, PlanningView};
use leptos::prelude::*;

use super::client::{ClientLayout, Section};
use super::form::{FormArea, FormState};
use super::identity::stamp;
use super::read_back;
use super::session::use_session;
use crate::platform::random;
use crate::ui::{
    Actions, Button, ButtonKind, CheckGroup, Choice, DateInput, EmptyState, Glyph, NumberInput,
    TimeInput,
};
use crate::words;

/// The screen.
#[component]
pub fn PlanningPage() -> impl IntoView {
    view! { <ClientLayout section=Section::Planning view=|client| planning(client).into_any() /> }
}

/// `Maandag en donderdag om 09:30, 45 minuten`.
pub fn planning_line(planning: &PlanningView) -> String {
    let days: Vec<String> = planning
        .weekdays
        .iter()
        .enumerate()
        .map(|(place, day)| {
            let name = words::date::weekday_name(*day);
            if place == 0 {
                name.to_owned()
            } else {
                name.to_lowercase()
            }
        })
        .collect();
    words::client::planning_line(&days.join(", "), &planning.time, planning.minutes)
}

fn planning(client: Arc<ClientView>) -> impl IntoView {
    let id = client.row.id;
    let (today, _) = stamp();
    let current: Vec<_> = client.row.planning.clone();
    let is_empty = current.is_empty();
    let rows = current
        .into_iter()
        .map(|planning| view! { <PlanningRow client=id planning /> })
        .collect_view();
    let is_open = RwSignal::new(is_empty);
    view! {
        <h2>{words::client::planning()}</h2>
        {if is_empty {
            view! { <EmptyState text=words::client::nothing_planned() icon=Glyph::Calendar /> }.into_any()
        } else {
            view! { <ul class="l-stack" role="list">{rows}</ul> }.into_any()
        }}
        <Show
            when=move || is_open.get()
            fallback=move || {
                view! {
                    <Button icon=Glyph::Plus kind=ButtonKind::Quiet on_press=move || is_open.set(true)>
                        {words::client::plan_visit()}
                    </Button>
                }
            }
        >
            <PlanningForm client=id today=today.clone() />
        </Show>
    }
}

#[component]
fn PlanningRow(client: ClientId, planning: PlanningView) -> impl IntoView {
    let session = use_session();
    let id = planning.id;
    let until = planning.until.as_deref().map(words::date::short);
    let term = words::client::planning_term(&words::date::short(&planning.from), until.as_deref());
    let has_end = planning.until.is_some();
    view! {
        <li class="p-entry">
            <p><strong>{planning_line(&planning)}</strong></p>
            <p class="u-meta">{term}</p>
            {(!has_end)
                .then(|| {
                    view! {
                        <Button
                            kind=ButtonKind::Quiet
                            on_press=move || {
                                session.spawn(async move {
                                    let edit = Edit::EndPlanning { client, planning: id };
                                    if session.edit(edit, None).await.is_err() {
                                        session.say_done(words::shell::undo_failed());
                                    }
                                })
                            }
                        >
                            {words::client::stop_planning()}
                        </Button>
                    }
                })}
        </li>
    }
}

#[component]
fn PlanningForm(client: ClientId, today: String) -> impl IntoView {
    let session = use_session();
    let form = FormState::new("planning", Some(client));
    let planning = EntryId(random::id());
    let days = form.set("days");
    let time = form.text("planning-time");
    let minutes = form.text("planning-minutes");
    let from = form.text_or("planning-from", &today);
    let until = form.text("planning-until");
    for (field, id) in [
        (Field::PlanningDays, "days"),
        (Field::PlanningTime, "planning-time"),
        (Field::PlanningMinutes, "planning-minutes"),
        (Field::PlanningFrom, "planning-from"),
        (Field::PlanningUntil, "planning-until"),
    ] {
        form.bind(field, id);
    }
    let save = move || {
        session.spawn(async move {
            let input = PlanningInput {
                weekdays: weekdays(&days.read_untracked()),
                time: time.get_untracked(),
                minutes: minutes.get_untracked(),
                from: from.get_untracked(),
                until: until.get_untracked(),
            };
            form.submit(Edit::AddPlanning {
                client,
                planning,
                input,
            })
            .await;
        });
    };
    let names: Vec<Choice> = (1..=7_u8)
        .map(|day| Choice::new(day.to_string(), words::date::weekday_name(day)))
        .collect();
    view! {
        <FormArea form on_submit=save label=words::client::plan_visit()>
            <CheckGroup
                id="days"
                label=words::client::days()
                value=days
                choices=names
                error=form.error("days")
                inline=true
            />
            <div class="l-pair">
                <TimeInput
                    id="planning-time"
                    field="tijd"
                    label=words::client::time()
                    hint=words::client::time_hint().to_owned()
                    value=time
                    read_back=read_back::time(time)
                    error=form.error("planning-time")
                />
                <NumberInput
                    id="planning-minutes"
                    label=words::client::minutes()
                    hint=words::client::minutes_hint().to_owned()
                    value=minutes
                    error=form.error("planning-minutes")
                    whole=true
                />
            </div>
            <div class="l-pair">
                <DateInput
                    id="planning-from"
                    field="vanaf"
                    label=words::client::from()
                    value=from
                    read_back=read_back::date(from)
                    error=form.error("planning-from")
                />
                <DateInput
                    id="planning-until"
                    field="tot"
                    label=words::client::until()
                    value=until
                    read_back=read_back::date(until)
                    error=form.error("planning-until")
                    optional=true
                />
            </div>
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::client::save_planning()}
                </Button>
            </Actions>
        </FormArea>
    }
}

fn weekdays(codes: &BTreeSet<String>) -> Vec<u8> {
    codes.iter().filter_map(|code| code.parse().ok()).collect()
}
