//! `cargo xtask`: everything a developer or operator does with this repository.
//!
//! A fresh machine needs rustup; each verb installs the rest or says in one line what to install.

#![allow(clippy::print_stdout, clippy::print_stderr)] // a command line tool talks on the terminal

mod bench;
mod build;
mod ci;
mod machine;
mod package;
mod place;
mod run;
mod shell;
mod test;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Build, run and test Dossierkluis"
)]
struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build what is missing and serve the app on http://localhost:8080
    Run(run::Options),
    /// Build the app into dist/ and print its sizes
    Build(build::Options),
    /// Run every test, the browser included
    Test(test::Options),
    /// Check format, lints, tests and budgets, as the CI does
    Ci,
    /// Measure the budgets in Chromium and print one table
    Bench(bench::Options),
    /// Make an archive with the server and the app
    Package,
}

fn main() -> anyhow::Result<()> {
    match Options::parse().verb {
        Verb::Run(options) => run::run(&options),
        Verb::Build(options) => build::build(&options).map(|_| ()),
        Verb::Test(options) => test::test(&options),
        Verb::Ci => ci::ci(),
        Verb::Bench(options) => bench::bench(&options),
        Verb::Package => package::package(),
    }
}
