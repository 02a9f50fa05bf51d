//! Why the pages are not here: another tab has the vault, or it cannot be opened.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Dossierkluis is al open**.
#[component]
pub fn ElsewherePage() -> impl IntoView {
    view! { <PageTitle title="Dossierkluis is al open" take_focus=true /> }
}

/// Another tab took over.
#[component]
pub fn TakenOverPage() -> impl IntoView {
    view! { <PageTitle title="Dossierkluis is al open" take_focus=true /> }
}

/// The vault cannot be opened.
#[component]
pub fn BrokenPage() -> impl IntoView {
    view! { <PageTitle title="Dossierkluis" take_focus=true /> }
}
