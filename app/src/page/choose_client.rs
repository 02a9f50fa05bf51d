//! For whom is the new visit, or the new contact by telephone?

use dossier::id::ClientId;
use leptos::prelude::*;

use super::clients::ClientList;
use super::route;
use crate::ui::PageTitle;
use crate::words;

/// The screen: a client in the list begins the visit.
#[component]
pub fn ChooseClientPage() -> impl IntoView {
    let is_call = route::is_call_query();
    move || {
        if is_call.get() {
            view! { <Choose title=words::shell::new_contact() to=route::new_call /> }
        } else {
            view! { <Choose title=words::shell::new_visit() to=new_visit /> }
        }
    }
}

#[component]
fn Choose(title: &'static str, to: fn(ClientId) -> String) -> impl IntoView {
    view! {
        <div class="l-page">
            <PageTitle title take_focus=true />
            <p class="u-lead">{words::visit::for_whom()}</p>
            <ClientList id="kies" to />
        </div>
    }
}

fn new_visit(client: ClientId) -> String {
    route::new_visit(client, None)
}
