//! `bench`: takes every figure and prints one table beside the budgets. Run it by `cargo xtask bench`.

#![allow(clippy::print_stdout, clippy::print_stderr)] // a command line tool talks on the terminal

use std::process::ExitCode;

use clap::Parser;
use e2e::bench::{Plan, run};

#[derive(Parser)]
#[command(name = "bench", about = "Measure Dossierkluis against its budgets")]
struct Options {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Small vaults and few rounds: shows that the bench works
    #[arg(long)]
    quick: bool,
    /// Only the engine, without a browser
    #[arg(long)]
    native: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    let plan = if options.quick {
        Plan::QUICK
    } else {
        Plan::FULL
    };
    let plan = Plan {
        has_browser: !options.native,
        ..plan
    };
    let report = run(&plan, &|step| eprintln!("bench: {step}")).await;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(if report.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
