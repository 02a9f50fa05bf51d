//! **Niet leesbaar**: pieces that are damaged. They are kept apart, and the rest works.

use dossier::calendar;
use engine::command::{Command, Reply, UnreadableRow};
use leptos::prelude::*;

use super::load::{LoadedView, load};
use super::more::BackToMore;
use super::route;
use crate::ui::{EmptyState, Glyph, Link, Notice, NoticeKind, PageTitle};
use crate::words::{date, storage, unreadable as words};

/// **Niet leesbaar**.
#[component]
pub fn UnreadablePage() -> impl IntoView {
    let rows = load(
        || Some(Command::Unreadable),
        |reply| match reply {
            Reply::Unreadable(rows) => Some(rows),
            _ => None,
        },
    );
    let show = |rows: Vec<UnreadableRow>| view! { <Rows rows /> }.into_any();
    view! {
        <div class="l-page">
            <BackToMore />
            <PageTitle title=words::title() take_focus=true />
            <LoadedView of=rows view=show />
        </div>
    }
}

#[component]
fn Rows(rows: Vec<UnreadableRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <EmptyState text=words::none() icon=Glyph::Check /> }.into_any();
    }
    view! {
        <p>{words::kept()}</p>
        <ul class="l-stack" role="list">
            {rows.into_iter().map(|row| view! { <li><Row row /></li> }).collect_view()}
        </ul>
    }
    .into_any()
}

#[component]
fn Row(row: UnreadableRow) -> impl IntoView {
    let found = calendar::rfc3339(row.found_at)
        .map(|text| date::moment(&text))
        .unwrap_or_default();
    let size = (row.size_bytes > 0).then(|| storage::size(row.size_bytes));
    let whose = match row.client {
        Some((client, name)) => view! { <Link href=route::client(client)>{name}</Link> }.into_any(),
        None => words::nobody().into_any(),
    };
    view! {
        <Notice kind=NoticeKind::Danger heading=words::row().to_owned()>
            <p>{whose}</p>
            <p class="u-meta">{words::found(&found, size.as_deref())}</p>
        </Notice>
    }
}
