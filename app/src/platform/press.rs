//! Presses of a button or link: what would move the page waits until the finger is up.
//!
//! Browsers tell of the field that was left when the mouse button goes down, and of the click when it comes up at the
//! same place. An error shown in between pushes that place away, and the press is lost.

use std::cell::RefCell;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::{set_timeout, set_timeout_with_handle};
use web_sys::EventTarget;

use super::Listener;

/// After this a press counts as over even when no browser says so, as after a long press with a menu.
const LONGEST: Duration = Duration::from_secs(1);

type Task = Box<dyn FnOnce()>;

thread_local! {
    /// What waits for the end of the press that is under way.
    static WAITING: RefCell<Option<Vec<Task>>> = const { RefCell::new(None) };
}

/// Listens for presses for the life of the page.
pub(super) fn listen() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let window: EventTarget = window.into();
    let longest = RefCell::new(None::<TimeoutHandle>);
    Listener::new(&window, "mousedown", move |_| {
        begin();
        let timer = set_timeout_with_handle(end, LONGEST).ok();
        if let Some(earlier) = longest.replace(timer) {
            earlier.clear();
        }
    })
    .forget();
    for name in ["mouseup", "dragend"] {
        // The click follows at once; what waits comes after it.
        Listener::new(&window, name, |_| set_timeout(end, Duration::ZERO)).forget();
    }
}

/// Runs `task` now, or when the press that is under way has done its work.
pub(crate) fn afterwards(task: impl FnOnce() + 'static) {
    let now: Option<Task> = WAITING.with_borrow_mut(|waiting| {
        let task: Task = Box::new(task);
        match waiting {
            Some(tasks) => {
                tasks.push(task);
                None
            }
            None => Some(task),
        }
    });
    if let Some(task) = now {
        task();
    }
}

fn begin() {
    WAITING.with_borrow_mut(|waiting| {
        waiting.get_or_insert_default();
    });
}

fn end() {
    let tasks = WAITING.with_borrow_mut(Option::take);
    for task in tasks.unwrap_or_default() {
        task();
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn a_task_waits_for_the_end_of_a_press_and_only_then() {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let note = |word: &'static str| {
            let seen = Rc::clone(&seen);
            afterwards(move || seen.borrow_mut().push(word));
        };
        note("before");
        begin();
        note("during");
        assert_eq!(*seen.borrow(), ["before"]);
        end();
        note("after");
        assert_eq!(*seen.borrow(), ["before", "during", "after"]);
    }
}
