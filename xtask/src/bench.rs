//! `bench`: measures the budgets in Chromium.

use std::ffi::OsString;

use crate::{build, machine, run, shell};

/// What `bench` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Passed on to the bench program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

/// Builds the app and runs the bench program of `tests`.
///
/// # Errors
/// When a part is missing on this machine, or the bench fails.
pub(crate) fn bench(options: &Options) -> anyhow::Result<()> {
    machine::install_browser()?;
    let built = build::build(&build::Options { dev: false })?;
    let server = run::server()?;
    shell::done(
        shell::cargo()
            .args([
                "run",
                "--release",
                "--package",
                "e2e",
                "--bin",
                "bench",
                "--",
            ])
            .args(&options.rest)
            .env("DOSSIERKLUIS_APP", built.folder)
            .env("DOSSIERKLUIS_SERVER", server),
    )
}
