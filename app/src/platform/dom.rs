//! Focus, scrolling and the document's title: what the design system needs beyond Leptos.
//!
//! Knows elements by id, links by where they go and buttons by their words too; never reads a field's text.

use std::cell::RefCell;

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::JsCast;
use web_sys::{
    Element, FocusEvent, FocusOptions, HtmlElement, Node, NodeList, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};

/// What can take the keyboard inside a group such as a fieldset.
const FOCUSABLE: &str = "input, select, textarea, button, a[href], [tabindex]";

thread_local! {
    /// Where the keyboard was before each open dialog, innermost last.
    static OPENERS: RefCell<Vec<Option<HtmlElement>>> = const { RefCell::new(Vec::new()) };
}

/// Puts the keyboard in the element with this id, or in the first control inside it.
pub(crate) fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        focus_in(&element);
    }
}

/// As [`focus`], and scrolls the field's label or legend into view.
pub(crate) fn focus_field(id: &str) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    focus_in(&element);
    let label = document()
        .get_element_by_id(&format!("{id}-label"))
        .unwrap_or(element);
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Start);
    label.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Whether a dialog is open in front of the page.
pub(crate) fn is_dialog_open() -> bool {
    let open = document().query_selector("dialog[open]");
    open.is_ok_and(|open| open.is_some())
}

/// How many links stand in the element with this id.
pub(crate) fn count_links(id: &str) -> u32 {
    links(id).map_or(0, |links| links.length())
}

/// Puts the keyboard in one of the links of the element with this id, counted from 0.
pub(crate) fn focus_link(id: &str, place: u32) {
    let link = links(id).and_then(|links| links.get(place));
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        let _ = link.focus();
    }
}

fn links(id: &str) -> Option<NodeList> {
    let element = document().get_element_by_id(id)?;
    element.query_selector_all("a[href]").ok()
}

/// Notes where the keyboard is, for a later [`return_focus`].
pub(crate) fn remember_focus() {
    let active = document()
        .active_element()
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    OPENERS.with_borrow_mut(|openers| openers.push(active));
}

/// Puts the keyboard back where the last [`remember_focus`] found it, unless it has gone somewhere else.
pub(crate) fn return_focus() {
    let opener = OPENERS.with_borrow_mut(Vec::pop).flatten();
    if let Some(opener) = opener
        && opener.is_connected()
        && is_focus_lost()
    {
        let _ = opener.focus();
    }
}

/// A view that may hold the keyboard is about to show something else: afterwards the control that is like the one that
/// had it has it, and not another one that took its element.
pub(crate) fn keep_focus() {
    if let Some(place) = FocusPlace::now() {
        request_animation_frame(move || place.take());
    }
}

/// A control, by what outlives its element.
struct FocusPlace {
    element: Element,
    id: String,
    tag: String,
    mark: Option<String>,
    /// Among those of the same mark, in the order of the page.
    number: usize,
}

impl FocusPlace {
    fn now() -> Option<Self> {
        let active = document().active_element().filter(|_| !is_focus_lost())?;
        let (id, tag, mark) = (active.id(), active.tag_name(), mark_of(&active));
        if id.is_empty() && mark.is_none() {
            return None;
        }
        let number = alike(&tag, mark.as_deref()).position(|element| element == active);
        Some(Self {
            element: active,
            id,
            tag,
            mark,
            number: number.unwrap_or(0),
        })
    }

    fn take(&self) {
        let is_on_it = document().active_element().as_ref() == Some(&self.element);
        let is_another = is_on_it && mark_of(&self.element) != self.mark;
        if !is_another && !is_focus_lost() {
            return;
        }
        let by_id = document().get_element_by_id(&self.id);
        let found = by_id.or_else(|| {
            let mark = self.mark.as_deref()?;
            alike(&self.tag, Some(mark)).nth(self.number)
        });
        if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = found.focus_with_options(&options);
        }
    }
}

/// Elements of a kind with this mark.
fn alike(tag: &str, mark: Option<&str>) -> impl Iterator<Item = Element> {
    let all = document().get_elements_by_tag_name(tag);
    let elements = (0..all.length()).filter_map(move |place| all.item(place));
    elements.filter(move |element| mark_of(element).as_deref() == mark)
}

/// Where a link goes, or what a button is called, and the group it stands in.
fn mark_of(element: &Element) -> Option<String> {
    let label = |of: &Element| of.get_attribute("aria-label");
    match element.tag_name().as_str() {
        "A" => element.get_attribute("href"),
        "BUTTON" => {
            let group = element.closest("[role=group], [role=region], section");
            let group = group
                .ok()
                .flatten()
                .and_then(|group| label(&group).or_else(|| group.get_attribute("aria-labelledby")));
            let words = label(element).or_else(|| element.text_content())?;
            Some(format!("{words} {}", group.unwrap_or_default()))
        }
        _ => None,
    }
}

/// Whether the element that takes the keyboard lies outside the one that listens for `focusout`.
///
/// False when the window itself loses focus: then nothing else took it.
pub(crate) fn has_focus_left(event: &FocusEvent) -> bool {
    let inside = event
        .current_target()
        .and_then(|target| target.dyn_into::<Node>().ok());
    let next = event
        .related_target()
        .and_then(|target| target.dyn_into::<Node>().ok());
    match (inside, next) {
        (Some(inside), Some(next)) => !inside.contains(Some(&next)),
        _ => false,
    }
}

/// The text in the browser's tab.
pub(crate) fn title() -> String {
    document().title()
}

/// Changes the text in the browser's tab; it may hold no personal data.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

fn is_focus_lost() -> bool {
    let body = document().body();
    match document().active_element() {
        None => true,
        Some(active) => body.is_some_and(|body| active == *body),
    }
}

fn focus_in(element: &Element) {
    let target = if element.matches(FOCUSABLE).unwrap_or(false) {
        Some(element.clone())
    } else {
        element.query_selector(FOCUSABLE).ok().flatten()
    };
    if let Some(target) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        let _ = target.focus();
    }
}

/// Whether the address points at this element. True once: then the address points at the whole page.
pub(crate) fn take_fragment(id: &str) -> bool {
    let Some(location) = document().location() else {
        return false;
    };
    let fragment = location.hash().unwrap_or_default();
    if fragment.strip_prefix('#') != Some(id) {
        return false;
    }
    let path = location.pathname().unwrap_or_default();
    let search = location.search().unwrap_or_default();
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(&format!("{path}{search}")));
    }
    true
}

/// The element the pages are mounted in, emptied of the first paint.
pub(crate) fn take_root() -> Option<HtmlElement> {
    let root = document().get_element_by_id("app")?;
    root.replace_children_with_node_0();
    root.dyn_into().ok()
}

/// Id of the element that an event comes from.
pub(crate) fn target_id(event: &web_sys::Event) -> Option<String> {
    let element: Element = event.target()?.dyn_into().ok()?;
    Some(element.id()).filter(|id| !id.is_empty())
}

/// Where the app was loaded from, such as `https://kluis.example`.
pub(crate) fn origin() -> Option<String> {
    document().location()?.origin().ok()
}
