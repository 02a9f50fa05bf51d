//! What the operator chose: a flag goes before the environment, that before the file, that before the usual value.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::http::HeaderName;
use clap::ValueEnum;
use serde::Deserialize;
use sync_server::store::SqliteOptions;
use sync_server::{Rates, Registration, RelaySettings, Settings};

/// Whether new accounts are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Admits {
    /// Anybody
    Open,
    /// With a code of `sync-server invite`
    Invite,
    /// Nobody
    Closed,
}

/// Each may stand in the file under the same name.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Choices {
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, env = "DOSSIERKLUIS_HOST")]
    host: Option<String>,
    /// Port to listen on; 0 takes a free one and names it in the log [default: 8080]
    #[arg(long, env = "DOSSIERKLUIS_PORT")]
    port: Option<u16>,
    /// Folder the server may write in; made when absent [default: data]
    #[arg(long, env = "DOSSIERKLUIS_DATA", global = true)]
    data: Option<PathBuf>,
    /// Folder with the built app [default: the folder `app` beside this program]
    #[arg(long, env = "DOSSIERKLUIS_APP")]
    app: Option<PathBuf>,
    /// Serve the app, and no relay
    #[arg(long, env = "DOSSIERKLUIS_APP_ONLY", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    app_only: Option<bool>,
    /// Be a relay, and serve no app
    #[arg(long, env = "DOSSIERKLUIS_RELAY_ONLY", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    relay_only: Option<bool>,
    /// With --app-only: where the relay is, such as https://relay.example
    #[arg(long, env = "DOSSIERKLUIS_RELAY_ADDRESS")]
    relay_address: Option<String>,
    /// Where devices reach this relay, such as https://kluis.example [default on this machine: http://localhost:PORT]
    #[arg(long, env = "DOSSIERKLUIS_ORIGIN")]
    origin: Option<String>,
    /// Who may make an account here [default: open when the relay is reached on this machine only, else invite]
    #[arg(long, env = "DOSSIERKLUIS_REGISTRATION")]
    registration: Option<Admits>,
    /// Bytes that one account may store [default: 5 GiB]
    #[arg(long, env = "DOSSIERKLUIS_QUOTA_BYTES")]
    quota_bytes: Option<u64>,
    /// Requests per second that one account may make in the long run [default: 200]
    #[arg(long, env = "DOSSIERKLUIS_REQUESTS_PER_SECOND")]
    requests_per_second: Option<u64>,
    /// Bytes per second that one account may send and fetch in the long run [default: 4 MiB]
    #[arg(long, env = "DOSSIERKLUIS_BYTES_PER_SECOND")]
    bytes_per_second: Option<u64>,
    /// Connections at once; each takes a file descriptor [default: 10000]
    #[arg(long, env = "DOSSIERKLUIS_CONNECTIONS")]
    connections: Option<usize>,
    /// Devices at once from one address (of IPv6, from one /64); this machine is not counted [default: 512]
    #[arg(long, env = "DOSSIERKLUIS_DEVICES_PER_ADDRESS")]
    devices_per_address: Option<usize>,
    /// Connected devices of one account at once [default: 64]
    #[arg(long, env = "DOSSIERKLUIS_DEVICES_PER_ACCOUNT")]
    devices_per_account: Option<usize>,
    /// Header in which your proxy puts the address of who connects, such as x-forwarded-for [default: none]
    #[arg(long, env = "DOSSIERKLUIS_ADDRESS_HEADER")]
    address_header: Option<String>,
    /// Address at which /metrics answers, such as 127.0.0.1:9090 [default: none]
    #[arg(long, env = "DOSSIERKLUIS_METRICS")]
    metrics: Option<SocketAddr>,
}

/// Why choices do not go together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        file: PathBuf,
        source: std::io::Error,
    },
    /// The file is no TOML, or names what there is not.
    #[error("{} is not understood", file.display())]
    Parse {
        file: PathBuf,
        source: toml::de::Error,
    },
    /// Neither app nor relay would be left.
    #[error("--app-only and --relay-only exclude each other")]
    Nothing,
    /// The relay of this server is at its own origin.
    #[error("--relay-address is for --app-only; a relay of this server is at --origin")]
    RelayAddress,
    /// Devices sign where they think they are; a name that comes with a request cannot be trusted.
    #[error(
        "give --origin, such as https://kluis.example: others than this machine can reach {host}"
    )]
    OriginNeeded { host: String },
    /// No header can have that name.
    #[error("{name} is no name of a header")]
    Header { name: String },
}

