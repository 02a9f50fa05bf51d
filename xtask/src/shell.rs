//! Running other programs: the terminal is theirs, a failure is ours.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::place;

/// A program, started in the workspace folder.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(place::root());
    command
}

/// The cargo that started this program, so that the toolchain stays the same.
pub(crate) fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs to the end.
///
/// # Errors
/// When the program cannot be started or does not end well.
pub(crate) fn done(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        bail!("{name} {}: {status}", words.join(" "));
    }
    Ok(())
}

/// Runs to the end and gives what it printed.
///
/// # Errors
/// As [`done`].
pub(crate) fn printed(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// How a program ended, and what it printed on the way.
pub(crate) struct Watched {
    /// It says that all is well.
    pub(crate) is_good: bool,
    /// Its standard output, which stood on the terminal, too.
    pub(crate) printed: String,
}

/// Runs to the end; what it prints goes to the terminal line by line and is kept.
///
/// # Errors
/// When the program cannot be started or prints what is no text.
pub(crate) fn watched(command: &mut Command) -> anyhow::Result<Watched> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let mut printed = String::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            printed.push_str(&line);
            printed.push('\n');
        }
    }
    Ok(Watched {
        is_good: child.wait()?.success(),
        printed,
    })
}

/// Whether a program is found and answers.
pub(crate) fn answers(name: &str, argument: &str) -> bool {
    Command::new(name)
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
