//! Where a signed visit is, and each addition of it.

use dossier::id::{ClientId, EntryId};
use engine::command::{Command, EntryPlace, Reply, VisitPlaces};
use leptos::prelude::*;

use crate::page::devices::DeviceNames;
use crate::page::load::{Loaded, load};
use crate::page::session::use_session;
use crate::page::visit::Placed;

/// Places of one visit's entries, asked again whenever the exchange went on.
#[derive(Clone, Copy)]
pub(super) struct Places {
    places: Signal<Loaded<VisitPlaces>>,
    names: DeviceNames,
}

impl Places {
    pub(super) fn of(client: ClientId, year: u16, visit: EntryId) -> Self {
        let session = use_session();
        let command = move || {
            session.track_exchange();
            Some(Command::VisitPlaces {
                client,
                year,
                visit,
            })
        };
        let places = load(command, |reply| match reply {
            Reply::VisitPlaces(places) => Some(places),
            _ => None,
        });
        Self {
            places,
            names: DeviceNames::load(),
        }
    }

    fn find(self, entry: Option<EntryId>) -> Option<EntryPlace> {
        let Loaded::Ready(places) = self.places.get() else {
            return None;
        };
        match entry {
            None => Some(places.visit),
            Some(entry) => {
                let mut amendments = places.amendments.into_iter();
                amendments
                    .find(|(id, _)| *id == entry)
                    .map(|(_, place)| place)
            }
        }
    }

    /// What the devices are called.
    pub(super) fn names(self) -> DeviceNames {
        self.names
    }
}

/// Where the visit is, or one addition.
#[component]
pub(super) fn PlaceMark(
    /// Places of the visit.
    places: Places,
    /// The addition; the visit itself when not given.
    #[prop(optional)]
    of: Option<EntryId>,
) -> impl IntoView {
    move || {
        let place = places.find(of)?;
        let devices = places.names.rows();
        Some(view! { <Placed place devices /> })
    }
}
