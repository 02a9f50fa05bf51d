//! Everything that is wrong in a form, above it, with a link to each field.

use leptos::html;
use leptos::prelude::*;

use super::form_errors::{FieldError, FormErrors};
use super::icon::{Glyph, Icon};
use crate::platform::dom;
use crate::words::common;

/// Appears after a refused submit, takes the keyboard, and puts "Fout:" before the title until all is right.
#[component]
pub fn ErrorSummary(
    /// The form's errors.
    errors: FormErrors,
) -> impl IntoView {
    let items = errors.items();
    let attempts = errors.attempts();
    let is_shown = Memo::new(move |_| attempts.get() > 0 && !items.read().is_empty());
    let summary: NodeRef<html::Div> = NodeRef::new();

    Effect::new(move |_| {
        attempts.track();
        if is_shown.get_untracked()
            && let Some(element) = summary.get()
        {
            let _ = element.focus();
            element.scroll_into_view();
        }
    });
    Effect::new(move |_| mark_title(is_shown.get()));
    on_cleanup(|| mark_title(false));

    view! {
        <Show when=move || is_shown.get()>
            <div class="c-error-summary" node_ref=summary role="alert" tabindex="-1" aria-labelledby="fouten-kop">
                <h2 class="c-error-summary__heading" id="fouten-kop">
                    <Icon glyph=Glyph::Danger />
                    <span>{move || common::error_summary(items.read().len())}</span>
                </h2>
                <ul class="c-error-summary__list">
                    {move || items.get().into_iter().map(|item| view! { <Item item /> }).collect_view()}
                </ul>
            </div>
        </Show>
    }
}

#[component]
fn Item(item: FieldError) -> impl IntoView {
    let FieldError { field, text } = item;
    let href = format!("#{field}");
    view! {
        <li>
            <a
                class="c-link"
                href=href
                rel="external"
                on:click=move |event| {
                    event.prevent_default();
                    event.stop_propagation();
                    dom::focus_field(&field);
                }
            >
                {text}
            </a>
        </li>
    }
}

fn mark_title(is_wrong: bool) {
    let title = dom::title();
    let prefix = common::title_error_prefix();
    let bare = title.strip_prefix(prefix).unwrap_or(&title);
    let wanted = match is_wrong {
        true => format!("{prefix}{bare}"),
        false => bare.to_owned(),
    };
    if wanted != title {
        dom::set_title(&wanted);
    }
}
