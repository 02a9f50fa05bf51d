//! The heading of a screen and the text in the browser's tab.

use leptos::html;
use leptos::prelude::*;

use crate::platform::dom;
use crate::words::common;

/// The one `h1` of a screen. The tab gets the screen's generic name: no name of a person leaves the page.
#[component]
pub fn PageTitle(
    /// The heading; may hold a name.
    #[prop(into)]
    title: Signal<String>,
    /// The screen's generic name, for the tab; the heading when not given, so give it wherever the heading is about a person.
    #[prop(optional, into)]
    screen: MaybeProp<String>,
    /// Takes the keyboard, after going to another screen.
    #[prop(optional)]
    take_focus: bool,
) -> impl IntoView {
    let heading: NodeRef<html::H1> = NodeRef::new();
    if take_focus {
        heading.on_load(|element| {
            let _ = element.focus();
        });
    }
    Effect::new(move |_| {
        let screen = screen.get().unwrap_or_else(|| title.get());
        dom::set_title(&format!("{screen} · {}", common::product()));
    });
    view! { <h1 class="c-title" node_ref=heading tabindex="-1">{title}</h1> }
}
