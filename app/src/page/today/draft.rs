//! Open drafts on **Vandaag**, of this device and of others: a row for each visit, and a word at the planned visit.

use dossier::view::{TodayState, TodayVisit};
use leptos::prelude::*;

use crate::page::devices::DeviceNames;
use crate::page::drafts::OpenVisit;
use crate::page::signed_visit::moment;
use crate::ui::{Badge, Glyph, LinkButton, NoticeKind};
use crate::words;

/// The draft that answers a planned visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DraftHere {
    /// Where it is gone on with.
    pub(super) href: String,
    device: Option<u16>,
    others: Vec<Option<u16>>,
}

impl DraftHere {
    /// On which devices it stands, as far as that is not only this one.
    pub(super) fn places(&self, names: DeviceNames) -> impl IntoView + use<> {
        view! { <Places device=self.device others=self.others.clone() names is_late=false /> }
    }
}

/// The draft of a planned visit of this local date, an own one first. Other drafts that answer it are named, too.
pub(super) fn draft_of(visit: &TodayVisit, date: &str, open: &[OpenVisit]) -> Option<DraftHere> {
    if !matches!(visit.state, TodayState::Planned | TodayState::Draft(_)) {
        return None;
    }
    let (client, planning) = (visit.client.id, visit.planning);
    let is_answer = |of: &&OpenVisit| !of.is_late() && of.answers(client, planning, date);
    let mut answers: Vec<&OpenVisit> = open.iter().filter(is_answer).collect();
    answers.sort_by_key(|of| of.row.device);
    let first = answers.first()?;
    let devices = answers.iter().flat_map(|of| of.devices()).skip(1);
    let mut others: Vec<Option<u16>> = devices.filter(|of| *of != first.row.device).collect();
    others.sort_unstable();
    others.dedup();
    Some(DraftHere {
        href: first.href(),
        device: first.row.device,
        others,
    })
}

/// A visit to be finished and signed, or text that came after signing.
#[component]
pub(super) fn OpenDraft(
    /// The visit.
    visit: OpenVisit,
    /// What the devices are called.
    names: DeviceNames,
) -> impl IntoView {
    let is_late = visit.is_late();
    let href = visit.href();
    let (device, others) = match is_late {
        true => (None, visit.devices()),
        false => (visit.row.device, visit.others),
    };
    let row = visit.row;
    let group = row.client_name.clone();
    let begun = words::today::draft_of(&row.date, &row.begin);
    let written = words::drafts::last_written(&moment(row.saved_at));
    let (glyph, go) = match is_late {
        true => (Glyph::Document, words::today::read()),
        false => (Glyph::Pencil, words::today::resume()),
    };
    view! {
        <li data-testid="draft">
            <div class="l-stack l-stack--tight" role="group" aria-label=group>
                <div>
                    <p class="p-plan__name">{row.client_name}</p>
                    <p class="u-meta u-num">{begun}</p>
                    <p class="u-meta u-num">{written}</p>
                </div>
                <Places device others names is_late />
                <p>{row.excerpt}</p>
                <div class="l-cluster">
                    <LinkButton href icon=glyph>
                        {go}
                    </LinkButton>
                </div>
            </div>
        </li>
    }
}

/// On which devices a draft stands; nothing for one that is only here.
#[component]
fn Places(
    device: Option<u16>,
    others: Vec<Option<u16>>,
    names: DeviceNames,
    is_late: bool,
) -> impl IntoView {
    let on = move || words::drafts::on(&names.name(device));
    let has_others = !others.is_empty();
    let also = move || {
        let names = names.all(&others);
        match is_late {
            true => words::drafts::late_on(&names),
            false => words::drafts::also_on(&names),
        }
    };
    (device.is_some() || has_others).then(|| {
        view! {
            <div class="l-cluster">
                {device
                    .is_some()
                    .then(|| {
                        view! {
                            <Badge icon=Glyph::Device testid="draft-device">
                                {on}
                            </Badge>
                        }
                    })}
                {has_others
                    .then(|| {
                        view! {
                            <Badge kind=NoticeKind::Warning testid="draft-others">
                                {also}
                            </Badge>
                        }
                    })}
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier::id::{ClientId, EntryId};
    use dossier::view::{ClientRow, DraftRow, DraftStanding};

    fn open(visit: u8, device: Option<u16>, others: &[Option<u16>]) -> OpenVisit {
        OpenVisit {
            row: DraftRow {
                slot: 0,
                client: ClientId([1; 16]),
                client_name: String::new(),
                visit: EntryId([visit; 16]),
                date: String::new(),
                begin: String::new(),
                excerpt: String::new(),
                saved_at: 0,
                device,
                standing: DraftStanding::Open,
                planned: Some((EntryId([9; 16]), "2026-11-22".to_owned())),
            },
            others: others.to_vec(),
        }
    }

    fn planned(state: TodayState) -> TodayVisit {
        let client = ClientRow {
            id: ClientId([1; 16]),
            first_name: String::new(),
            infix: String::new(),
            last_name: String::new(),
            birth_date: String::new(),
            street: String::new(),
            postcode: String::new(),
            place: String::new(),
            phone: String::new(),
            is_identity_missing: false,
            identity_deferred: None,
            last_visit_at: None,
            changed_at: 0,
            core_changed_at: None,
            planning: Vec::new(),
            answered: Vec::new(),
            conflict_count: 0,
        };
        TodayVisit {
            client,
            planning: EntryId([9; 16]),
            time: "09:00".to_owned(),
            minutes: 30,
            state,
        }
    }

    #[test]
    fn a_planned_visit_begun_on_another_device_is_gone_on_with_and_says_where() {
        let drafts = [open(1, Some(1), &[]), open(2, Some(2), &[Some(1)])];
        let of = |state, drafts: &[OpenVisit]| draft_of(&planned(state), "2026-11-22", drafts);
        let found = of(TodayState::Planned, &drafts);
        let href = drafts.first().map(OpenVisit::href);
        assert_eq!(found.as_ref().map(|found| found.href.clone()), href);
        let found = found.map(|found| (found.device, found.others));
        assert_eq!(found, Some((Some(1), vec![Some(2)])));
        assert_eq!(of(TodayState::Skipped, &drafts), None);
        assert_eq!(of(TodayState::Signed(EntryId([3; 16])), &drafts), None);
        assert_eq!(of(TodayState::Planned, &[]), None);

        let mut late = open(1, Some(1), &[]);
        late.row.standing = DraftStanding::Late { year: 2026 };
        assert_eq!(of(TodayState::Planned, &[late]), None);

        let both = [open(1, Some(1), &[]), open(2, None, &[])];
        let own = of(TodayState::Draft(0), &both).map(|found| (found.device, found.others));
        assert_eq!(own, Some((None, vec![Some(1)])));
    }
}