/// What to do.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) settings: Settings,
    pub(crate) relay: Option<RelayPlan>,
}

/// What kind of relay to be.
#[derive(Debug)]
pub(crate) struct RelayPlan {
    origin: Option<String>,
    registration: Registration,
    rates: Rates,
    devices_per_account: Option<usize>,
    pub(crate) metrics: Option<SocketAddr>,
}

impl RelayPlan {
    /// The settings, now that the port is known.
    pub(crate) fn settings(&self, port: u16) -> RelaySettings {
        let here = || format!("http://localhost:{port}");
        let origin = self.origin.clone().unwrap_or_else(here);
        let mut settings = RelaySettings::new(origin, self.registration);
        settings.rates = self.rates;
        if let Some(chosen) = self.devices_per_account {
            settings.sockets_per_account = chosen;
        }
        settings
    }
}

impl Choices {
    /// Fills what was not chosen from a file.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub(crate) fn with_file(self, file: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(file) = file else {
            return Ok(self);
        };
        let text = std::fs::read_to_string(file).map_err(|source| ConfigError::Read {
            file: file.to_owned(),
            source,
        })?;
        let below: Self = toml::from_str(&text).map_err(|source| ConfigError::Parse {
            file: file.to_owned(),
            source,
        })?;
        Ok(self.over(below))
    }

    fn over(self, below: Self) -> Self {
        Self {
            host: self.host.or(below.host),
            port: self.port.or(below.port),
            data: self.data.or(below.data),
            app: self.app.or(below.app),
            app_only: self.app_only.or(below.app_only),
            relay_only: self.relay_only.or(below.relay_only),
            relay_address: self.relay_address.or(below.relay_address),
            origin: self.origin.or(below.origin),
            registration: self.registration.or(below.registration),
            quota_bytes: self.quota_bytes.or(below.quota_bytes),
            requests_per_second: self.requests_per_second.or(below.requests_per_second),
            bytes_per_second: self.bytes_per_second.or(below.bytes_per_second),
            connections: self.connections.or(below.connections),
            devices_per_address: self.devices_per_address.or(below.devices_per_address),
            devices_per_account: self.devices_per_account.or(below.devices_per_account),
            address_header: self.address_header.or(below.address_header),
            metrics: self.metrics.or(below.metrics),
        }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| "data".into())
    }

    /// The store's part of the choices.
    pub(crate) fn store(&self) -> SqliteOptions {
        let mut options = SqliteOptions::default();
        options.quota_bytes = self.quota_bytes.unwrap_or(options.quota_bytes);
        options
    }

    /// What to do, if the choices go together. `beside` is where the app is if nothing was said.
    ///
    /// # Errors
    /// When they do not.
    pub(crate) fn plan(&self, beside: PathBuf) -> Result<Plan, ConfigError> {
        let app_only = self.app_only.unwrap_or_default();
        let relay_only = self.relay_only.unwrap_or_default();
        if app_only && relay_only {
            return Err(ConfigError::Nothing);
        }
        if self.relay_address.is_some() && !app_only {
            return Err(ConfigError::RelayAddress);
        }
        let host = self.host.clone().unwrap_or_else(|| "127.0.0.1".into());
        let relay = match app_only {
            true => None,
            false => Some(self.relay(&host)?),
        };
        let app = self.app.clone().unwrap_or(beside);
        let header = self.address_header.as_ref();
        let address_header = header.map(|name| parse_header(name)).transpose()?;
        let settings = Settings {
            app: (!relay_only).then_some(app),
            relay_address: self.relay_address.clone(),
            connections_max: self.connections.unwrap_or(10_000),
            per_address_max: self.devices_per_address.unwrap_or(512),
            address_header,
        };
        Ok(Plan {
            host,
            port: self.port.unwrap_or(8080),
            settings,
            relay,
        })
    }

    fn relay(&self, host: &str) -> Result<RelayPlan, ConfigError> {
        if self.origin.is_none() && !is_loopback(host) {
            let host = host.to_owned();
            return Err(ConfigError::OriginNeeded { host });
        }
        let usual = match &self.origin {
            None => Admits::Open,
            Some(_) => Admits::Invite,
        };
        let mut rates = Rates::default();
        for (rate, chosen) in [
            (&mut rates.requests, self.requests_per_second),
            (&mut rates.bytes, self.bytes_per_second),
        ] {
            if let Some(per_second) = chosen {
                // As many seconds' worth at once as the usual value gives.
                let seconds = rate.burst / rate.per_second;
                rate.per_second = per_second;
                rate.burst = per_second.saturating_mul(seconds);
            }
        }
        Ok(RelayPlan {
            origin: self.origin.clone(),
            registration: match self.registration.unwrap_or(usual) {
                Admits::Open => Registration::Open,
                Admits::Invite => Registration::Invited,
                Admits::Closed => Registration::Closed,
            },
            rates,
            devices_per_account: self.devices_per_account,
            metrics: self.metrics,
        })
    }
}

