//! The signed text, each field with its corrections, then the additions.

use std::sync::Arc;

use dossier::edit::VisitField;
use dossier::view::{AdditionView, CorrectionView, VisitView};
use leptos::prelude::*;

use super::part::{end, moment, shown, text, written};
use super::place::{PlaceMark, Places};
use crate::page::drafts::PartList;
use crate::page::visit::performer_line;
use crate::ui::{Button, ButtonKind, Glyph, Notice, NoticeKind, SummaryList, SummaryRow};
use crate::words;

/// Texts that stand even when they are empty.
const REQUIRED: [VisitField; 1] = [VisitField::Result];

const MS_PER_MINUTE: i64 = 60_000;

/// The entry as on paper.
#[component]
pub(super) fn Entry(
    /// The visit.
    visit: Arc<VisitView>,
    /// Where it and its additions are.
    places: Option<Places>,
) -> impl IntoView {
    let is_corrected = !visit.corrections.is_empty();
    let texts = [
        VisitField::Result,
        VisitField::Facts,
        VisitField::Experience,
    ]
    .map(|field| view! { <Text visit=visit.clone() field /> })
    .collect_view();
    let additions = visit
        .additions
        .iter()
        .map(|addition| match (&addition.signed, places) {
            (Some(other), Some(places)) => {
                let (other, device) = (other.as_ref().clone(), addition.device);
                view! { <AlsoSigned other device places /> }.into_any()
            }
            _ => view! { <Added addition=addition.clone() places /> }.into_any(),
        })
        .collect_view();
    view! {
        {visit
            .is_identity_deferred
            .then(|| {
                view! {
                    <Notice kind=NoticeKind::Warning>
                        <p>{words::visit::identity_deferred()}</p>
                    </Notice>
                }
            })}
        <article class="p-entry" class:p-entry--corrected=is_corrected>
            <When visit=visit.clone() />
            <Work visit=visit.clone() />
            {texts}
            <Measured visit=visit.clone() />
            <Who visit=visit.clone() />
        </article>
        {additions}
    }
}

#[component]
fn When(visit: Arc<VisitView>) -> impl IntoView {
    let begin_day = words::date::date_of(&visit.begin_local).to_owned();
    let begin = text(&visit, VisitField::Begin);
    let end = end(&visit);
    let minutes =
        u32::try_from((visit.end_at - visit.begin_at) / MS_PER_MINUTE).unwrap_or_default();
    let contact = words::visit::contact(visit.contact);
    let of = |field| corrections(&visit, field);
    let (of_date, of_begin, of_end) = (
        of(VisitField::Date),
        of(VisitField::Begin),
        of(VisitField::End),
    );
    view! {
        <SummaryList>
            <SummaryRow key=words::visit::label(VisitField::Contact)>{contact}</SummaryRow>
            <SummaryRow key=words::visit::label(VisitField::Date) testid="visit-date">
                {words::date::long(&begin_day)} {of_date}
            </SummaryRow>
            <SummaryRow key=words::visit::label(VisitField::Begin) testid="visit-begin">
                <span class="u-num">{begin}</span>
                {of_begin}
            </SummaryRow>
            <SummaryRow key=words::visit::label(VisitField::End) testid="visit-end">
                <span class="u-num">{end}</span>
                {of_end}
            </SummaryRow>
            <SummaryRow key=words::visit::length() testid="visit-length">
                {words::date::duration(minutes)}
            </SummaryRow>
        </SummaryList>
    }
}

#[component]
fn Work(visit: Arc<VisitView>) -> impl IntoView {
    let actions = visit
        .actions
        .iter()
        .map(|action| view! { <li>{action.clone()}</li> })
        .collect_view();
    let has_actions = !visit.actions.is_empty();
    let has_own = !visit.done.is_empty();
    let own = visit.done.clone();
    let of_done = corrections(&visit, VisitField::Done);
    view! {
        <h3 class="p-entry__label">{words::visit::label(VisitField::Done)}</h3>
        {has_actions.then(|| view! { <ul>{actions}</ul> })}
        {has_own.then(|| view! { <p class="p-entry__text">{own}</p> })}
        {of_done}
    }
}

/// One text with its label; left out when it was always empty.
#[component]
fn Text(visit: Arc<VisitView>, field: VisitField) -> impl IntoView {
    let value = text(&visit, field);
    let is_corrected = visit
        .corrections
        .iter()
        .any(|correction| correction.field == field);
    (REQUIRED.contains(&field) || is_corrected || !value.is_empty()).then(|| {
        view! {
            <h3 class="p-entry__label">{words::visit::label(field)}</h3>
            <p class="p-entry__text">{shown(field, &value)}</p>
            {corrections(&visit, field)}
        }
    })
}

