//! **Meer**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Meer**.
#[component]
pub fn MorePage() -> impl IntoView {
    view! { <PageTitle title="Meer" take_focus=true /> }
}
