//! Writing a visit.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// Begins a visit, then goes to its draft.
#[component]
pub fn NewVisitPage() -> impl IntoView {
    view! { <PageTitle title="Bezoek" take_focus=true /> }
}

/// An open draft.
#[component]
pub fn DraftPage() -> impl IntoView {
    view! { <PageTitle title="Bezoek" take_focus=true /> }
}
