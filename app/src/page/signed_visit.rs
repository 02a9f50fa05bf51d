//! A signed visit.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// A signed visit.
#[component]
pub fn SignedVisitPage() -> impl IntoView {
    view! { <PageTitle title="Bezoek" take_focus=true /> }
}
