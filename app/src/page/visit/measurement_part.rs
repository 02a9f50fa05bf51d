//! **Metingen erbij**: numbers only, with limits; an unusual one is asked about once.

use dossier::edit::{MeasurementKind, VisitField};
use dossier::value::measurement::{Outcome, parse_measurement};
use leptos::prelude::*;

use super::composer::Composer;
use super::sheet::{KINDS, id_of};
use crate::platform::dom;
use crate::ui::{Button, ButtonKind, FieldGroup, Glyph, NumberInput};
use crate::words;

/// A button, then the boxes; at once the boxes when the draft holds a measurement.
#[component]
pub(super) fn MeasurementPart(
    /// The draft.
    composer: Composer,
) -> impl IntoView {
    let sheet = composer.sheet;
    let has_any = KINDS
        .into_iter()
        .any(|kind| !sheet.measurement(kind).read_untracked().is_empty());
    let is_open = RwSignal::new(has_any);
    Effect::new(move |_| {
        // Values can come from another device.
        let is_filled = |kind| !sheet.measurement(kind).read().is_empty();
        if KINDS.into_iter().filter(|kind| is_filled(*kind)).count() > 0 {
            is_open.set(true);
        }
    });
    let open = move || {
        is_open.set(true);
        request_animation_frame(|| {
            dom::focus(&id_of(VisitField::Measurement(
                MeasurementKind::UpperPressure,
            )))
        });
    };
    view! {
        <Show
            when=move || is_open.get()
            fallback=move || {
                view! {
                    <div>
                        <Button kind=ButtonKind::Quiet icon=Glyph::Pulse on_press=open>
                            {words::visit::add_measurements()}
                        </Button>
                    </div>
                }
            }
        >
            <FieldGroup label=words::visit::measurements() inline=true>
                {KINDS.map(|kind| view! { <Measurement composer kind /> }).collect_view()}
            </FieldGroup>
        </Show>
    }
}

#[component]
fn Measurement(composer: Composer, kind: MeasurementKind) -> impl IntoView {
    let sheet = composer.sheet;
    let id = id_of(VisitField::Measurement(kind));
    let value = sheet.measurement(kind);
    let error = sheet.form.error(&id);
    let is_asked = Memo::new(move |_| {
        error.get().is_some()
            && matches!(
                parse_measurement(kind, &value.read()),
                Ok(Outcome::Unusual(_))
            )
    });
    let control = id.clone();
    let confirm = Callback::new(move |()| {
        sheet.confirmed.update(|confirmed| {
            confirmed.insert(kind);
        });
        sheet.form.errors().set(&control, None);
        dom::focus(&control);
    });
    view! {
        <div class="l-stack l-stack--tight">
            <NumberInput
                id
                label=words::visit::measurement(kind)
                value
                unit=words::visit::unit(kind).to_owned()
                error
                whole=is_whole(kind)
            />
            <Show when=move || is_asked.get()>
                <div role="group" aria-label=words::visit::is_unusual(kind)>
                    <Button kind=ButtonKind::Quiet icon=Glyph::Check on_press=confirm>
                        {words::common::is_right()}
                    </Button>
                </div>
            </Show>
        </div>
    }
}

fn is_whole(kind: MeasurementKind) -> bool {
    !matches!(
        kind,
        MeasurementKind::Temperature | MeasurementKind::Weight | MeasurementKind::Glucose
    )
}
