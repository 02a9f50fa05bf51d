//! An address without a screen.

use leptos::prelude::*;

use super::route;
use crate::ui::{LinkButton, PageTitle};
use crate::words::elsewhere as words;

/// Says so, and one way on.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <div class="l-page">
            <PageTitle title=words::not_found() take_focus=true />
            <p>{words::not_found_text()}</p>
            <div class="c-actions">
                <LinkButton href=route::TODAY>{words::to_today()}</LinkButton>
            </div>
        </div>
    }
}
