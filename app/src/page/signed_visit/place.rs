//! Where a signed visit is, and each addition of it.

use dossier::id::{ClientId, EntryId};
use engine::command::{Command, DeviceRow, EntryPlace, Reply, VisitPlaces};
use leptos::prelude::*;

use crate::page::devices::load_devices;
use crate::page::load::{Loaded, load};
use crate::page::session::use_session;
use crate::page::visit::Placed;

/// Places of one visit's entries, asked again whenever the exchange went on.
#[derive(Clone, Copy)]
pub(super) struct Places {
    places: Signal<Loaded<VisitPlaces>>,
    devices: Signal<Loaded<Vec<DeviceRow>>>,
}

impl Places {
    pub(super) fn of(client: ClientId, year: u16, visit: EntryId) -> Self {
        let sync = use_session().sync();
        let command = move || {
            sync.track();
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
            devices: load_devices(),
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

    fn devices(self) -> Vec<DeviceRow> {
        match self.devices.get() {
            Loaded::Ready(rows) => rows,
            Loaded::Waiting | Loaded::Failed(_) => Vec::new(),
        }
    }

    /// What the device of this number is called.
    pub(super) fn name(self, device: u16) -> String {
        let rows = self.devices();
        let found = rows.iter().find(|row| row.device == device);
        found.map_or_else(
            || crate::words::devices::numbered(device),
            crate::words::devices::name,
        )
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
        let devices = places.devices();
        Some(view! { <Placed place devices /> })
    }
}
