//! The screens of one client.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Overzicht**.
#[component]
pub fn OverviewPage() -> impl IntoView {
    view! { <PageTitle title="Cliënt" take_focus=true /> }
}

/// **Bezoeken**.
#[component]
pub fn VisitsPage() -> impl IntoView {
    view! { <PageTitle title="Cliënt" take_focus=true /> }
}

/// **Gegevens**.
#[component]
pub fn DetailsPage() -> impl IntoView {
    view! { <PageTitle title="Cliënt" take_focus=true /> }
}

/// **Geschiedenis**.
#[component]
pub fn HistoryPage() -> impl IntoView {
    view! { <PageTitle title="Cliënt" take_focus=true /> }
}
