//! Which server the vault exchanges with: found at the app's own address, then a setting of this device.

use serde::Deserialize;

use super::session::Session;
use crate::link::Relay;
use crate::platform::{dom, fetch, settings};

/// Who may make an account at a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Nobody.
    Closed,
    /// Everybody.
    Open,
    /// Who has an invitation.
    Invite,
}

/// What an address says of a server: see `/relay/info`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Info {
    /// Where the server is, when it is not here.
    origin: Option<String>,
    /// None: no server here.
    registration: Option<Registration>,
}

/// Finds the server and has the vault exchange with it; where there is none, the app works without.
pub async fn connect(session: Session) {
    if settings::is_relay_off() {
        return;
    }
    if let Some(origin) = settings::relay() {
        use_server(session, &origin);
    }
    let Some(here) = dom::origin() else { return };
    let Some(info) = ask("").await else { return };
    let (origin, registration) = match (info.registration, info.origin) {
        (Some(registration), _) => (here, Some(registration)),
        (None, Some(origin)) => {
            let there = ask(&origin).await;
            let registration = there.and_then(|there| there.registration);
            (origin, registration)
        }
        (None, None) => return,
    };
    session.note_registration(registration);
    // Where the app's own address says that the server is, also after it moved.
    if settings::relay().as_deref() != Some(&origin) && !settings::is_relay_off() {
        settings::set_relay(&origin);
        use_server(session, &origin);
    }
}

/// Looks for a server where none was found so far.
pub async fn connect_first(session: Session) {
    if settings::relay().is_none() {
        connect(session).await;
    }
}

/// Ends the exchange, or takes it up again.
pub fn set_used(session: Session, is_used: bool) {
    settings::set_relay_off(!is_used);
    if is_used {
        session.spawn(connect(session));
    } else {
        session.vault().set_relay(None);
        session.forget_sync();
    }
}

/// Hands in an invitation and tries again at once.
pub fn use_invite(session: Session, invite: String) {
    session.set_invite(invite);
    if let Some(origin) = settings::relay() {
        use_server(session, &origin);
    }
}

fn use_server(session: Session, origin: &str) {
    session.vault().set_relay(Some(Relay {
        origin: origin.to_owned(),
        invite: session.invite(),
    }));
}

async fn ask(origin: &str) -> Option<Info> {
    let text = fetch::text(&format!("{origin}/relay/info")).await?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_whether_it_is_one_and_where_another_is() {
        let here: Info =
            serde_json::from_str(r#"{"origin":"http://localhost:1","registration":"invite"}"#)
                .unwrap();
        assert_eq!(here.registration, Some(Registration::Invite));
        let there: Info =
            serde_json::from_str(r#"{"origin":"https://relay.example","registration":null}"#)
                .unwrap();
        assert_eq!(there.origin.as_deref(), Some("https://relay.example"));
        assert!(serde_json::from_str::<Info>("<!doctype html>").is_err());
    }
}
