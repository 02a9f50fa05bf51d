//! When the person is away: idle, or the page out of sight.
//!
//! Holds in throttled and suspended tabs too: time is compared at every tick, at every return and before any input
//! counts, never counted by timers.

mod timers;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{IntervalHandle, set_interval_with_handle};
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, PageTransitionEvent, VisibilityState};

use super::{Listener, clock};
use timers::{Moment, Timers};

pub use timers::{Limits, News};

/// What counts as a sign of the person.
const INPUT: [&str; 6] = [
    "pointerdown",
    "pointermove",
    "keydown",
    "input",
    "wheel",
    "touchstart",
];

/// Between two looks at the clock.
const TICK: Duration = Duration::from_secs(1);

/// A running watch; it ends when this is dropped.
pub struct Watch {
    _listeners: Vec<Listener>,
    interval: Option<IntervalHandle>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(interval) = self.interval.take() {
            interval.clear();
        }
    }
}

/// Watches the person until the watch is dropped. `limits` is asked at every look, so a changed setting counts at once.
///
/// [`News::Away`] comes once; to go on, start a new watch (after unlock).
pub fn watch(limits: impl Fn() -> Limits + 'static, on_news: impl Fn(News) + 'static) -> Watch {
    let timers = Rc::new(RefCell::new(Timers::new(now(), is_hidden())));
    let step: Rc<dyn Fn(Seen)> = Rc::new(move |seen| {
        let limits = limits();
        let news = {
            let mut timers = timers.borrow_mut();
            match seen {
                Seen::Input => timers.input(now(), limits),
                Seen::Look => timers.look(now(), limits, is_hidden()),
                Seen::Leave => timers.look(now(), limits, true),
            }
        };
        for news in news {
            on_news(news);
        }
    });

    let mut listeners = Vec::new();
    if let Some(window) = web_sys::window() {
        let window: EventTarget = window.into();
        let mut add = |name, seen| {
            let step = Rc::clone(&step);
            listeners.push(Listener::new(&window, name, move |_| step(seen)));
        };
        for name in INPUT {
            add(name, Seen::Input);
        }
        for name in ["focus", "pageshow", "resume", "visibilitychange"] {
            add(name, Seen::Look);
        }
        for name in ["pagehide", "freeze"] {
            add(name, Seen::Leave);
        }
    }
    let interval = set_interval_with_handle(move || step(Seen::Look), TICK).ok();
    Watch {
        _listeners: listeners,
        interval,
    }
}

/// Calls back when the page is put in the back/forward cache: nothing may be left on it.
pub fn on_kept_in_history(callback: impl Fn() + 'static) -> Option<Listener> {
    let window = web_sys::window()?;
    Some(Listener::new(&window, "pagehide", move |event| {
        let event = event.dyn_ref::<PageTransitionEvent>();
        if event.is_some_and(PageTransitionEvent::persisted) {
            callback();
        }
    }))
}

/// Calls back when the page is about to leave sight: the last moment to save.
pub fn on_hide(callback: impl Fn() + 'static) -> Vec<Listener> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    let callback = Rc::new(callback);
    ["visibilitychange", "pagehide"]
        .map(|name| {
            let callback = Rc::clone(&callback);
            Listener::new(&window, name, move |event| {
                if is_hidden() || event.type_() == "pagehide" {
                    callback();
                }
            })
        })
        .into()
}

/// Whether the page is out of sight.
pub fn is_hidden() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

#[derive(Clone, Copy)]
enum Seen {
    Input,
    Look,
    Leave,
}

fn now() -> Moment {
    Moment {
        wall_ms: clock::now_ms(),
        running_ms: clock::running_ms(),
    }
}
