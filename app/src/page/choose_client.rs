//! For whom is the new visit?

use leptos::prelude::*;

use crate::ui::PageTitle;

/// For whom is the new visit?
#[component]
pub fn ChooseClientPage() -> impl IntoView {
    view! { <PageTitle title="Nieuw bezoek" take_focus=true /> }
}
