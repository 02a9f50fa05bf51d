//! A long list that stands on screen piece by piece: five hundred rows at once would hold up every tap.
//!
//! A screenful comes at once, the rest of the first fifty after it was painted, more with a press on the button below.

use std::hash::Hash;
use std::time::Duration;

use leptos::prelude::*;

use super::button::Button;
use crate::platform::dom;

/// Rows that fill a screen.
const SCREEN: usize = 15;
/// Rows that come by themselves.
const FIRST: usize = 50;
/// Rows that come with every press.
const STEP: usize = 100;

/// How much of a list is on screen.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    total: Signal<usize>,
    pieces: RwSignal<usize>,
}

impl Growth {
    /// The beginning of a list of `total` rows.
    pub fn new(total: Signal<usize>) -> Self {
        let growth = Self {
            total,
            pieces: RwSignal::new(1),
        };
        // A frame, then a task of its own: between the two the browser paints.
        request_animation_frame(move || set_timeout(move || growth.fill(), Duration::ZERO));
        growth
    }

    /// The rest of the first rows; the list may be gone by now.
    fn fill(self) {
        self.pieces.try_update(|pieces| *pieces = (*pieces).max(2));
    }

    /// Rows that are on screen, if there are as many.
    fn limit(self) -> usize {
        match self.pieces.get() {
            0 | 1 => SCREEN,
            pieces => FIRST + (pieces - 2) * STEP,
        }
    }

    fn has_more(self) -> bool {
        self.pieces.get() > 1 && self.limit() < self.total.get()
    }
}

/// The rows that are on screen; what stands there already is left alone when more come or others change.
#[component]
pub fn Grown<T, V>(
    /// How much.
    growth: Growth,
    /// All rows, no two of them equal.
    #[prop(into)]
    rows: Signal<Vec<T>>,
    /// One row on screen.
    view: V,
) -> impl IntoView
where
    T: Clone + Eq + Hash + Send + Sync + 'static,
    V: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    let shown = move || {
        dom::keep_focus();
        let rows = rows.read();
        rows.iter()
            .take(growth.limit())
            .cloned()
            .collect::<Vec<T>>()
    };
    view! { <For each=shown key=T::clone children=view /> }
}

/// The button below the list, while there is more. The keyboard goes on at the first new row.
#[component]
pub fn ShowMore(
    /// How much.
    growth: Growth,
    /// Id of what holds the rows; each row has one link.
    list: &'static str,
    /// Its words: two lists may stand beside each other.
    label: &'static str,
) -> impl IntoView {
    let show = move || {
        let count = dom::count_links(list);
        growth.pieces.update(|pieces| *pieces += 1);
        request_animation_frame(move || dom::focus_link(list, count));
    };
    view! {
        <Show when=move || growth.has_more()>
            <Button on_press=show>{label}</Button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_grows_by_itself_once_and_then_by_presses() {
        let owner = Owner::new();
        owner.with(|| {
            let pieces = RwSignal::new(1);
            let total = RwSignal::new(151);
            let growth = Growth {
                total: total.into(),
                pieces,
            };
            assert_eq!(growth.limit(), 15);
            assert!(!growth.has_more(), "the first rows come by themselves");
            growth.fill();
            assert!(growth.limit() == 50 && growth.has_more());
            for (count, has_more) in [(50, false), (51, true), (7, false), (151, true)] {
                total.set(count);
                assert_eq!(growth.has_more(), has_more, "{count}");
            }
            pieces.set(3);
            assert!(growth.limit() == 150 && growth.has_more());
            growth.fill();
            assert_eq!(pieces.get(), 3);
            total.set(150);
            assert!(!growth.has_more());
        });
    }
}
