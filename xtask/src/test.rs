//! `test`: every test, the browser included.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::ensure;

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

/// Runs every `check_*.py` beside frozen vectors, in an environment with what its `requirements.txt` names.
fn check_vectors() -> anyhow::Result<()> {
    let checks = vector_checks()?;
    ensure!(!checks.is_empty(), "no check_*.py beside frozen vectors");
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
    for check in checks {
        let needs = check.with_file_name("requirements.txt");
        if needs.is_file() {
            let quiet = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ];
            shell::done(shell::program(&python).args(quiet).arg(&needs))?;
        }
        shell::done(shell::program(&python).arg(&check))?;
    }
    Ok(())
}

fn vector_checks() -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in [
        "shared/protocol",
        "shared/crypto",
        "shared/engine",
        "shared/dossier",
        "tests",
    ] {
        for inside in ["vectors", "tests/vectors"] {
            find_checks(&place::root().join(folder).join(inside), &mut found)?;
        }
    }
    found.sort();
    Ok(found)
}

fn find_checks(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("check") && name.ends_with(".py") {
            found.push(path);
        }
    }
    Ok(())
}
