//! A long list that stands on screen piece by piece: five hundred rows at once would hold up every tap.
//!
//! A screenful comes at once, the rest of the first fifty after it was painted, more with a press on the button below.

use std::ops::Range;
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
    total: usize,
    pieces: RwSignal<usize>,
}

impl Growth {
    /// The beginning of a list of `total` rows.
    pub fn new(total: usize) -> Self {
        let growth = Self {
            total,
            pieces: RwSignal::new(1),
        };
        if total > SCREEN {
            // A frame, then a task of its own: between the two the browser paints.
            request_animation_frame(move || set_timeout(move || growth.fill(), Duration::ZERO));
        }
        growth
    }

    /// The rest of the first rows; the list may be gone by now.
    fn fill(self) {
        self.pieces.try_update(|pieces| *pieces = (*pieces).max(2));
    }

    fn has_more(self) -> bool {
        let pieces = self.pieces.get();
        pieces > 1 && range(pieces, self.total).start < self.total
    }
}

/// Places of the rows of one piece; empty past the end.
fn range(piece: usize, total: usize) -> Range<usize> {
    let (start, end) = match piece {
        0 => (0, SCREEN),
        1 => (SCREEN, FIRST),
        later => (FIRST + (later - 2) * STEP, FIRST + (later - 1) * STEP),
    };
    start.min(total)..end.min(total)
}

/// The rows that are on screen; what stands there already is left alone when more come.
#[component]
pub fn Grown<T, V>(
    /// How much.
    growth: Growth,
    /// All rows.
    rows: Vec<T>,
    /// One row on screen.
    view: V,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    let rows = StoredValue::new(rows);
    let piece = move |piece: usize| {
        let shown = rows.with_value(|rows| {
            rows.get(range(piece, growth.total))
                .map(<[T]>::to_vec)
                .unwrap_or_default()
        });
        shown.into_iter().map(view.clone()).collect_view()
    };
    view! { <For each=move || 0..growth.pieces.get() key=|piece| *piece children=piece /> }
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
    fn pieces_follow_each_other_and_end_with_the_list() {
        assert_eq!(range(0, 7), 0..7);
        assert_eq!(range(0, 500), 0..15);
        assert_eq!(range(1, 500), 15..50);
        assert_eq!(range(2, 500), 50..150);
        assert_eq!(range(6, 500), 450..500);
        assert!(range(7, 500).is_empty());
        let all: Vec<usize> = (0..7).flat_map(|piece| range(piece, 500)).collect();
        assert_eq!(all, (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn there_is_more_until_the_last_piece() {
        let owner = Owner::new();
        owner.with(|| {
            let pieces = RwSignal::new(1);
            let of = |total| Growth { total, pieces };
            assert!(!of(151).has_more(), "the first rows come by themselves");
            of(151).fill();
            assert!(of(51).has_more() && !of(50).has_more() && !of(7).has_more());
            pieces.set(3);
            assert!(of(151).has_more() && !of(150).has_more());
            of(151).fill();
            assert_eq!(pieces.get(), 3);
        });
    }
}
