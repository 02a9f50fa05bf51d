//! `run`: builds what is missing and serves the app.

use std::path::PathBuf;

use crate::{build, place, shell};

/// What `run` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Port to serve on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder the server may write in; made when absent
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// Serve a developer's build, with the gallery at /galerij
    #[arg(long)]
    dev: bool,
}

/// Serves until it is stopped.
///
/// # Errors
/// When the build fails or the server cannot start.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let built = build::build(&build::Options { dev: options.dev })?;
    let server = server()?;
    println!(
        "\nDossierkluis on http://localhost:{} (stop with ctrl-c)\n",
        options.port
    );
    let mut command = shell::program(server);
    command
        .arg("--port")
        .arg(options.port.to_string())
        .arg("--data")
        .arg(&options.data)
        .arg("--app")
        .arg(built.folder);
    become_program(&mut command)
}

/// Builds the server for this machine and says where it is.
///
/// # Errors
/// When it does not compile.
pub(crate) fn server() -> anyhow::Result<PathBuf> {
    shell::done(shell::cargo().args(["build", "--package", "sync-server"]))?;
    Ok(place::program("debug", "sync-server"))
}

#[cfg(unix)]
fn become_program(command: &mut std::process::Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_program(command: &mut std::process::Command) -> anyhow::Result<()> {
    shell::done(command)
}
