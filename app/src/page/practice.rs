//! **Mijn praktijk**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Mijn praktijk**.
#[component]
pub fn PracticePage() -> impl IntoView {
    view! { <PageTitle title="Mijn praktijk" take_focus=true /> }
}
