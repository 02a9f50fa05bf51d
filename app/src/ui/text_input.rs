//! One line of text.

use leptos::html;
use leptos::prelude::*;

use super::field::{Field, described_by, invalid, run};

/// A labelled line of text. Never reformats what was typed.
///
/// `autocomplete` is off and spelling is not checked unless asked: browsers keep what they complete and check.
#[component]
pub fn TextInput(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed, letter for letter.
    value: RwSignal<String>,
    /// What is wrong, or none.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Help that stays visible.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// After every change by the person.
    #[prop(optional, into)]
    on_input: Option<Callback<()>>,
    /// When the keyboard leaves after a change: the moment to validate.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
    /// Whenever the keyboard leaves.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
    /// `text`, `tel`, `search` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Which on-screen keyboard.
    #[prop(optional, into)]
    inputmode: Option<&'static str>,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What the on-screen enter key says.
    #[prop(optional, into)]
    enterkeyhint: Option<&'static str>,
    /// Which letters become capitals on their own.
    #[prop(default = "sentences")]
    autocapitalize: &'static str,
    /// Takes the keyboard when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// Expected length in characters, for its width; none is full width.
    #[prop(optional, into)]
    width: Option<Width>,
    /// Unit after the box.
    #[prop(optional, into)]
    unit: MaybeProp<String>,
    /// Id of more text that describes it.
    #[prop(optional, into)]
    described_by_also: Option<String>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// Beside the box, such as a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    if autofocus {
        input.on_load(|element| {
            request_animation_frame(move || {
                let _ = element.focus();
            });
        });
    }
    let unit_id = format!("{id}-unit");
    let also = match (described_by_also, unit.get_untracked()) {
        (also, None) => also,
        (None, Some(_)) => Some(unit_id.clone()),
        (Some(also), Some(_)) => Some(format!("{unit_id} {also}")),
    };
    let described = described_by(&id, hint, error, also);
    let class = match width {
        None => "c-input",
        Some(width) => width.class(),
    };
    view! {
        <Field id=id.clone() label hint error optional>
            <div class="c-field__line">
                <input
                    node_ref=input
                    class=class
                    id=id
                    type=move || kind
                    inputmode=inputmode
                    autocomplete=autocomplete
                    autocapitalize=autocapitalize
                    spellcheck="false"
                    enterkeyhint=enterkeyhint
                    aria-describedby=described
                    aria-invalid=invalid(error)
                    data-testid=testid
                    prop:value=value
                    on:input=move |event| {
                        value.set(event_target_value(&event));
                        run(on_input);
                    }
                    on:change=move |_| run(on_change)
                    on:blur=move |_| run(on_blur)
                />
                {move || {
                    unit.get()
                        .map(|text| view! { <span class="c-field__unit" id=unit_id.clone()>{text}</span> })
                }}
                {children.map(|children| children())}
            </div>
        </Field>
    }
}

/// Room for the answer that is expected; longer text still fits by scrolling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A number or a time.
    Short,
    /// A date or a postcode.
    Medium,
}

impl Width {
    fn class(self) -> &'static str {
        match self {
            Self::Short => "c-input c-input--short",
            Self::Medium => "c-input c-input--medium",
        }
    }
}
