//! **Opslag**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Opslag**.
#[component]
pub fn StoragePage() -> impl IntoView {
    view! { <PageTitle title="Opslag" take_focus=true /> }
}
