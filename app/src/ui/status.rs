//! What has just happened, said once and quietly.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A live region (`role=status`). Always present; empty when there is nothing to say.
#[component]
pub fn Status(
    /// The sentence, or none.
    #[prop(into)]
    text: MaybeProp<String>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    view! {
        <p class="c-status" role="status" data-testid=testid>
            {move || {
                text.get()
                    .map(|text| {
                        view! {
                            <Icon glyph=Glyph::Check />
                            <span>{text}</span>
                        }
                    })
            }}
        </p>
    }
}
