//! A secret line of text that can be shown.

use leptos::prelude::*;

use super::field::{Field, described_by, invalid, run};
use super::icon::{Glyph, Icon};

/// A passphrase. Pasting and password managers work.
///
/// Two fields may share one `shown`; only the one with `show_label` gets the button.
#[component]
pub fn PasswordInput(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed.
    value: RwSignal<String>,
    /// Whether the text is readable.
    #[prop(optional, into)]
    shown: RwSignal<bool>,
    /// Name of the button that shows the text.
    #[prop(optional, into)]
    show_label: Option<String>,
    /// What is wrong, or none.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Help that stays visible.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// `current-password` or `new-password`.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
    /// What the on-screen enter key says.
    #[prop(default = "go")]
    enterkeyhint: &'static str,
    /// Takes the keyboard when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// Id of more text that describes it.
    #[prop(optional, into)]
    described_by_also: Option<String>,
    /// After every change by the person.
    #[prop(optional, into)]
    on_input: Option<Callback<()>>,
    /// When the keyboard leaves after a change.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
    /// Whenever the keyboard leaves.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
) -> impl IntoView {
    let input: NodeRef<leptos::html::Input> = NodeRef::new();
    if autofocus {
        input.on_load(|element| {
            request_animation_frame(move || {
                let _ = element.focus();
            });
        });
    }
    let described = described_by(&id, hint, error, described_by_also);
    view! {
        <Field id=id.clone() label hint error>
            <div>
                <input
                    node_ref=input
                    class="c-input c-input--secret"
                    id=id
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint=enterkeyhint
                    aria-describedby=described
                    aria-invalid=invalid(error)
                    prop:value=value
                    on:input=move |event| {
                        value.set(event_target_value(&event));
                        run(on_input);
                    }
                    on:change=move |_| run(on_change)
                    on:blur=move |_| run(on_blur)
                />
            </div>
            {show_label
                .map(|words| {
                    view! {
                        <div>
                            <button
                                type="button"
                                class="c-text-button"
                                aria-pressed=move || shown.get().to_string()
                                on:click=move |_| shown.update(|is_shown| *is_shown = !*is_shown)
                            >
                                <Icon glyph=Glyph::Eye />
                                <span>{words}</span>
                            </button>
                        </div>
                    }
                })}
        </Field>
    }
}
