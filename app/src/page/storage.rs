//! **Opslag**: what the browser promises about the vault, and how much room is left.

use leptos::prelude::*;

use super::more::BackToMore;
use super::session::use_session;
use crate::platform::storage::{self, Persistence, Room};
use crate::platform::update::{self, Update};
use crate::ui::{Actions, Button, ButtonKind, Card, Notice, NoticeKind, PageTitle, Progress};
use crate::words::storage as words;

/// From here on the device is called almost full, in percent.
const ALMOST_FULL_PERCENT: u64 = 80;

/// **Opslag**.
#[component]
pub fn StoragePage() -> impl IntoView {
    let session = use_session();
    let answer = RwSignal::new(None::<Persistence>);
    let room = RwSignal::new(None::<Option<Room>>);
    let kept = update::state();
    session.spawn(async move {
        answer.try_set(Some(storage::persisted().await));
        room.try_set(Some(storage::room().await));
    });
    let ask = move || {
        session.spawn(async move {
            answer.try_set(Some(storage::persist().await));
        });
    };
    let can_ask = move || {
        answer
            .get()
            .is_some_and(|answer| answer != Persistence::Granted)
    };
    let offline = move || match kept.get() {
        Update::Kept | Update::Waiting | Update::Replaced => words::offline_ready(),
        Update::NotKept => words::offline_not_ready(),
    };
    view! {
        <div class="l-page">
            <BackToMore />
            <PageTitle title=words::title() take_focus=true />
            <Card id="bewaren" title=words::keeping()>
                {move || answer.get().map(|answer| view! { <PersistenceLine answer /> })}
                <Show when=can_ask>
                    <Actions>
                        <Button kind=ButtonKind::Quiet on_press=ask>
                            {words::persist()}
                        </Button>
                    </Actions>
                </Show>
            </Card>
            <Card id="ruimte" title=words::room()>
                {move || room.get().map(|room| view! { <RoomLine room /> })}
            </Card>
            <Card id="offline" title=words::offline()>
                <p>{offline}</p>
            </Card>
        </div>
    }
}

/// The browser's answer in one word and what it means.
#[component]
pub fn PersistenceLine(
    /// The answer.
    answer: Persistence,
) -> impl IntoView {
    view! {
        <p>
            {words::persisted_label()} " "
            <strong data-testid="storage-persisted">{words::persisted(answer)}</strong> ". "
            {words::persisted_text(answer)}
        </p>
    }
}

#[component]
fn RoomLine(room: Option<Room>) -> impl IntoView {
    let Some(room) = room else {
        return view! { <p>{words::room_unknown()}</p> }.into_any();
    };
    let percent = used_percent(room);
    let bar = u32::try_from(percent).unwrap_or(100);
    view! {
        <p>
            {words::used_label()} " " <strong class="u-num" data-testid="storage-used-percent">{percent} "%"</strong> " "
            {words::used_of(&words::size(room.limit_bytes))}
        </p>
        <Progress id="ruimte-balk" label=words::size(room.used_bytes) done=bar />
        {(percent >= ALMOST_FULL_PERCENT)
            .then(|| {
                view! {
                    <Notice kind=NoticeKind::Warning heading=words::almost_full().to_owned()>
                        <p>{words::make_room()}</p>
                    </Notice>
                }
            })}
    }
    .into_any()
}

/// Rounded up, so that a little in use is never "0 %"; at most 100.
fn used_percent(room: Room) -> u64 {
    let scaled = u128::from(room.used_bytes) * 100;
    let percent = scaled.div_ceil(u128::from(room.limit_bytes.max(1)));
    u64::try_from(percent).unwrap_or(100).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_in_use_is_one_percent_and_never_over_a_hundred() {
        let room = |used_bytes, limit_bytes| Room {
            used_bytes,
            limit_bytes,
        };
        assert_eq!(used_percent(room(0, 1000)), 0);
        assert_eq!(used_percent(room(1, 1_000_000_000_000)), 1);
        assert_eq!(used_percent(room(800, 1000)), 80);
        assert_eq!(used_percent(room(2000, 1000)), 100);
        assert_eq!(used_percent(room(5, 0)), 100);
    }
}
