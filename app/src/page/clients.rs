//! **Cliënten** and **Nieuwe cliënt**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Cliënten**: search and list.
#[component]
pub fn ClientsPage() -> impl IntoView {
    view! { <PageTitle title="Cliënten" take_focus=true /> }
}

/// **Nieuwe cliënt**.
#[component]
pub fn NewClientPage() -> impl IntoView {
    view! { <PageTitle title="Nieuwe cliënt" take_focus=true /> }
}
