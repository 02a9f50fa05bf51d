//! What another device wrote in the visit on screen, beside the own text; and that it was signed there.
//!
//! Nothing here changes a control by itself: text comes into the form only when the person takes it.

use dossier::edit::{VisitField, VisitInput};
use dossier::project;
use dossier::view::{DraftStanding, DraftText};
use engine::command::{Command, Reply};
use leptos::prelude::*;

use super::composer::{Composer, year_of};
use crate::page::devices::DeviceNames;
use crate::page::drafts::{PartList, parts};
use crate::page::load::{Loaded, load};
use crate::page::route;
use crate::page::session::use_session;
use crate::page::signed_visit::moment;
use crate::ui::{Button, ButtonKind, Glyph, LinkButton, Notice, NoticeKind, Status};
use crate::words;

/// Regions for the texts of other devices, asked again whenever something came in.
#[component]
pub(super) fn BesidePart(
    /// The draft.
    composer: Composer,
) -> impl IntoView {
    let visit = composer.visit;
    let names = DeviceNames::load();
    let loaded = load(
        move || Some(Command::DraftTexts { visit }),
        |reply| match reply {
            Reply::DraftTexts(texts) => Some(texts),
            _ => None,
        },
    );
    let texts = Memo::new(move |_| match loaded.get() {
        Loaded::Ready(texts) => Some(texts),
        Loaded::Waiting | Loaded::Failed(_) => None,
    });
    let others = Memo::new(move |_| others(&texts.get().unwrap_or_default()));
    let said = RwSignal::new(None::<String>);
    let begun_on = move || {
        let begun = begun_elsewhere(&texts.get()?)?;
        Some(words::drafts::begun_on(&names.name(Some(begun))))
    };
    let beside = move || {
        let texts = others.get().into_iter();
        texts
            .map(|text| view! { <Beside composer text names said /> })
            .collect_view()
    };
    view! {
        {beside}
        <Status text=said />
        {move || begun_on().map(|text| view! { <p class="u-meta" data-testid="begun-on">{text}</p> })}
        {move || {
            let texts = texts.get()?;
            let year = signed_year(&texts, || year_of(&composer.sheet.date.read_untracked()))?;
            Some(view! { <AlreadySigned href=route::visit(composer.client, year, visit) /> })
        }}
    }
}

/// Texts of other devices that none went on from, while the visit is not signed.
fn others(texts: &[DraftText]) -> Vec<DraftText> {
    let is_own = |text: &DraftText| text.row.device.is_none();
    if !texts.iter().any(is_own) {
        return Vec::new();
    }
    let is_open = |text: &&DraftText| {
        let standing = text.row.standing;
        matches!(standing, DraftStanding::Open | DraftStanding::Beside)
    };
    let others = texts.iter().filter(|text| !is_own(text));
    others.filter(is_open).cloned().collect()
}

/// The device from whose text the own one went on.
fn begun_elsewhere(texts: &[DraftText]) -> Option<u16> {
    let went_on = DraftStanding::WentOn { device: None };
    let earlier = texts.iter().find(|text| text.row.standing == went_on)?;
    earlier.row.device
}

/// The year of the journal, once the visit is signed elsewhere. When all of the own text stands there the own draft is gone.
fn signed_year(texts: &[DraftText], typed: impl FnOnce() -> u16) -> Option<u16> {
    let own = texts.iter().find(|text| text.row.device.is_none());
    match own.map(|text| text.row.standing) {
        Some(DraftStanding::Late { year }) => Some(year),
        Some(_) => None,
        None => Some(typed()),
    }
}

/// What a text says that the own one does not.
fn news(text: &DraftText, own: &VisitInput) -> Vec<(VisitField, String)> {
    let others = project::other_parts(&text.input, own);
    parts(text, others, own.contact)
}

