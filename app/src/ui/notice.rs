//! A message in the page: an icon, a word that says its kind, and the text.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::words::common;

/// What a notice or a badge is about; each has a colour, an icon and a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    #[default]
    Info,
    /// Asks for care.
    Warning,
    /// The person must act, or data is at risk.
    Danger,
    /// Something went well.
    Done,
    /// Working without internet: never an error.
    Offline,
    /// Two answers: a question, not a fault.
    Conflict,
}

impl NoticeKind {
    pub(super) fn modifier(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Danger => "danger",
            Self::Done => "done",
            Self::Offline => "offline",
            Self::Conflict => "conflict",
        }
    }

    pub(super) fn glyph(self) -> Glyph {
        match self {
            Self::Info => Glyph::Info,
            Self::Warning => Glyph::Warning,
            Self::Danger => Glyph::Danger,
            Self::Done => Glyph::Check,
            Self::Offline => Glyph::Offline,
            Self::Conflict => Glyph::Conflict,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Info => common::notice_info(),
            Self::Warning => common::notice_warning(),
            Self::Danger => common::notice_danger(),
            Self::Done => common::notice_done(),
            Self::Offline => common::notice_offline(),
            Self::Conflict => common::notice_conflict(),
        }
    }
}

/// A message that stays. `alert` is read out at once, for trouble that appears while working.
#[component]
pub fn Notice(
    /// What it is about.
    #[prop(optional)]
    kind: NoticeKind,
    /// The word or short sentence that begins it; the kind's own word when not given.
    #[prop(optional, into)]
    heading: MaybeProp<String>,
    /// Read out at once.
    #[prop(optional)]
    alert: bool,
    /// Its name as a region; its heading is then one of the third level, with the id `<id>-title`, that can take the
    /// keyboard.
    #[prop(optional, into)]
    region: Option<String>,
    /// The element's id.
    #[prop(optional, into)]
    id: Option<String>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// The text, and perhaps [`super::Actions`].
    children: Children,
) -> impl IntoView {
    let words = move || heading.get().unwrap_or_else(|| kind.word().to_owned());
    let title_id = id.as_ref().map(|id| format!("{id}-title"));
    let role = match &region {
        _ if alert => Some("alert"),
        Some(_) => Some("region"),
        None => None,
    };
    let heading = if region.is_some() {
        view! { <h3 class="c-notice__heading" id=title_id tabindex="-1">{words}</h3> }.into_any()
    } else {
        view! { <p class="c-notice__heading">{words}</p> }.into_any()
    };
    view! {
        <div
            class=format!("c-notice c-notice--{}", kind.modifier())
            role=role
            aria-label=region
            id=id
            data-testid=testid
        >
            <Icon glyph=kind.glyph() />
            <div class="c-notice__body">
                {heading}
                {children()}
            </div>
        </div>
    }
}
