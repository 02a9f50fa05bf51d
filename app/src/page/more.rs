//! **Meer**: the places that are not for every day.

use engine::command::{Command, Reply};
use leptos::prelude::*;

use super::load::{Loaded, load};
use super::route;
use crate::ui::{Badge, List, ListRow, NoticeKind, PageTitle};
use crate::words::{about, devices, practice, settings, shell, storage, unreadable};

/// **Meer**.
#[component]
pub fn MorePage() -> impl IntoView {
    let damaged = load(
        || Some(Command::Unreadable),
        |reply| match reply {
            Reply::Unreadable(rows) => Some(rows.len()),
            _ => None,
        },
    );
    let count = move || match damaged.get() {
        Loaded::Ready(count) if count > 0 => Some(count),
        _ => None,
    };
    view! {
        <div class="l-page">
            <PageTitle title=shell::more() take_focus=true />
            <List label=shell::more()>
                <ListRow href=route::DEVICES title=devices::title() />
                <ListRow href=route::PRACTICE title=practice::title() />
                <ListRow href=route::SETTINGS title=settings::title() />
                <ListRow href=route::STORAGE title=storage::title() />
                <ListRow href=route::UNREADABLE title=unreadable::title()>
                    {move || {
                        count()
                            .map(|count| {
                                view! {
                                    <Badge kind=NoticeKind::Danger testid="unreadable-count">
                                        {count}
                                    </Badge>
                                }
                            })
                    }}
                </ListRow>
                <ListRow href=route::ABOUT title=about::title() />
            </List>
        </div>
    }
}

/// Back to **Meer**, above a screen of it.
#[component]
pub fn BackToMore() -> impl IntoView {
    use crate::ui::{Glyph, Link};
    view! {
        <Link href=route::MORE icon=Glyph::Back>
            {shell::more()}
        </Link>
    }
}