#[component]
fn Beside(
    composer: Composer,
    text: DraftText,
    names: DeviceNames,
    said: RwSignal<Option<String>>,
) -> impl IntoView {
    let session = use_session();
    let row = text.row.clone();
    let (device, slot) = (row.device, row.slot);
    let written = words::drafts::last_written(&moment(row.saved_at));
    let theirs = StoredValue::new(text);
    let news = Memo::new(move |_| {
        let own = composer.sheet.input();
        theirs.with_value(|text| news(text, &own))
    });
    let has_news = Memo::new(move |_| !news.read().is_empty());
    let has_place = Memo::new(move |_| {
        let own = composer.sheet.input();
        theirs.with_value(|text| project::join_drafts(&own, &text.input).0 != own)
    });
    let title_id = StoredValue::new(format!("later-{}-{slot}", device.unwrap_or_default()));
    let heading = move || words::visit::later_on(&names.name(device));
    let written = StoredValue::new(written);
    let take = move || {
        let Some(device) = device else { return };
        session.spawn(async move {
            if composer.join(device, slot).await {
                said.set(Some(words::drafts::taken_over().to_owned()));
                session.note_write();
            }
        });
    };
    view! {
        <Show when=move || has_news.get()>
            <section
                class="p-entry"
                aria-labelledby=title_id.get_value()
                data-testid="beside-text"
            >
                <h3 class="p-entry__label" id=title_id.get_value()>
                    {heading}
                </h3>
                {move || view! { <PartList parts=news.get() /> }}
                <p class="u-meta">{written.get_value()}</p>
                <Show
                    when=move || has_place.get()
                    fallback=|| view! { <p>{words::drafts::differs()}</p> }
                >
                    <div>
                        <Button kind=ButtonKind::Quiet icon=Glyph::Plus on_press=take>
                            {words::drafts::take_over()}
                        </Button>
                    </div>
                </Show>
            </section>
        </Show>
    }
}

#[component]
fn AlreadySigned(href: String) -> impl IntoView {
    view! {
        <Notice
            kind=NoticeKind::Warning
            heading=words::drafts::already_signed().to_owned()
            testid="already-signed"
        >
            <p>{words::drafts::already_signed_text()}</p>
            <div>
                <LinkButton href kind=ButtonKind::Quiet icon=Glyph::Document>
                    {words::today::read()}
                </LinkButton>
            </div>
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier::edit::ContactKind;
    use dossier::id::{ClientId, EntryId};
    use dossier::view::DraftRow;

    fn text(device: Option<u16>, standing: DraftStanding) -> DraftText {
        DraftText {
            row: DraftRow {
                slot: 0,
                client: ClientId([1; 16]),
                client_name: String::new(),
                visit: EntryId([2; 16]),
                date: String::new(),
                begin: String::new(),
                excerpt: String::new(),
                saved_at: 0,
                device,
                standing,
                planned: None,
            },
            input: Box::default(),
            parts: Vec::new(),
        }
    }

    fn devices(texts: &[DraftText]) -> Vec<Option<u16>> {
        others(texts).iter().map(|text| text.row.device).collect()
    }

    #[test]
    fn texts_of_others_are_shown_unless_somebody_went_on_from_them() {
        let went_on = DraftStanding::WentOn { device: None };
        let texts = [
            text(None, DraftStanding::Beside),
            text(Some(1), went_on),
            text(Some(2), DraftStanding::Beside),
            text(Some(3), DraftStanding::Open),
        ];
        assert_eq!(devices(&texts), [Some(2), Some(3)]);
        assert_eq!(begun_elsewhere(&texts), Some(1));
        assert_eq!(signed_year(&texts, || 1), None);
    }

    #[test]
    fn a_visit_signed_elsewhere_is_told_whether_the_own_text_stands_there_or_not() {
        let late = DraftStanding::Late { year: 2026 };
        let texts = [text(None, late), text(Some(1), late)];
        assert_eq!(devices(&texts), []);
        assert_eq!(signed_year(&texts, || 1), Some(2026));
        let gone = [text(Some(1), late)];
        assert_eq!(devices(&gone), []);
        assert_eq!(signed_year(&gone, || 2025), Some(2025));
    }

    #[test]
    fn another_kind_of_contact_is_news_too() {
        let mut theirs = text(Some(1), DraftStanding::Beside);
        let own = VisitInput::default();
        assert_eq!(news(&theirs, &own), []);
        theirs.input.contact = ContactKind::Phone;
        theirs.input.result = "Rustig".to_owned();
        let found = [
            (VisitField::Contact, "Telefoon".to_owned()),
            (VisitField::Result, "Rustig".to_owned()),
        ];
        assert_eq!(news(&theirs, &own), found);
    }
}
