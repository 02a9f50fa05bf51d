//! **Over en hulp**: the version, what the app promises and what it cannot do.

use leptos::prelude::*;

use super::more::BackToMore;
use crate::ui::{Card, PageTitle};
use crate::words::about as words;

/// **Over en hulp**.
#[component]
pub fn AboutPage() -> impl IntoView {
    view! {
        <div class="l-page">
            <BackToMore />
            <PageTitle title=words::title() take_focus=true />
            <p class="u-meta" data-testid="version">{words::version(env!("CARGO_PKG_VERSION"))}</p>
            <Card id="hulp" title=words::help()>
                <Lines lines=words::help_lines().to_vec() />
            </Card>
            <Card id="belofte" title=words::promises()>
                <Lines lines=words::promise_lines().to_vec() />
            </Card>
            <Card id="grens" title=words::limits()>
                <Lines lines=words::limit_lines().to_vec() />
            </Card>
        </div>
    }
}

#[component]
fn Lines(lines: Vec<&'static str>) -> impl IntoView {
    view! {
        <ul class="p-lines">
            {lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
        </ul>
    }
}