fn parse_header(name: &str) -> Result<HeaderName, ConfigError> {
    let wrong = |_| ConfigError::Header { name: name.into() };
    HeaderName::try_from(name).map_err(wrong)
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn file(text: &str) -> Choices {
        toml::from_str(text).unwrap()
    }

    fn plan(choices: &Choices) -> Result<Plan, ConfigError> {
        choices.plan("app".into())
    }

    #[test]
    fn what_was_chosen_above_stands_and_the_file_fills_the_rest() {
        let flags = file("port = 1");
        let below =
            file("port = 2\nhost = 'localhost'\nregistration = 'closed'\nmetrics = '127.0.0.1:9'");
        let plan = plan(&flags.over(below)).unwrap();
        assert_eq!((plan.port, plan.host.as_str()), (1, "localhost"));
        let relay = plan.relay.unwrap();
        assert_eq!(relay.registration, Registration::Closed);
        assert_eq!(relay.metrics.unwrap().port(), 9);
        assert_eq!(relay.settings(1).origin, "http://localhost:1");
    }

    #[test]
    fn a_misspelt_choice_is_not_passed_over() {
        assert!(toml::from_str::<Choices>("prot = 1").is_err());
        assert!(toml::from_str::<Choices>("registration = 'yes'").is_err());
    }

    #[test]
    fn who_can_be_reached_from_elsewhere_says_where_and_invites() {
        let open = file("host = '0.0.0.0'");
        assert!(matches!(plan(&open), Err(ConfigError::OriginNeeded { .. })));
        let named = file("host = '0.0.0.0'\norigin = 'https://kluis.example'");
        let relay = plan(&named).unwrap().relay.unwrap();
        assert_eq!(relay.registration, Registration::Invited);
        let behind_a_proxy = file("origin = 'https://kluis.example'");
        let relay = plan(&behind_a_proxy).unwrap().relay.unwrap();
        assert_eq!(relay.registration, Registration::Invited);
        let app =
            file("host = '0.0.0.0'\napp-only = true\nrelay-address = 'https://relay.example'");
        assert!(plan(&app).unwrap().relay.is_none());
    }

    #[test]
    fn choices_that_exclude_each_other_are_refused() {
        let both = file("app-only = true\nrelay-only = true");
        assert!(matches!(plan(&both), Err(ConfigError::Nothing)));
        let elsewhere = file("relay-address = 'https://relay.example'");
        assert!(matches!(plan(&elsewhere), Err(ConfigError::RelayAddress)));
        let relay = plan(&file("relay-only = true")).unwrap();
        assert!(relay.settings.app.is_none() && relay.relay.is_some());
    }

    #[test]
    fn a_name_that_no_header_has_is_refused() {
        let named = plan(&file("address-header = 'X-Forwarded-For'")).unwrap();
        let header = named.settings.address_header.unwrap();
        assert_eq!(header.as_str(), "x-forwarded-for");
        let wrong = plan(&file("address-header = 'x forwarded'"));
        assert!(matches!(wrong, Err(ConfigError::Header { .. })));
    }

    #[test]
    fn a_rate_keeps_its_share_of_what_may_come_at_once() {
        let relay = plan(&file("requests-per-second = 10000")).unwrap().relay;
        let rate = relay.unwrap().rates.requests;
        assert_eq!((rate.per_second, rate.burst), (10_000, 100_000));
    }
}
