//! One subject with a heading, in a box.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A card: a region, or a group of a list of such, named by its heading, with at most one "+" link.
#[component]
pub fn Card(
    /// The card's id; its heading gets `<id>-title`.
    #[prop(into)]
    id: String,
    /// The heading: the region's accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Where the "+" goes.
    #[prop(optional, into)]
    add_href: MaybeProp<String>,
    /// The words beside the "+".
    #[prop(optional, into)]
    add_label: MaybeProp<String>,
    /// A heading of the third level, inside another section.
    #[prop(optional)]
    nested: bool,
    /// It is one of several of its kind: a group, so that the page has few regions.
    #[prop(optional)]
    group: bool,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let heading = if nested {
        view! { <h3 class="c-card__title" id=title_id.clone()>{title}</h3> }.into_any()
    } else {
        view! { <h2 class="c-card__title" id=title_id.clone()>{title}</h2> }.into_any()
    };
    view! {
        <section
            class="c-card"
            id=id
            role=group.then_some("group")
            aria-labelledby=title_id
            data-testid=testid
        >
            <div class="c-card__head">
                {heading}
                {move || {
                    add_href
                        .get()
                        .map(|href| {
                            view! {
                                <a class="c-text-button c-card__add" href=href>
                                    <Icon glyph=Glyph::Plus />
                                    <span>{move || add_label.get()}</span>
                                </a>
                            }
                        })
                }}
            </div>
            {children()}
        </section>
    }
}
