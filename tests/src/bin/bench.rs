//! `bench`: takes every figure and prints one table beside the budgets. Run it by `cargo xtask bench`.

#![allow(clippy::print_stdout, clippy::print_stderr)] // a command line tool talks on the terminal

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use e2e::bench::{Parts, Plan, run};

#[derive(Parser)]
#[command(name = "bench", about = "Measure Dossierkluis against its budgets")]
struct Options {
    /// Write the figures as JSON to this file, too
    #[arg(long)]
    json: Option<PathBuf>,
    /// Small vaults and few rounds: shows that the bench works
    #[arg(long)]
    quick: bool,
    /// Only the engine, without a browser
    #[arg(long)]
    native: bool,
    /// Only the relay
    #[arg(long, conflicts_with = "native")]
    relay: bool,
    /// Only the filling of a new device
    #[arg(long, conflicts_with_all = ["native", "relay"])]
    fill: bool,
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
        parts: match (options.native, options.relay, options.fill) {
            (true, ..) => Parts::Engine,
            (_, true, _) => Parts::Relay,
            (.., true) => Parts::Fill,
            _ => Parts::All,
        },
        ..plan
    };
    let report = run(&plan, &|step| eprintln!("bench: {step}")).await;
    println!("{report}");
    if let Some(file) = options.json {
        std::fs::write(&file, serde_json::to_string_pretty(&report)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(if report.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
