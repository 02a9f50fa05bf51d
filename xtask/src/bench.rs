//! `bench`: measures the budgets in Chromium, and those of the relay.

use std::ffi::OsString;

use crate::{build, machine, place, run, shell};

/// What `bench` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Passed on to the bench program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

/// Builds what is measured and runs the bench program of `tests`.
///
/// # Errors
/// When a part is missing on this machine, or the bench fails.
pub(crate) fn bench(options: &Options) -> anyhow::Result<()> {
    let has = |flag: &str| options.rest.iter().any(|given| given == flag);
    let mut command = shell::cargo();
    command
        .args(["run", "--release", "--package", "e2e", "--bin", "bench"])
        .arg("--")
        .args(&options.rest);
    if !has("--native") {
        shell::done(shell::cargo().args([
            "build",
            "--release",
            "--package",
            "sync-server",
            "--bin",
            "sync-server",
            "--example",
            "load",
        ]))?;
        command
            .env(
                "DOSSIERKLUIS_RELAY",
                place::program("release", "sync-server"),
            )
            .env(
                "DOSSIERKLUIS_LOAD",
                place::program("release/examples", "load"),
            );
    }
    if !has("--native") && !has("--relay") {
        machine::install_browser()?;
        let built = build::build(&build::Options { dev: false })?;
        command
            .env("DOSSIERKLUIS_APP", built.folder)
            .env("DOSSIERKLUIS_SERVER", run::server()?);
    }
    shell::done(&mut command)
}
