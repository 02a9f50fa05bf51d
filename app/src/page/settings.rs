//! **Instellingen**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Instellingen**.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <PageTitle title="Instellingen" take_focus=true /> }
}
