//! Dates and times read back in words while they are typed; a wrong value stays as typed and reads back nothing.

use dossier::calendar;
use dossier::value::birth::BirthDate;
use dossier::value::date::parse_date;
use dossier::value::time::{parse_time, show_time};
use leptos::prelude::*;

use crate::platform::clock;
use crate::words;

/// A date.
pub fn date(value: RwSignal<String>) -> Signal<Option<String>> {
    Signal::derive(move || {
        let today = calendar::today(clock::now_ms()).ok()?;
        let date = parse_date(&value.read(), today).ok()?;
        Some(words::date::long(&date.to_string()))
    })
}

/// A birth date, perhaps partly known.
pub fn birth_date(value: RwSignal<String>) -> Signal<Option<String>> {
    Signal::derive(move || {
        let today = calendar::today(clock::now_ms()).ok()?;
        let birth = BirthDate::parse(&value.read(), today).ok()?;
        Some(words::date::long(&birth.stored()))
    })
}

/// A time that was written another way than it is shown: `930`, not `09:30`.
pub fn time(value: RwSignal<String>) -> Signal<Option<String>> {
    Signal::derive(move || {
        let typed = value.read();
        let shown = show_time(parse_time(&typed).ok()?);
        (shown != typed.trim()).then_some(shown)
    })
}
