//! The addresses of the screens. An address holds random ids and numbers only, never a word about a person.

use dossier::id::{ClientId, EntryId};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// Vandaag.
pub const TODAY: &str = "/";
/// Cliënten.
pub const CLIENTS: &str = "/clienten";
/// Nieuwe cliënt.
pub const NEW_CLIENT: &str = "/clienten/nieuw";
/// For whom is the new visit?
pub const CHOOSE_CLIENT: &str = "/bezoek/nieuw";
/// The same for a contact by telephone.
pub const CHOOSE_CLIENT_FOR_CALL: &str = "/bezoek/nieuw?telefoon";
/// Meer.
pub const MORE: &str = "/meer";
/// Mijn praktijk.
pub const PRACTICE: &str = "/meer/praktijk";
/// Apparaten.
pub const DEVICES: &str = "/meer/apparaten";
/// Instellingen.
pub const SETTINGS: &str = "/meer/instellingen";
/// Opslag.
pub const STORAGE: &str = "/meer/opslag";
/// Niet leesbaar.
pub const UNREADABLE: &str = "/meer/niet-leesbaar";
/// Over en hulp.
pub const ABOUT: &str = "/meer/over";

/// The design system's gallery, in development builds.
#[cfg(feature = "gallery")]
pub const GALLERY: &str = "/galerij";

/// A client's **Overzicht**.
pub fn client(client: ClientId) -> String {
    format!("/client/{client}")
}

/// A client's **Bezoeken**.
pub fn visits(client: ClientId) -> String {
    format!("/client/{client}/bezoeken")
}

/// A client's **Gegevens**.
pub fn details(client: ClientId) -> String {
    format!("/client/{client}/gegevens")
}

/// A client's **Planning**.
pub fn planning(client: ClientId) -> String {
    format!("/client/{client}/planning")
}

/// A client's **Geschiedenis**.
pub fn history(client: ClientId) -> String {
    format!("/client/{client}/geschiedenis")
}

/// Begins a visit: stamps nothing by itself; `planning` is the planned visit of today that it answers.
pub fn new_visit(client: ClientId, planning: Option<EntryId>) -> String {
    match planning {
        Some(planning) => format!("/client/{client}/bezoek/nieuw?planning={planning}"),
        None => format!("/client/{client}/bezoek/nieuw"),
    }
}

/// Begins a contact by telephone.
pub fn new_call(client: ClientId) -> String {
    format!("/client/{client}/bezoek/nieuw?telefoon")
}

/// An open visit draft.
pub fn draft(client: ClientId, slot: u8) -> String {
    format!("/client/{client}/concept/{slot}")
}

/// Goes on here with a draft of another device.
pub fn continue_draft(client: ClientId, device: u16, slot: u8) -> String {
    format!("/client/{client}/bezoek/nieuw?apparaat={device}&concept={slot}")
}

/// A signed visit.
pub fn visit(client: ClientId, year: u16, visit: EntryId) -> String {
    format!("/client/{client}/bezoek/{year}/{visit}")
}

/// The client of the present address.
pub fn client_param() -> Memo<Option<ClientId>> {
    param("id")
}

/// The signed visit of the present address.
pub fn visit_param() -> Memo<Option<EntryId>> {
    param("visit")
}

/// The year of the present address.
pub fn year_param() -> Memo<Option<u16>> {
    param("year")
}

/// The draft slot of the present address.
pub fn slot_param() -> Memo<Option<u8>> {
    param("slot")
}

/// The planned visit that the present address answers.
pub fn planning_query() -> Memo<Option<EntryId>> {
    let query = use_query_map();
    Memo::new(move |_| {
        query
            .read()
            .get("planning")
            .and_then(|text| text.parse().ok())
    })
}

/// The draft of another device that the present address goes on with: which device, which of its slots.
pub fn peer_draft_query() -> Memo<Option<(u16, u8)>> {
    let query = use_query_map();
    Memo::new(move |_| {
        let query = query.read();
        let device = query.get("apparaat")?.parse().ok()?;
        let slot = query.get("concept")?.parse().ok()?;
        Some((device, slot))
    })
}

/// Whether the present address asks for a contact by telephone.
pub fn is_call_query() -> Memo<bool> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get("telefoon").is_some())
}

/// The client in a path such as `/client/<id>/planning`.
pub fn client_in(path: &str) -> Option<ClientId> {
    path.strip_prefix("/client/")?
        .split('/')
        .next()?
        .parse()
        .ok()
}

/// Whether a path is one of a client's screens, even if its id is not one.
pub fn is_of_client(path: &str) -> bool {
    path.starts_with("/client/")
}

fn param<T>(name: &'static str) -> Memo<Option<T>>
where
    T: std::str::FromStr + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| params.read().get(name).and_then(|text| text.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_read_from_any_of_its_addresses() {
        let id = ClientId([7; 16]);
        assert_eq!(client_in(&planning(id)), Some(id));
        assert_eq!(client_in(&client(id)), Some(id));
        for other in [TODAY, CLIENTS, "/client/x", "/clienten/nieuw"] {
            assert_eq!(client_in(other), None);
        }
        assert!(is_of_client("/client/x") && !is_of_client(CLIENTS) && !is_of_client(NEW_CLIENT));
    }
}
