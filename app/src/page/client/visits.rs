//! **Bezoeken**: signed visits by day, a year at a time.

use dossier::id::ClientId;
use dossier::view::{VisitRow, VisitsView};
use engine::command::{Command, Reply};
use leptos::prelude::*;

use super::layout::{ClientLayout, Section};
use crate::page::load::{LoadedView, load};
use crate::page::route;
use crate::ui::{
    Badge, Chips, Choice, EmptyState, Glyph, Grown, Growth, Link, LinkButton, List, ListRow,
    NoticeKind, ShowMore,
};
use crate::words;

/// Visits shown in the overview.
const RECENT_COUNT: u16 = 3;
/// Id of what holds the rows.
const ROWS: &str = "bezoeken-rijen";

/// The screen.
#[component]
pub fn VisitsPage() -> impl IntoView {
    view! {
        <ClientLayout
            section=Section::Visits
            view=|client| view! { <YearOfVisits client=client.row.id /> }.into_any()
        />
    }
}

#[component]
fn YearOfVisits(client: ClientId) -> impl IntoView {
    let year = RwSignal::new(String::new());
    let visits = load(
        move || {
            Some(Command::Visits {
                client,
                year: year.read().parse().ok(),
            })
        },
        |reply| match reply {
            Reply::Visits(visits) => Some(visits),
            _ => None,
        },
    );
    view! {
        <h2>{words::client::visits()}</h2>
        <LoadedView
            of=visits
            view=move |visits: VisitsView| {
                view! { <VisitsOfYear client visits year /> }.into_any()
            }
        />
    }
}

#[component]
fn VisitsOfYear(client: ClientId, visits: VisitsView, year: RwSignal<String>) -> impl IntoView {
    let shown = RwSignal::new(visits.year.to_string());
    let years: Vec<Choice> = visits
        .years
        .iter()
        .map(|year| Choice::new(year.to_string(), year.to_string()))
        .collect();
    let has_years = years.len() > 1;
    let is_empty = visits.rows.is_empty();
    let text = if visits.years.is_empty() {
        words::client::no_visits().to_owned()
    } else {
        words::client::no_visits_in(visits.year)
    };
    view! {
        {has_years
            .then(|| {
                view! {
                    <Chips
                        label=words::client::year()
                        value=shown
                        choices=years
                        on_change=move || year.set(shown.get_untracked())
                    />
                }
            })}
        {if is_empty {
            view! {
                <EmptyState text icon=Glyph::Document>
                    <LinkButton href=route::new_visit(client, None) icon=Glyph::Plus>
                        {words::client::new_visit()}
                    </LinkButton>
                </EmptyState>
            }
                .into_any()
        } else {
            view! { <VisitRows client rows=visits.rows /> }.into_any()
        }}
    }
}

/// Rows under the day they belong to.
#[component]
fn VisitRows(
    /// Whose.
    client: ClientId,
    /// Newest first.
    rows: Vec<VisitRow>,
) -> impl IntoView {
    let days: Vec<Vec<VisitRow>> = rows
        .chunk_by(|one, other| one.date == other.date)
        .map(<[VisitRow]>::to_vec)
        .collect();
    let growth = Growth::new(Signal::stored(days.len()));
    let day = move |day: Vec<VisitRow>| {
        let name = day
            .first()
            .map(|row| words::date::long(&row.date))
            .unwrap_or_default();
        let rows = day
            .into_iter()
            .map(|row| visit_row(client, row))
            .collect_view();
        view! {
            <section class="p-day">
                <h3 class="p-day__name">{name}</h3>
                <List>{rows}</List>
            </section>
        }
        .into_any()
    };
    view! {
        <div class="l-stack" id=ROWS>
            <Grown growth rows=Signal::stored(days) view=day />
        </div>
        <ShowMore growth list=ROWS label=words::client::more_visits() />
    }
}

fn visit_row(client: ClientId, row: VisitRow) -> impl IntoView {
    let amended = (row.amendment_count > 0).then(|| words::client::amended(row.amendment_count));
    let time = format!("{}–{}", row.begin, row.end);
    view! {
        <ListRow
            href=route::visit(client, row.year, row.id)
            title=time
            meta=row.excerpt.clone()
        >
            <span class="u-meta">{row.performer.clone()}</span>
            {amended.map(|amended| view! { <Badge kind=NoticeKind::Info>{amended}</Badge> })}
        </ListRow>
    }
}

/// The newest visits, for the overview.
#[component]
pub fn RecentVisits(
    /// Whose.
    client: ClientId,
) -> impl IntoView {
    let visits = load(
        move || {
            Some(Command::NewestVisits {
                client,
                count: RECENT_COUNT,
            })
        },
        |reply| match reply {
            Reply::Visits(visits) => Some(visits),
            _ => None,
        },
    );
    view! {
        <LoadedView
            of=visits
            view=move |visits: VisitsView| {
                if visits.rows.is_empty() {
                    return view! { <p>{words::client::no_visits()}</p> }.into_any();
                }
                let rows = visits
                    .rows
                    .iter()
                    .map(|row| {
                        view! {
                            <ListRow
                                href=route::visit(client, row.year, row.id)
                                title=format!("{} {}", words::date::short(&row.date), row.begin)
                                meta=row.excerpt.clone()
                            />
                        }
                    })
                    .collect_view();
                view! {
                    <List>{rows}</List>
                    <Link href=route::visits(client) icon=Glyph::Document>
                        {words::client::all_visits()}
                    </Link>
                }
                    .into_any()
            }
        />
    }
}
