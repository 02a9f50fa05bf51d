//! A long list that stands on screen piece by piece: five hundred rows at once would hold up every tap.

use std::ops::Range;

use leptos::prelude::*;

use super::button::Button;
use crate::platform::dom;
use crate::words::common;

/// Rows at first.
const FIRST: usize = 50;
/// Rows that come with every **Toon meer**.
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
        Self {
            total,
            pieces: RwSignal::new(1),
        }
    }

    fn has_more(self) -> bool {
        range(self.pieces.get(), self.total).start < self.total
    }
}

/// Places of the rows of one piece; empty past the end.
fn range(piece: usize, total: usize) -> Range<usize> {
    let start = match piece {
        0 => 0,
        later => FIRST + (later - 1) * STEP,
    };
    let end = FIRST + piece * STEP;
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

/// **Toon meer** below the list, while there is more. The keyboard goes on at the first new row.
#[component]
pub fn ShowMore(
    /// How much.
    growth: Growth,
    /// Id of what holds the rows; each row has one link.
    list: &'static str,
) -> impl IntoView {
    let show = move || {
        let count = dom::count_links(list);
        growth.pieces.update(|pieces| *pieces += 1);
        request_animation_frame(move || dom::focus_link(list, count));
    };
    view! {
        <Show when=move || growth.has_more()>
            <Button on_press=show>{common::show_more()}</Button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_each_other_and_end_with_the_list() {
        assert_eq!(range(0, 7), 0..7);
        assert_eq!(range(0, 500), 0..50);
        assert_eq!(range(1, 500), 50..150);
        assert_eq!(range(5, 500), 450..500);
        assert!(range(6, 500).is_empty());
        let all: Vec<usize> = (0..6).flat_map(|piece| range(piece, 500)).collect();
        assert_eq!(all, (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn there_is_more_until_the_last_piece() {
        let owner = Owner::new();
        owner.with(|| {
            assert!(!Growth::new(50).has_more());
            let growth = Growth::new(151);
            assert!(growth.has_more());
            growth.pieces.set(2);
            assert!(growth.has_more());
            growth.pieces.set(3);
            assert!(!growth.has_more());
        });
    }
}
