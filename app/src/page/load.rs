//! Asking the vault for a view and showing it: waiting, there, or failed.

use std::time::Duration;

use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::session::use_session;
use crate::platform::dom;
use crate::ui::{Notice, NoticeKind, Skeleton};
use crate::words;

/// What has come of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded<T> {
    /// No answer yet.
    Waiting,
    /// The answer.
    Ready(T),
    /// It did not work.
    Failed(Failure),
}

impl<T> Loaded<T> {
    /// The same with something made of the answer.
    pub fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Loaded<U> {
        match self {
            Self::Waiting => Loaded::Waiting,
            Self::Ready(value) => Loaded::Ready(make(value)),
            Self::Failed(failure) => Loaded::Failed(failure.clone()),
        }
    }
}

/// Asks `command`, again after every write and whenever a signal it reads changes. Old answers stay until the new one is there.
pub fn load<T>(
    command: impl Fn() -> Option<Command> + 'static,
    pick: impl Fn(Reply) -> Option<T> + Copy + 'static,
) -> Signal<Loaded<T>>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let session = use_session();
    let loaded = RwSignal::new(Loaded::Waiting);
    let turn = RwSignal::new(0_u64);
    Effect::new(move |_| {
        session.track_writes();
        let Some(command) = command() else { return };
        let this_turn = turn.get_untracked().wrapping_add(1);
        turn.set(this_turn);
        session.spawn(async move {
            let answer = match session.ask(command).await {
                Ok(reply) => pick(reply).map_or(Loaded::Failed(Failure::Internal), Loaded::Ready),
                Err(failure) => Loaded::Failed(failure),
            };
            if turn.try_get_untracked() == Some(this_turn)
                && loaded.try_get_untracked().is_some_and(|old| old != answer)
            {
                loaded.try_set(answer);
            }
        });
    });
    loaded.into()
}

/// Shows an answer: a skeleton while waiting, three sentences when it failed. The keyboard stays where it was when the
/// next answer is shown in its place.
#[component]
pub fn LoadedView<T, V>(
    /// From [`load`].
    of: Signal<Loaded<T>>,
    /// The answer on screen.
    view: V,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: Fn(T) -> AnyView + Send + Sync + 'static,
{
    move || {
        dom::keep_focus();
        match of.get() {
            Loaded::Waiting => view! { <Skeleton /> }.into_any(),
            Loaded::Ready(value) => view(value),
            Loaded::Failed(failure) => view! { <FailureNotice failure /> }.into_any(),
        }
    }
}

/// What happened, whether the work is safe, and what now.
#[component]
pub fn FailureNotice(
    /// Why it did not work.
    failure: Failure,
    /// Perhaps a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let words = words::failure::sentences(&failure);
    view! {
        <Notice kind=NoticeKind::Danger heading=words.what.to_owned() alert=true testid="failure">
            <p>{words.safe} " " {words.now}</p>
            {children.map(|children| children())}
        </Notice>
    }
}

/// Before work shows that it goes on, in ms (`ux.md` behaviour 9).
const PATIENCE_MS: u64 = 300;

/// True once `busy` has lasted long enough to show progress; false as soon as it ends.
pub fn after_a_while(busy: Signal<bool>) -> Signal<bool> {
    let is_long = RwSignal::new(false);
    Effect::new(move |_| {
        is_long.set(false);
        if !busy.get() {
            return;
        }
        let show = move || {
            if busy.try_get_untracked() == Some(true) {
                is_long.try_set(true);
            }
        };
        let timer = set_timeout_with_handle(show, Duration::from_millis(PATIENCE_MS));
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
    is_long.into()
}
