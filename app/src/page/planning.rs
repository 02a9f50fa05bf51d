//! **Planning** of one client: visits on fixed weekdays.

use std::collections::BTreeSet;
use std::sync::Arc;

use dossier::edit::{Edit, PlanningInput};
use dossier::id::{ClientId, EntryId};
use dossier::problem::Field;
use dossier::view::{ClientView, PlanningValue, PlanningView};
use leptos::prelude::*;

use super::answers::Questions;
use super::client::{ClientLayout, Section};
use super::form::{FormArea, FormState};
use super::identity::stamp;
use super::read_back;
use super::session::use_session;
use crate::platform::random;
use crate::ui::{
    Actions, Button, ButtonKind, CheckGroup, Choice, DateInput, Dialog, DialogLeave, EmptyState,
    Glyph, NumberInput, TimeInput,
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
        {Questions::of(client).of_plannings()}
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
    let boxes = Boxes::of(
        form,
        &Start::today(today),
        [
            "days",
            "planning-time",
            "planning-minutes",
            "planning-from",
            "planning-until",
        ],
    );
    let save = move || {
        session.spawn(async move {
            form.submit(Edit::AddPlanning {
                client,
                planning,
                input: boxes.input(),
            })
            .await;
        });
    };
    view! {
        <FormArea form on_submit=save label=words::client::plan_visit()>
            <PlanningFields form boxes />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::client::save_planning()}
                </Button>
            </Actions>
        </FormArea>
    }
}

/// Changes a planning as a whole; settles what two devices said differently of it.
#[component]
pub fn ChangePlanningDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whose.
    client: ClientId,
    /// Which.
    planning: EntryId,
    /// As it is now.
    start: Option<PlanningValue>,
) -> impl IntoView {
    let start = StoredValue::new(start.map(Start::from).unwrap_or_default());
    let title = words::client::change_title(words::client::planning());
    view! {
        <Dialog open id="wijzig-planning" title>
            <ChangeForm open client planning start=start.get_value() />
        </Dialog>
    }
}

#[component]
fn ChangeForm(
    open: RwSignal<bool>,
    client: ClientId,
    planning: EntryId,
    start: Start,
) -> impl IntoView {
    let session = use_session();
    let form = FormState::new(format!("change-planning:{planning}"), Some(client));
    let boxes = Boxes::of(
        form,
        &start,
        [
            "change-days",
            "change-time",
            "change-minutes",
            "change-from",
            "change-until",
        ],
    );
    let save = move || {
        session.spawn(async move {
            let edit = Edit::ChangePlanning {
                client,
                planning,
                input: boxes.input(),
            };
            if form.submit(edit).await.is_some() {
                open.try_set(false);
            }
        });
    };
    view! {
        <FormArea form on_submit=save>
            <PlanningFields form boxes />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::client::save_planning()}
                </Button>
                <DialogLeave />
            </Actions>
        </FormArea>
    }
}

/// What the boxes hold at first.
#[derive(Clone, Default)]
struct Start {
    days: BTreeSet<String>,
    time: String,
    minutes: String,
    from: String,
    until: String,
}

impl Start {
    fn today(today: String) -> Self {
        Self {
            from: today,
            ..Self::default()
        }
    }
}

impl From<PlanningValue> for Start {
    fn from(value: PlanningValue) -> Self {
        let until = value.until.as_deref().map(words::date::short);
        Self {
            days: value.weekdays.iter().map(ToString::to_string).collect(),
            time: value.time,
            minutes: value.minutes.to_string(),
            from: words::date::short(&value.from),
            until: until.unwrap_or_default(),
        }
    }
}

/// The boxes of a planning, each with its id.
#[derive(Clone, Copy)]
struct Boxes {
    ids: [&'static str; 5],
    days: RwSignal<BTreeSet<String>>,
    time: RwSignal<String>,
    minutes: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
}

impl Boxes {
    fn of(form: FormState, start: &Start, ids: [&'static str; 5]) -> Self {
        let [days, time, minutes, from, until] = ids;
        for (field, id) in [
            (Field::PlanningDays, days),
            (Field::PlanningTime, time),
            (Field::PlanningMinutes, minutes),
            (Field::PlanningFrom, from),
            (Field::PlanningUntil, until),
        ] {
            form.bind(field, id);
        }
        Self {
            ids,
            days: form.set_or(days, start.days.clone()),
            time: form.text_or(time, &start.time),
            minutes: form.text_or(minutes, &start.minutes),
            from: form.text_or(from, &start.from),
            until: form.text_or(until, &start.until),
        }
    }

    fn input(self) -> PlanningInput {
        PlanningInput {
            weekdays: weekdays(&self.days.read_untracked()),
            time: self.time.get_untracked(),
            minutes: self.minutes.get_untracked(),
            from: self.from.get_untracked(),
            until: self.until.get_untracked(),
        }
    }
}

#[component]
fn PlanningFields(form: FormState, boxes: Boxes) -> impl IntoView {
    let Boxes {
        ids: [days_id, time_id, minutes_id, from_id, until_id],
        days,
        time,
        minutes,
        from,
        until,
    } = boxes;
    let names: Vec<Choice> = (1..=7_u8)
        .map(|day| Choice::new(day.to_string(), words::date::weekday_name(day)))
        .collect();
    view! {
        <CheckGroup
            id=days_id
            label=words::client::days()
            value=days
            choices=names
            error=form.error(days_id)
            inline=true
        />
        <div class="l-pair">
            <TimeInput
                id=time_id
                field="tijd"
                label=words::client::time()
                hint=words::client::time_hint().to_owned()
                value=time
                read_back=read_back::time(time)
                error=form.error(time_id)
            />
            <NumberInput
                id=minutes_id
                label=words::client::minutes()
                hint=words::client::minutes_hint().to_owned()
                value=minutes
                error=form.error(minutes_id)
                whole=true
            />
        </div>
        <div class="l-pair">
            <DateInput
                id=from_id
                field="vanaf"
                label=words::client::from()
                value=from
                read_back=read_back::date(from)
                error=form.error(from_id)
            />
            <DateInput
                id=until_id
                field="tot"
                label=words::client::until()
                value=until
                read_back=read_back::date(until)
                error=form.error(until_id)
                optional=true
            />
        </div>
    }
}

fn weekdays(codes: &BTreeSet<String>) -> Vec<u8> {
    codes.iter().filter_map(|code| code.parse().ok()).collect()
}
