//! An address without a screen.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// An address without a screen.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <PageTitle title="Deze pagina is er niet" take_focus=true /> }
}