#[component]
fn Measured(visit: Arc<VisitView>) -> impl IntoView {
    let mut fields: Vec<VisitField> = visit
        .measurements
        .iter()
        .map(|(kind, _)| VisitField::Measurement(*kind))
        .collect();
    for correction in &visit.corrections {
        if matches!(correction.field, VisitField::Measurement(_))
            && !fields.contains(&correction.field)
        {
            fields.push(correction.field);
        }
    }
    (!fields.is_empty()).then(|| {
        let rows = fields
            .into_iter()
            .map(|field| {
                let value = shown(field, &text(&visit, field));
                let of_field = corrections(&visit, field);
                view! {
                    <SummaryRow key=words::visit::label(field)>
                        <span class="u-num">{value}</span>
                        {of_field}
                    </SummaryRow>
                }
            })
            .collect_view();
        view! {
            <h3 class="p-entry__label">{words::visit::measurements()}</h3>
            <SummaryList>{rows}</SummaryList>
        }
    })
}

#[component]
fn Who(visit: Arc<VisitView>) -> impl IntoView {
    let performer = performer_line(&visit.performer, visit.performer_agb.as_deref());
    let recorded = moment(visit.recorded_at);
    let of_name = corrections(&visit, VisitField::SubstituteName);
    let of_agb = corrections(&visit, VisitField::SubstituteAgb);
    let signed_by = (visit.performer != visit.signed_by).then(|| visit.signed_by.clone());
    view! {
        <SummaryList>
            <SummaryRow key=words::visit::performer() testid="visit-performer">
                <bdi>{performer}</bdi>
            </SummaryRow>
            {signed_by
                .map(|name| {
                    view! {
                        <SummaryRow key=words::visit::signed_by()>
                            <bdi>{name}</bdi>
                        </SummaryRow>
                    }
                })}
            <SummaryRow key=words::visit::recorded() testid="recorded-at">
                <span class="u-num">{recorded}</span>
            </SummaryRow>
        </SummaryList>
        {of_name}
        {of_agb}
    }
}

/// The corrections of one field, oldest first.
fn corrections(visit: &VisitView, field: VisitField) -> impl IntoView + use<> {
    let all = visit.corrections.iter().enumerate();
    all.filter(|(_, correction)| correction.field == field)
        .map(|(place, correction)| view! { <Correction number=place + 1 correction=correction.clone() /> })
        .collect_view()
}

#[component]
fn Correction(number: usize, correction: CorrectionView) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let earlier = StoredValue::new(shown(correction.field, &correction.earlier));
    view! {
        <div
            class="l-stack l-stack--tight"
            role="group"
            aria-label=words::visit::correction_name(number, correction.field)
        >
            <p class="u-meta">
                <strong>{words::visit::corrected_on(&moment(correction.recorded_at))}</strong>
                <br />
                {words::visit::corrected_by(&correction.author, &correction.reason)}
                {correction.is_client_request.then(|| view! { <br /> {words::visit::client_request()} })}
            </p>
            <div>
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Clock
                    pressed=is_shown
                    on_press=move || is_shown.update(|is_shown| *is_shown = !*is_shown)
                >
                    {words::visit::show_earlier()}
                </Button>
            </div>
            <Show when=move || is_shown.get()>
                <section class="p-entry__old" aria-label=words::visit::earlier()>
                    <p class="p-entry__text">{earlier.get_value()}</p>
                </section>
            </Show>
        </div>
    }
}

#[component]
fn Added(addition: AdditionView, places: Option<Places>) -> impl IntoView {
    let id = addition.id;
    view! {
        <article class="p-entry" data-testid="addition">
            <h3 class="p-entry__label">{words::visit::addition()}</h3>
            {places.map(|places| view! { <div><PlaceMark places of=id /></div> })}
            <p class="p-entry__text">{addition.text}</p>
            <p class="u-meta">{words::visit::added_by(&addition.author, &moment(addition.recorded_at))}</p>
        </article>
    }
}

/// The same visit as it was signed on another device; where that is, the mark of the visit says.
#[component]
fn AlsoSigned(other: VisitView, device: Option<u16>, places: Places) -> impl IntoView {
    let title_id = format!("ook-ondertekend-{}", other.recorded_at);
    let heading = move || match device {
        Some(_) => words::visit::later_on(&places.names().name(device)),
        None => words::visit::addition().to_owned(),
    };
    let parts = written(&other);
    let signed = words::visit::added_by(&other.signed_by, &moment(other.recorded_at));
    view! {
        <section class="p-entry" aria-labelledby=title_id.clone() data-testid="also-signed">
            <h3 class="p-entry__label" id=title_id.clone()>
                {heading}
            </h3>
            <PartList parts />
            <p class="u-meta">{signed}</p>
        </section>
    }
}
