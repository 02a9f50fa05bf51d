//! **Overzicht**: what is needed at the door.

use std::sync::Arc;

use dossier::value::phone::Phone;
use dossier::view::{ClientRow, ClientView};
use leptos::prelude::*;

use super::layout::{ClientLayout, Section};
use super::visits::RecentVisits;
use crate::page::planning::planning_line;
use crate::page::route;
use crate::ui::{ButtonKind, Card, Glyph, Link, LinkButton};
use crate::words;

/// The screen.
#[component]
pub fn OverviewPage() -> impl IntoView {
    view! { <ClientLayout section=Section::Overview view=|client| overview(client).into_any() /> }
}

fn overview(client: Arc<ClientView>) -> impl IntoView {
    let id = client.row.id;
    let planned = client
        .row
        .planning
        .iter()
        .map(planning_line)
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    let has_planning = !client.row.planning.is_empty();
    let deadline = client
        .plan_deadline
        .as_deref()
        .map(|date| words::client::plan_deadline(&words::date::short(date)));
    view! {
        <h2 class="u-hidden">{words::client::overview()}</h2>
        {deadline.map(|deadline| view! { <p class="u-meta" data-testid="plan-deadline">{deadline}</p> })}
        <div class="l-grid">
            <Card id="laatste" title=words::client::last_visits()>
                <RecentVisits client=id />
            </Card>
            <Card id="bereiken" title=words::client::reach()>
                <Reach row=client.row.clone() />
            </Card>
            <Card id="gepland" title=words::client::planned_visits()>
                {if has_planning {
                    view! { <ul class="l-stack l-stack--tight" role="list">{planned}</ul> }.into_any()
                } else {
                    view! { <p>{words::client::nothing_planned()}</p> }.into_any()
                }}
                <Link href=route::planning(id) icon=Glyph::Calendar>
                    {words::client::plan_visit()}
                </Link>
            </Card>
        </div>
    }
}

/// Address and telephone, with what they are for.
#[component]
pub fn Reach(
    /// Whose.
    row: ClientRow,
) -> impl IntoView {
    let address = address(&row);
    let phone = Phone::parse(&row.phone).ok();
    let shown = phone.as_ref().map(ToString::to_string);
    let is_empty = address.is_none() && phone.is_none();
    view! {
        {address.clone().map(|address| view! { <p class="u-prewrap">{address}</p> })}
        {shown.map(|shown| view! { <p class="u-num">{shown}</p> })}
        {is_empty.then(|| view! { <p>{words::client::no_reach()}</p> })}
        <div class="l-cluster">
            {phone
                .map(|phone| {
                    view! {
                        <LinkButton href=phone.link() kind=ButtonKind::Quiet icon=Glyph::Phone external=true>
                            {words::client::call()}
                        </LinkButton>
                    }
                })}
            {maps_link(&row)
                .map(|href| {
                    view! {
                        <LinkButton
                            href
                            kind=ButtonKind::Quiet
                            icon=Glyph::Route
                            external=true
                            described_by="route-uitleg"
                        >
                            {words::client::route()}
                        </LinkButton>
                    }
                })}
        </div>
        {address.map(|_| view! { <p class="u-meta" id="route-uitleg">{words::client::route_hint()}</p> })}
    }
}

/// Street on one line, postcode and place on the next.
fn address(row: &ClientRow) -> Option<String> {
    let second = [row.postcode.as_str(), row.place.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty());
    let second = second.collect::<Vec<_>>().join(" ");
    let lines = [row.street.as_str(), second.as_str()]
        .into_iter()
        .filter(|line| !line.is_empty());
    let lines = lines.collect::<Vec<_>>().join("\n");
    (!lines.is_empty()).then_some(lines)
}

/// A link for the maps app of the device (RFC 5870 `geo:` with a query); it holds the address and no name.
pub fn maps_link(row: &ClientRow) -> Option<String> {
    let address = address(row)?.replace('\n', ", ");
    let mut query = String::new();
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() {
            query.push(char::from(byte));
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(format!("geo:0,0?q={query}"))
}
