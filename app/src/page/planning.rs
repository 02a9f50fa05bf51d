//! **Planning** of one client.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Planning** of one client.
#[component]
pub fn PlanningPage() -> impl IntoView {
    view! { <PageTitle title="Planning" take_focus=true /> }
}
