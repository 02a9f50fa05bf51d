//! Keeps an open vault out of sight when nobody looks, and locks it when nobody is there.

use leptos::prelude::*;

use super::session::use_session;
use crate::platform::activity::{self, Limits, News};
use crate::platform::{dom, settings};
use crate::words::{common, shell as words};

/// The pages, covered while the tab is hidden; locks when idle or hidden for too long, or kept in the browser's history.
#[component]
pub fn Guard(
    /// The pages.
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let is_covered = RwSignal::new(activity::is_hidden());
    let on_news = move |news| match news {
        News::Hidden => {
            dom::remember_focus();
            is_covered.set(true);
            session.spawn(async move {
                session.flush().await;
                session.vault().hide();
            });
        }
        News::Shown => {
            is_covered.set(false);
            request_animation_frame(dom::return_focus);
        }
        News::Away => session.lock(),
    };
    // Both end with the pages: dropped with their owner.
    StoredValue::new_local(activity::watch(limits, on_news));
    StoredValue::new_local(activity::on_kept_in_history(move || session.lock()));
    StoredValue::new_local(activity::on_hide(move || session.spawn(session.flush())));
    view! {
        <Show when=move || is_covered.get()>
            <div class="p-cover" aria-hidden="true">
                <p class="c-brand">{common::product()}</p>
                <p class="u-hidden">{words::covered()}</p>
            </div>
        </Show>
        <div class:p-covered=move || is_covered.get()>{children()}</div>
    }
}

fn limits() -> Limits {
    const MINUTE_MS: i64 = 60_000;
    let settings = settings::load();
    Limits {
        idle_ms: i64::from(settings.idle_minutes) * MINUTE_MS,
        hidden_ms: i64::from(settings.hidden_minutes) * MINUTE_MS,
    }
}
