//! **Welkom bij Dossierkluis**.

use leptos::prelude::*;

use crate::ui::PageTitle;

/// **Welkom bij Dossierkluis**.
#[component]
pub fn WelcomePage() -> impl IntoView {
    view! { <PageTitle title="Welkom bij Dossierkluis" take_focus=true /> }
}
