//! **Vandaag**: visits, drafts and tasks.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Vandaag**: visits, drafts and tasks.
#[component]
pub fn TodayPage() -> impl IntoView {
    view! { <PageTitle title="Vandaag" take_focus=true /> }
}
