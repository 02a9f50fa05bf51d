//! Who did the visit: the caregiver of this vault, or a substitute (B11).

use dossier::edit::VisitField;
use dossier::value::agb::AgbCode;
use dossier::view::ProfileView;
use leptos::prelude::*;

use super::composer::Composer;
use super::held::HeldPart;
use super::sheet::id_of;
use crate::ui::{Button, ButtonKind, Glyph, TextInput, Width};
use crate::words;

/// Name and AGB code, written as on an invoice (`91-012345`) once it is one.
pub fn performer_line(name: &str, agb: Option<&str>) -> String {
    let agb = agb
        .map(|text| AgbCode::parse(text).map_or_else(|_| text.to_owned(), |code| code.to_string()));
    words::visit::performer_line(name, agb.as_deref())
}

/// The performer as it will be stamped, and another one.
#[component]
pub(super) fn PerformerPart(
    /// The draft.
    composer: Composer,
    /// The caregiver.
    profile: ProfileView,
) -> impl IntoView {
    let sheet = composer.sheet;
    let form = sheet.form;
    let performer = Memo::new(move |_| {
        if !sheet.is_substitute.get() {
            return performer_line(&profile.name, profile.agb.as_deref());
        }
        let name = sheet.substitute_name.get();
        let name = if name.trim().is_empty() {
            words::visit::someone_else_unnamed()
        } else {
            name.trim()
        };
        performer_line(name, Some(sheet.substitute_agb.read().trim()))
    });
    view! {
        <div class="l-split">
            <p>
                <span class="u-meta">{words::visit::performer()}</span>
                <br />
                <bdi data-testid="visit-performer">{performer}</bdi>
            </p>
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Person
                pressed=sheet.is_substitute
                on_press=move || sheet.is_substitute.update(|is_substitute| *is_substitute = !*is_substitute)
            >
                {words::visit::someone_else()}
            </Button>
        </div>
        <Show when=move || sheet.is_substitute.get()>
            <div class="l-stack">
                <TextInput
                    id=id_of(VisitField::SubstituteName)
                    label=words::visit::label(VisitField::SubstituteName)
                    value=sheet.substitute_name
                    error=form.error(&id_of(VisitField::SubstituteName))
                    autocapitalize="words"
                />
                <HeldPart composer field=VisitField::SubstituteName />
                <TextInput
                    id=id_of(VisitField::SubstituteAgb)
                    label=words::visit::label(VisitField::SubstituteAgb)
                    value=sheet.substitute_agb
                    error=form.error(&id_of(VisitField::SubstituteAgb))
                    inputmode="numeric"
                    width=Width::Medium
                    optional=true
                />
                <HeldPart composer field=VisitField::SubstituteAgb />
            </div>
        </Show>
    }
}
