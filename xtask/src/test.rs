//! `test`: every test, the browser included.

use std::ffi::OsString;

use crate::{build, machine, place, run, shell};

/// What `test` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Passed on to `cargo test --workspace`, for example a test's name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

/// Builds the app, then runs the Rust tests and the independent check of the stored formats.
///
/// # Errors
/// When a part is missing on this machine, or a test fails.
pub(crate) fn test(options: &Options) -> anyhow::Result<()> {
    machine::install_browser()?;
    let built = build::build(&build::Options { dev: false })?;
    test_built(&built, &options.rest)
}

/// Runs the tests against an app that is built already.
///
/// # Errors
/// As [`test`].
pub(crate) fn test_built(built: &build::Built, rest: &[OsString]) -> anyhow::Result<()> {
    let server = run::server()?;
    let mut cargo = shell::cargo();
    cargo.args(["test", "--workspace"]).args(rest);
    shell::done(
        cargo
            .env("DOSSIERKLUIS_APP", &built.folder)
            .env("DOSSIERKLUIS_SERVER", server),
    )?;
    check_vectors()
}

/// Opens the frozen vectors with other libraries than the product's.
fn check_vectors() -> anyhow::Result<()> {
    machine::install_python()?;
    let environment = place::target().join("python");
    let python = environment.join("bin/python");
    if !python.is_file() {
        shell::done(
            shell::program("python3")
                .args(["-m", "venv"])
                .arg(&environment),
        )?;
    }
    let folder = place::root().join("tests/python");
    shell::done(
        shell::program(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(folder.join("requirements.txt")),
    )?;
    shell::done(shell::program(&python).arg(folder.join("check_vectors.py")))
}
