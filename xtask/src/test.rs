//! `test`: every test, the browser included.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::{build, machine, place, run, shell};

/// What `test` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Take the pictures of the README again, into docs/screenshot (with the test `every_screen`)
    #[arg(long)]
    pictures: bool,
    /// Run only the stories of devices around a simulated relay, optimised: with so many seeds, or with `from-to`
    #[arg(long, conflicts_with = "pictures")]
    seeds: Option<String>,
    /// Passed on to `cargo test --workspace`, for example a test's name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

/// Builds the app, then runs the Rust tests and the independent check of the stored formats.
///
/// # Errors
/// When a part is missing on this machine, or a test fails.
pub(crate) fn test(options: &Options) -> anyhow::Result<()> {
    if let Some(seeds) = &options.seeds {
        return run_seeds(seeds, &options.rest);
    }
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

/// Runs the simulated network. Its stories compute much and wait for nothing: optimised, a thousand seeds take minutes.
/// Only the engine and what it needs is built for it, beside the usual build.
fn run_seeds(seeds: &str, rest: &[OsString]) -> anyhow::Result<()> {
    let mut cargo = shell::cargo();
    cargo
        .args(["test", "--package", "engine", "--test", "story"])
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2")
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "2")
        .env("DOSSIERKLUIS_SEEDS", seeds);
    if rest.is_empty() {
        cargo.arg("net::");
    }
    shell::done(cargo.args(rest))
}

/// Tests at work at the same time; as many worlds there are for the browser stories.
const STORIES_AT_ONCE: &str = "3";

fn run_tests(
    built: &build::Built,
    rest: &[OsString],
    pictures: Option<PathBuf>,
) -> anyhow::Result<()> {
    let server = run::server()?;
    let python = Python::make()?;
    let axe = python.axe()?;
    let tests = || {
        let mut cargo = shell::cargo();
        cargo
            .args(["test", "--workspace"])
            // Stories in a browser wait more than they compute, and two cores do not hold them back.
            .env("RUST_TEST_THREADS", STORIES_AT_ONCE)
            .env("DOSSIERKLUIS_APP", &built.folder)
            .env("DOSSIERKLUIS_APP_DEV", place::dist(true))
            .env("DOSSIERKLUIS_SERVER", &server)
            .env("DOSSIERKLUIS_AXE", &axe);
        if let Some(folder) = &pictures {
            cargo.env("DOSSIERKLUIS_PICTURES", folder);
        }
        cargo
    };
    run_twice(&tests, rest)?;
    // Opens the frozen vectors with other libraries than the product's.
    shell::done(shell::program(&python.program).arg(folder().join("check_vectors.py")))
}

/// Runs the tests. Browser stories that fail beside others run once more, alone: two browsers on a busy machine can be
/// too slow for a wait. What fails alone, too, fails; whatever failed once is named.
fn run_twice(tests: &dyn Fn() -> Command, rest: &[OsString]) -> anyhow::Result<()> {
    let first = shell::watched(tests().arg("--no-fail-fast").args(rest))?;
    if first.is_good {
        return Ok(());
    }
    let failed = names(&first.printed, "FAILED");
    ensure!(
        !failed.is_empty() && failed.len() == failed_count(&first.printed)?,
        "the tests did not run to their end"
    );
    println!("== failed once: {}", failed.join(", "));
    let alone = ["--test", "browser", "--", "--exact", "--test-threads=1"];
    let second = shell::watched(tests().args(alone).args(&failed))?;
    // A name that passed elsewhere does not say which of the two is the browser's.
    let (elsewhere, passed) = (names(&first.printed, "ok"), names(&second.printed, "ok"));
    let lost: Vec<&str> = failed
        .into_iter()
        .filter(|name| !passed.contains(name) || elsewhere.contains(name))
        .collect();
    ensure!(
        second.is_good && lost.is_empty(),
        "failed: {}",
        lost.join(", ")
    );
    println!("== each of them passed alone");
    Ok(())
}

/// How many tests failed by the programs' own count.
///
/// # Errors
/// A program began its tests and gave no count: it broke down, and what it did not reach is not known.
fn failed_count(printed: &str) -> anyhow::Result<usize> {
    let lines = || printed.lines();
    let begun = lines().filter(|line| {
        line.starts_with("running ") && (line.ends_with(" test") || line.ends_with(" tests"))
    });
    let ends = lines().filter(|line| line.starts_with("test result: "));
    ensure!(
        begun.count() == ends.clone().count(),
        "a test program broke down"
    );
    let counts = ends.map(|line| {
        let count = line
            .split("; ")
            .find_map(|part| part.strip_suffix(" failed"));
        count
            .context("a count is missing")?
            .parse::<usize>()
            .context("a count is no number")
    });
    counts.sum()
}

/// The tests that ended in this way.
fn names<'a>(printed: &'a str, end: &str) -> Vec<&'a str> {
    let lines = printed.lines();
    lines
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(end))
        .filter_map(|line| line.strip_suffix(" ... "))
        .collect()
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_named_by_how_they_ended() {
        let printed = "running 3 tests\ntest lock::idle_time_locks ... ok\ntest tabs::take_over has been running for over 60 seconds\n\
                       test tabs::take_over ... FAILED\ntest result: FAILED. 1 passed; 1 failed\n";
        assert_eq!(names(printed, "FAILED"), ["tabs::take_over"]);
        assert_eq!(names(printed, "ok"), ["lock::idle_time_locks"]);
        assert_eq!(failed_count(printed).unwrap(), 1);
    }

    #[test]
    fn a_program_that_broke_down_has_no_count() {
        let whole = "running 1 test\ntest a::b ... FAILED\ntest result: FAILED. 0 passed; 1 failed; 0 ignored\n";
        let broken = "running 2 tests\ntest a::c ... ok\n";
        assert_eq!(failed_count(&format!("{whole}{whole}")).unwrap(), 2);
        assert!(failed_count(&format!("{whole}{broken}")).is_err());
    }
}
