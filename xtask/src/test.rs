//! `test`: every test, the browser included.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context;

use crate::{build, machine, place, run, shell};

/// What `test` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Take the pictures of the README again, into docs/screenshot (with the test `every_screen`)
    #[arg(long)]
    pictures: bool,
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
    let built = build_both()?;
    let pictures = options
        .pictures
        .then(|| place::root().join("docs/screenshot"));
    run_tests(&built, &options.rest, pictures)
}

/// The app as it is released, and beside it the developers' build with the checks of the store.
///
/// # Errors
/// As [`build::build`].
pub(crate) fn build_both() -> anyhow::Result<build::Built> {
    let built = build::build(&build::Options { dev: false })?;
    build::build(&build::Options { dev: true })?;
    Ok(built)
}

/// Runs the tests against apps that are built already, see [`build_both`].
///
/// # Errors
/// As [`test`].
pub(crate) fn test_built(built: &build::Built, rest: &[OsString]) -> anyhow::Result<()> {
    run_tests(built, rest, None)
}

fn run_tests(
    built: &build::Built,
    rest: &[OsString],
    pictures: Option<PathBuf>,
) -> anyhow::Result<()> {
    let server = run::server()?;
    let python = Python::make()?;
    let mut cargo = shell::cargo();
    cargo
        .args(["test", "--workspace"])
        .args(rest)
        .env("DOSSIERKLUIS_APP", &built.folder)
        .env("DOSSIERKLUIS_APP_DEV", place::dist(true))
        .env("DOSSIERKLUIS_SERVER", server)
        .env("DOSSIERKLUIS_AXE", python.axe()?);
    if let Some(folder) = pictures {
        cargo.env("DOSSIERKLUIS_PICTURES", folder);
    }
    shell::done(&mut cargo)?;
    // Opens the frozen vectors with other libraries than the product's.
    shell::done(shell::program(&python.program).arg(folder().join("check_vectors.py")))
}

/// Where the Python script and its list of packages stand.
fn folder() -> PathBuf {
    place::root().join("tests/python")
}

/// A virtual environment with the packages of `tests/python/requirements.txt`.
struct Python {
    program: PathBuf,
}

impl Python {
    fn make() -> anyhow::Result<Self> {
        machine::install_python()?;
        let environment = place::target().join("python");
        let program = environment.join("bin/python");
        if !program.is_file() {
            shell::done(
                shell::program("python3")
                    .args(["-m", "venv"])
                    .arg(&environment),
            )?;
        }
        // The list names every package: nothing comes along that is not in it.
        shell::done(
            shell::program(&program)
                .args(["-m", "pip", "install", "--quiet", "--no-deps"])
                .arg("--disable-pip-version-check")
                .arg("--requirement")
                .arg(folder().join("requirements.txt")),
        )?;
        Ok(Self { program })
    }

    /// The rules of access of axe-core, which the browser stories run in the page.
    fn axe(&self) -> anyhow::Result<PathBuf> {
        let find = "import importlib.util as u; print(u.find_spec('axe_playwright_python').submodule_search_locations[0])";
        let package = shell::printed(shell::program(&self.program).args(["-c", find]))?;
        let script = PathBuf::from(package.trim()).join("axe.min.js");
        script
            .is_file()
            .then_some(script)
            .context("the axe package holds no axe.min.js: see tests/python/requirements.txt")
    }
}
