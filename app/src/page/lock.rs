//! **Kluis op slot**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Kluis op slot**.
#[component]
pub fn LockPage() -> impl IntoView {
    view! { <PageTitle title="Kluis op slot" take_focus=true /> }
}
