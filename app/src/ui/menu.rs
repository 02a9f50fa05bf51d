//! A button that opens a few more buttons and links.

use leptos::ev;
use leptos::prelude::*;

use super::field::run;
use super::icon::{Glyph, Icon};
use crate::platform::dom;

/// Closes the menu around it.
#[derive(Clone, Copy)]
struct Opened(RwSignal<bool>);

/// A button and what it opens. Escape, a choice, or going elsewhere closes it.
///
/// Its content is plain links and buttons, in the order of the keyboard.
#[component]
pub fn Menu(
    /// Id of the button; what it opens gets `<id>-list`.
    #[prop(into)]
    id: String,
    /// The button's words.
    #[prop(into)]
    label: Signal<String>,
    /// The button's icon.
    icon: Glyph,
    /// Shaped as a place of the main menu instead of as a button.
    #[prop(optional)]
    place: bool,
    /// [`MenuLink`] and [`MenuButton`].
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let was_inside = StoredValue::new(false);
    provide_context(Opened(is_open));

    let outside = window_event_listener(ev::click, move |_| {
        if !was_inside.get_value() {
            is_open.set(false);
        }
        was_inside.set_value(false);
    });
    on_cleanup(move || outside.remove());

    let list_id = format!("{id}-list");
    let button_id = id.clone();
    let children = StoredValue::new(children);
    let list = list_id.clone();
    view! {
        <div
            class="c-menu"
            on:click=move |_| was_inside.set_value(true)
            on:focusout=move |event| {
                if dom::has_focus_left(&event) {
                    is_open.set(false);
                }
            }
            on:keydown=move |event| {
                if event.key() == "Escape" && is_open.get_untracked() {
                    event.stop_propagation();
                    is_open.set(false);
                    dom::focus(&button_id);
                }
            }
        >
            <button
                type="button"
                class=if place { "c-place" } else { "c-button c-button--quiet" }
                id=id
                aria-expanded=move || is_open.get().to_string()
                aria-controls=list_id
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                <Icon glyph=icon />
                <span>{label}</span>
            </button>
            <ul
                class="c-menu__list"
                class:c-menu__list--open=move || is_open.get()
                id=list
                role="list"
            >
                <Show when=move || is_open.get()>{children.with_value(|children| children())}</Show>
            </ul>
        </div>
    }
}

/// A place to go, in a menu.
#[component]
pub fn MenuLink(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// Icon before the words.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let opened = use_context::<Opened>();
    view! {
        <li>
            <a class="c-menu__item" href=href on:click=move |_| shut(opened)>
                {icon.map(|glyph| view! { <Icon glyph /> })}
                <span>{label}</span>
            </a>
        </li>
    }
}

/// Something to do, in a menu.
#[component]
pub fn MenuButton(
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
    /// Icon before the words.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let opened = use_context::<Opened>();
    let press = move |_| {
        shut(opened);
        run(Some(on_press));
    };
    view! {
        <li>
            <button type="button" class="c-menu__item" on:click=press>
                {icon.map(|glyph| view! { <Icon glyph /> })}
                <span>{label}</span>
            </button>
        </li>
    }
}

fn shut(opened: Option<Opened>) {
    if let Some(Opened(is_open)) = opened {
        is_open.set(false);
    }
}
