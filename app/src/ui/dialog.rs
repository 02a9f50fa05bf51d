//! A question or task in front of the page.

use leptos::html;
use leptos::prelude::*;

use super::button::{Button, ButtonKind};
use super::field::run;
use crate::platform::dom;
use crate::words::common;

/// How a dialog's content leaves it.
#[derive(Clone, Copy)]
struct Leave(Callback<()>);

/// What else happens when the person leaves without doing.
#[derive(Clone, Copy)]
struct LeaveActs(StoredValue<Vec<Callback<()>>>);

/// Calls back when the person leaves the dialog around this without doing. Outside a dialog nothing happens.
pub fn on_dialog_leave(act: impl Fn() + Send + Sync + 'static) {
    if let Some(LeaveActs(acts)) = use_context::<LeaveActs>() {
        acts.update_value(|acts| acts.push(Callback::new(move |()| act())));
    }
}

/// A modal dialog named by its heading. Its content exists only while it is open.
///
/// Escape leaves without doing; a tap outside does nothing, so typed text is safe. The keyboard goes to
/// the heading, and back to where it was afterwards.
#[component]
pub fn Dialog(
    /// Whether it is open; leaving sets it to false.
    open: RwSignal<bool>,
    /// Unique id; the heading gets `<id>-title`.
    #[prop(into)]
    id: String,
    /// The heading: the dialog's accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Text, fields and [`super::Actions`] with a [`DialogLeave`].
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let id = StoredValue::new(id);
    view! {
        <Show when=move || open.get()>
            <OpenDialog open id=id.get_value() title>
                {children.with_value(|children| children())}
            </OpenDialog>
        </Show>
    }
}

/// The button that leaves the dialog around it without doing anything.
#[component]
pub fn DialogLeave(
    /// Its words: "Annuleren" unless the dialog is only read.
    #[prop(default = common::cancel().into(), into)]
    label: Signal<String>,
) -> impl IntoView {
    let leave = use_context::<Leave>();
    view! {
        <Button kind=ButtonKind::Quiet on_press=move || run(leave.map(|leave| leave.0))>
            {label}
        </Button>
    }
}

#[component]
fn OpenDialog(
    open: RwSignal<bool>,
    id: String,
    title: Signal<String>,
    children: Children,
) -> impl IntoView {
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let heading: NodeRef<html::H2> = NodeRef::new();
    let acts = StoredValue::new(Vec::new());
    let leave = Callback::new(move |()| {
        for act in acts.get_value() {
            run(Some(act));
        }
        open.set(false);
    });
    provide_context(Leave(leave));
    provide_context(LeaveActs(acts));

    dom::remember_focus();
    dialog.on_load(move |element| {
        let show = move || {
            if element.is_connected() && element.show_modal().is_ok() {
                focus_heading(heading);
            }
        };
        queue_microtask(show);
    });
    on_cleanup(|| request_animation_frame(dom::return_focus));

    let title_id = format!("{id}-title");
    view! {
        <dialog
            class="c-dialog"
            node_ref=dialog
            id=id
            aria-labelledby=title_id
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                leave.run(());
            }
            on:close=move |_| {
                if open.try_get_untracked() == Some(true) {
                    leave.run(());
                }
            }
        >
            <div class="c-dialog__body l-stack">
                <h2 class="c-dialog__title" id=title_id.clone() node_ref=heading tabindex="-1">
                    {title}
                </h2>
                {children()}
            </div>
        </dialog>
    }
}

fn focus_heading(heading: NodeRef<html::H2>) {
    if let Some(Some(element)) = heading.try_get_untracked() {
        let _ = element.focus();
    }
}
