//! Kind of contact, date, begin and end; an end on the next day is read back and confirmed.

use dossier::edit::{ContactKind, VisitField};
use leptos::prelude::*;

use super::composer::{Composer, READY};
use super::sheet::id_of;
use crate::page::code::code;
use crate::page::read_back;
use crate::platform::dom;
use crate::ui::{
    Button, ButtonKind, Choice, DateInput, Glyph, Notice, NoticeKind, RadioGroup, TimeInput,
};
use crate::words;

const CONTACTS: [ContactKind; 4] = [
    ContactKind::HomeVisit,
    ContactKind::Phone,
    ContactKind::Video,
    ContactKind::Consultation,
];

/// When and how.
#[component]
pub(super) fn TimePart(
    /// The draft.
    composer: Composer,
) -> impl IntoView {
    let sheet = composer.sheet;
    let form = sheet.form;
    let contacts: Vec<Choice> = CONTACTS
        .iter()
        .map(|kind| Choice::new(code(kind), words::visit::contact(*kind)))
        .collect();
    let is_begun = Memo::new(move |_| !sheet.begin.read().trim().is_empty());
    view! {
        <Show when=move || !is_begun.get()>
            <div>
                <Button icon=Glyph::Clock on_press=move || composer.stamp_begin()>
                    {words::visit::start()}
                </Button>
            </div>
        </Show>
        <RadioGroup
            id=id_of(VisitField::Contact)
            label=words::visit::label(VisitField::Contact)
            value=sheet.contact
            choices=contacts
            error=form.error(&id_of(VisitField::Contact))
            inline=true
        />
        <div class="l-pair">
            <DateInput
                id=id_of(VisitField::Date)
                field="datum"
                label=words::visit::label(VisitField::Date)
                value=sheet.date
                read_back=read_back::date(sheet.date)
                error=form.error(&id_of(VisitField::Date))
            />
            <TimeInput
                id=id_of(VisitField::Begin)
                field="begintijd"
                label=words::visit::label(VisitField::Begin)
                value=sheet.begin
                read_back=read_back::time(sheet.begin)
                error=form.error(&id_of(VisitField::Begin))
            />
            <TimeInput
                id=id_of(VisitField::End)
                field="eindtijd"
                label=words::visit::label(VisitField::End)
                value=sheet.end
                read_back=read_back::time(sheet.end)
                error=form.error(&id_of(VisitField::End))
            />
        </div>
        <Show when=move || is_begun.get()>
            <div>
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Check
                    id=READY
                    on_press=move || composer.stamp_end()
                >
                    {words::visit::ready()}
                </Button>
            </div>
        </Show>
        <NextDay composer />
    }
}

#[component]
fn NextDay(composer: Composer) -> impl IntoView {
    let sheet = composer.sheet;
    let next_day = Memo::new(move |_| sheet.next_day());
    let confirm = move || {
        sheet.is_next_day.set(true);
        sheet.form.errors().set(&id_of(VisitField::End), None);
        dom::focus(&id_of(VisitField::Done));
    };
    move || {
        let (date, time) = next_day.get()?;
        let is_confirmed = sheet.is_next_day.get();
        let shown = if is_confirmed {
            view! {
                <Notice kind=NoticeKind::Done heading=words::visit::next_day_confirmed(&date, &time) testid="next-day">
                    ""
                </Notice>
            }
            .into_any()
        } else {
            view! {
                <Notice kind=NoticeKind::Warning heading=words::problem::next_day(&date, &time) testid="next-day">
                    <div>
                        <Button on_press=confirm>{words::common::is_right()}</Button>
                    </div>
                </Notice>
            }
            .into_any()
        };
        Some(shown)
    }
}
