//! **Over en hulp**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Over en hulp**.
#[component]
pub fn AboutPage() -> impl IntoView {
    view! { <PageTitle title="Over en hulp" take_focus=true /> }
}
