//! A QR code, and the camera that reads one.

use leptos::prelude::*;

use super::Part;
use crate::ui::{Button, ButtonKind, QrCode, QrScanner};

/// What the shown code says; the camera passes over it.
const SHOWN: &str = "7K3QF-0ZT5M-VOORBEELD@https://kluis.voorbeeld.nl";

/// A code to read from the screen, and the camera behind a button.
#[component]
pub(super) fn QrPart() -> impl IntoView {
    let is_open = RwSignal::new(false);
    let read = RwSignal::new(None::<String>);
    let is_wanted = Callback::new(|text: String| text != SHOWN);
    view! {
        <Part title="QR-codes">
            <QrCode text=SHOWN label="Koppelcode van dit apparaat" testid="gallery-qr" />
            <Button
                kind=ButtonKind::Quiet
                on_press=move || {
                    read.set(None);
                    is_open.update(|is_open| *is_open = !*is_open);
                }
            >
                {move || if is_open.get() { "Camera sluiten" } else { "Code scannen" }}
            </Button>
            <Show when=move || is_open.get()>
                <QrScanner on_code=move |text| read.set(Some(text)) is_wanted=is_wanted />
            </Show>
            {move || read.get().map(|text| view! { <p data-testid="gallery-read">{text}</p> })}
        </Part>
    }
}
