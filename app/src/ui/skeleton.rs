//! The shape of content on its way.

use leptos::prelude::*;

use crate::words::common;

/// Grey lines that appear only when loading takes more than 150 ms.
#[component]
pub fn Skeleton(
    /// How many rows.
    #[prop(default = 3)]
    rows: usize,
) -> impl IntoView {
    view! {
        <div class="c-skeleton" aria-busy="true">
            <span class="u-hidden">{common::loading()}</span>
            {(0..rows)
                .map(|_| view! { <div class="c-skeleton__row" aria-hidden="true"></div> })
                .collect_view()}
        </div>
    }
}
