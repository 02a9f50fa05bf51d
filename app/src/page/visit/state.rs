//! Marks that say what a visit is: a draft or signed, and where it stands.

use engine::command::{DeviceRow, EntryPlace};
use leptos::prelude::*;

use crate::ui::{Glyph, Icon};
use crate::words;

/// Draft or signed.
#[component]
pub fn StateMark(
    /// It is signed.
    is_signed: bool,
) -> impl IntoView {
    let (class, glyph, word) = if is_signed {
        (
            "c-badge c-badge--done",
            Glyph::Check,
            words::visit::state_signed(),
        )
    } else {
        (
            "c-badge c-badge--warning",
            Glyph::Pencil,
            words::visit::state_draft(),
        )
    };
    view! {
        <span class=class>
            <Icon glyph />
            <span data-testid="visit-status" data-state=word>
                {word}
            </span>
        </span>
    }
}

/// Where a signed entry is: on this device, on the server, on which other devices.
#[component]
pub fn Placed(
    /// Where.
    place: EntryPlace,
    /// The devices, for their names.
    devices: Vec<DeviceRow>,
) -> impl IntoView {
    let name = |number: &u16| words::devices::name_in(&devices, Some(*number));
    let (class, glyph, state, words) = match place {
        EntryPlace::Device => (
            "c-badge c-badge--offline",
            Glyph::Device,
            "apparaat",
            words::visit::only_here().to_owned(),
        ),
        EntryPlace::Server => (
            "c-badge c-badge--info",
            Glyph::Lock,
            "server",
            words::visit::on_server().to_owned(),
        ),
        EntryPlace::Also(also) => {
            let names: Vec<String> = also.iter().map(name).collect();
            (
                "c-badge c-badge--done",
                Glyph::Check,
                "ook",
                words::visit::also_on(&names),
            )
        }
    };
    view! {
        <span class=class>
            <Icon glyph />
            <span data-testid="entry-state" data-state=state>
                {words}
            </span>
        </span>
    }
}
