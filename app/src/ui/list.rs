//! A list of places to go.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Rows of [`ListRow`].
#[component]
pub fn List(
    /// The list's accessible name.
    #[prop(optional, into)]
    label: Option<String>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! { <ul class="c-list" role="list" aria-label=label>{children()}</ul> }
}

/// A row that is one link; marks and buttons stand beside it.
///
/// The link's accessible name is "title, meta".
#[component]
pub fn ListRow(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// The first line.
    #[prop(into)]
    title: Signal<String>,
    /// The second, quieter line.
    #[prop(optional, into)]
    meta: MaybeProp<String>,
    /// Before the title, such as a time.
    #[prop(optional, into)]
    lead: MaybeProp<String>,
    /// This row's place is on screen.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// Marks and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let name = move || match meta.get() {
        Some(meta) => format!("{}, {meta}", title.get()),
        None => title.get(),
    };
    view! {
        <li class="c-row" class:c-row--current=move || current.get() data-testid=testid>
            {move || lead.get().map(|lead| view! { <span class="c-row__lead">{lead}</span> })}
            <div class="c-row__body">
                <div class="c-row__main">
                    <a
                        class="c-row__link"
                        href=href
                        aria-label=name
                        aria-current=move || current.get().then_some("page")
                    >
                        <span class="c-row__title">{title}</span>
                        " "
                        {move || {
                            meta.get().map(|meta| view! { <span class="c-row__meta">{meta}</span> })
                        }}
                    </a>
                </div>
                {children.map(|children| view! { <div class="c-row__side">{children()}</div> })}
            </div>
            <span class="c-row__go">
                <Icon glyph=Glyph::Forward />
            </span>
        </li>
    }
}
