//! Whose page this is, always in sight.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::page_title::PageTitle;

/// Name, what tells namesakes apart, and what to look out for; stays at the top while scrolling.
#[component]
pub fn PersonHeader(
    /// The name: the screen's heading.
    #[prop(into)]
    name: Signal<String>,
    /// The screen's generic name, for the tab.
    #[prop(into)]
    screen: Signal<String>,
    /// Birth date and place.
    #[prop(into)]
    meta: Signal<String>,
    /// What to look out for, or none.
    #[prop(optional, into)]
    attention: MaybeProp<String>,
    /// The word before it.
    #[prop(optional, into)]
    attention_label: MaybeProp<String>,
    /// Where going back leads, on a narrow screen.
    #[prop(optional, into)]
    back_href: MaybeProp<String>,
    /// Words of going back.
    #[prop(optional, into)]
    back_label: MaybeProp<String>,
    /// What is done most here, where there is room for it beside the name; see [`super::SectionNav`].
    #[prop(optional, into)]
    tools: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <header class="c-person">
            {move || {
                back_href
                    .get()
                    .map(|href| {
                        view! {
                            <a class="c-person__back" href=href>
                                <Icon glyph=Glyph::Back />
                                <span class="u-hidden">{move || back_label.get()}</span>
                            </a>
                        }
                    })
            }}
            <div class="c-person__who">
                <PageTitle title=name screen />
                <p class="c-person__meta">{meta}</p>
            </div>
            {tools.map(|tools| view! { <div class="c-person__tools">{tools.run()}</div> })}
            {move || {
                attention
                    .get()
                    .map(|text| {
                        view! {
                            <p class="c-person__attention">
                                <Icon glyph=Glyph::Warning />
                                <span>
                                    {move || {
                                        attention_label
                                            .get()
                                            .map(|label| view! { <strong>{label}": "</strong> })
                                    }} {text}
                                </span>
                            </p>
                        }
                    })
            }}
        </header>
    }
}
