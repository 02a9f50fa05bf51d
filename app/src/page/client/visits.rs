//! **Bezoeken**: signed visits by day, a year at a time.

use dossier::id::ClientId;
use dossier::view::{VisitRow, VisitsView};
use engine::command::{Command, Reply};
use leptos::prelude::*;

use super::layout::{ClientFrame, Section};
use crate::page::load::{Loaded, LoadedView, load};
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
        <ClientFrame
            section=Section::Visits
            view=|client, _| view! { <YearOfVisits client /> }.into_any()
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
    // Another year begins at the top of another list; news only changes rows.
    let list = Memo::new(move |_| {
        let visits = visits.read();
        visits.map(|visits: &VisitsView| (visits.year, visits.rows.is_empty()))
    });
    let latest = Memo::new(move |_| match visits.get() {
        Loaded::Ready(visits) => Some(visits),
        Loaded::Waiting | Loaded::Failed(_) => None,
    });
    let shown = move |(of_year, is_empty): (u16, bool)| {
        view! {
            <Years of_year latest year />
            {match is_empty {
                true => view! { <NoVisits client latest /> }.into_any(),
                false => view! { <VisitRows client latest /> }.into_any(),
            }}
        }
        .into_any()
    };
    view! {
        <h2>{words::client::visits()}</h2>
        <LoadedView of=list.into() view=shown />
    }
}

/// To choose another year, where there are several.
#[component]
fn Years(of_year: u16, latest: Memo<Option<VisitsView>>, year: RwSignal<String>) -> impl IntoView {
    let shown = RwSignal::new(of_year.to_string());
    let years = Memo::new(move |_| latest.get().map_or_else(Vec::new, |visits| visits.years));
    let has_years = Memo::new(move |_| years.read().len() > 1);
    let choices = Signal::derive(move || {
        let years = years.get().into_iter();
        let choices = years.map(|year| Choice::new(year.to_string(), year.to_string()));
        choices.collect::<Vec<Choice>>()
    });
    view! {
        <Show when=move || has_years.get()>
            <Chips
                label=words::client::year()
                value=shown
                choices
                on_change=move || year.set(shown.get_untracked())
            />
        </Show>
    }
}

#[component]
fn NoVisits(client: ClientId, latest: Memo<Option<VisitsView>>) -> impl IntoView {
    let text = move || {
        let visits = latest.read();
        let other = visits.as_ref().filter(|visits| !visits.years.is_empty());
        other.map_or_else(
            || words::client::no_visits().to_owned(),
            |visits| words::client::no_visits_in(visits.year),
        )
    };
    view! {
        <EmptyState text=Signal::derive(text) icon=Glyph::Document>
            <LinkButton href=route::new_visit(client, None) icon=Glyph::Plus>
                {words::client::new_visit()}
            </LinkButton>
        </EmptyState>
    }
}

/// Rows under the day they belong to.
#[component]
fn VisitRows(
    /// Whose.
    client: ClientId,
    /// Newest first.
    latest: Memo<Option<VisitsView>>,
) -> impl IntoView {
    let days = Memo::new(move |_| {
        let rows = latest.get().map_or_else(Vec::new, |visits| visits.rows);
        let days = rows.chunk_by(|one, other| one.date == other.date);
        days.map(<[VisitRow]>::to_vec).collect::<Vec<_>>()
    });
    let growth = Growth::new(Signal::derive(move || days.read().len()));
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
            <Grown growth rows=days view=day />
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
