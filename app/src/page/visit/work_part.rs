//! What was done and what came of it; what else there is to tell may stay empty.

use dossier::edit::VisitField;
use leptos::prelude::*;

use super::composer::Composer;
use super::held::HeldPart;
use super::sheet::{id_of, row_key};
use crate::ui::{Button, ButtonKind, CheckGroup, Choice, Glyph, TextArea};
use crate::words;

/// The texts of a visit.
#[component]
pub(super) fn WorkPart(
    /// The draft.
    composer: Composer,
    /// There is an earlier visit to take over from.
    has_earlier: bool,
) -> impl IntoView {
    let sheet = composer.sheet;
    view! {
        <Actions composer has_earlier />
        <Text composer field=VisitField::Done value=sheet.done hint=words::visit::done_hint().to_owned() />
        <Text composer field=VisitField::Result value=sheet.result />
        <div>
            <Button kind=ButtonKind::Quiet icon=Glyph::Check on_press=move || composer.write_no_remarks()>
                {words::visit::no_remarks()}
            </Button>
        </div>
        <Text composer field=VisitField::Facts value=sheet.facts optional=true />
        <Text composer field=VisitField::Experience value=sheet.experience optional=true />
    }
}

#[component]
fn Text(
    composer: Composer,
    field: VisitField,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    view! {
        <div class="l-stack l-stack--tight">
            <TextArea
                id=id_of(field)
                label=words::visit::label(field)
                value
                error=composer.sheet.form.error(&id_of(field))
                hint
                optional
                rows=if optional { 2 } else { 3 }
            />
            <HeldPart composer field />
        </div>
    }
}

/// **Zelfde als vorige keer** and the rows it brings.
#[component]
fn Actions(composer: Composer, has_earlier: bool) -> impl IntoView {
    let sheet = composer.sheet;
    let has_rows = Memo::new(move |_| !sheet.rows.read().is_empty());
    let choices = Signal::derive(move || {
        let rows = sheet.rows.get().into_iter().enumerate();
        rows.map(|(place, text)| Choice::new(row_key(place), text))
            .collect::<Vec<_>>()
    });
    let from = Signal::derive(move || {
        composer
            .taken_from
            .get()
            .flatten()
            .map(|date| words::visit::taken_over(&date))
    });
    let has_none = Memo::new(move |_| composer.taken_from.get() == Some(None));
    view! {
        {has_earlier
            .then(|| {
                view! {
                    <div>
                        <Button kind=ButtonKind::Quiet icon=Glyph::Undo on_press=move || composer.take_over()>
                            {words::visit::same_as_last()}
                        </Button>
                    </div>
                }
            })}
        <Show when=move || has_none.get()>
            <p class="u-meta" role="status">{words::visit::nothing_to_take_over()}</p>
        </Show>
        <Show when=move || has_rows.get()>
            <CheckGroup id="actions" label=words::visit::actions() value=sheet.ticked choices hint=from />
        </Show>
    }
}
