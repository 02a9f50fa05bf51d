//! A text in which a BSN may not stand: it stays on screen, the BSN stays off the disk (B9).

use dossier::edit::VisitField;
use leptos::prelude::*;

use super::composer::Composer;
use super::sheet::id_of;
use crate::platform::dom;
use crate::ui::{Button, ButtonKind, Notice, NoticeKind};
use crate::words;

/// The group at a field that holds what looks like a BSN.
#[component]
pub(super) fn HeldPart(
    /// The draft.
    composer: Composer,
    /// The field above it.
    field: VisitField,
) -> impl IntoView {
    let is_held = composer.is_held(field);
    view! {
        <Show when=move || is_held.get()>
            <div role="group" aria-label=words::visit::bsn_found(field)>
                <Notice kind=NoticeKind::Danger heading=words::problem::bsn_not_allowed().to_owned() alert=true>
                    <p>{words::visit::part_not_saved()}</p>
                    <div>
                        <Button kind=ButtonKind::Quiet on_press=move || dom::focus_field(&id_of(field))>
                            {words::visit::mend_text()}
                        </Button>
                    </div>
                </Notice>
            </div>
        </Show>
    }
}
