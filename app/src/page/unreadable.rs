//! **Niet leesbaar**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Niet leesbaar**.
#[component]
pub fn UnreadablePage() -> impl IntoView {
    view! { <PageTitle title="Niet leesbaar" take_focus=true /> }
}
