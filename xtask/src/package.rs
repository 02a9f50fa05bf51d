//! `package`: one archive with the server and the app, for an operator.

use std::fs;

use anyhow::Context;

use crate::{build, place, shell};

/// Makes `target/package/dossierkluis-<version>-<architecture>-<system>.tar.gz`.
///
/// # Errors
/// When a build or `tar` fails.
pub(crate) fn package() -> anyhow::Result<()> {
    let built = build::build(&build::Options { dev: false })?;
    shell::done(shell::cargo().args(["build", "--release", "--package", "sync-server"]))?;
    let version = env!("CARGO_PKG_VERSION");
    let name = format!(
        "dossierkluis-{version}-{}-{}",
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    let folder = place::target().join("package");
    let inside = folder.join(&name);
    if inside.exists() {
        fs::remove_dir_all(&inside)?;
    }
    fs::create_dir_all(inside.join("app"))?;
    let server = place::program("release", "sync-server");
    fs::copy(
        &server,
        inside.join(server.file_name().context("the server has no name")?),
    )?;
    for entry in fs::read_dir(&built.folder)? {
        let entry = entry?;
        fs::copy(entry.path(), inside.join("app").join(entry.file_name()))?;
    }
    for text in ["README.md", "docs/CHANGELOG.md", "docs/LICENSE.md"] {
        let source = place::root().join(text);
        if source.is_file() {
            let name = source.file_name().context("a text has no name")?;
            fs::copy(&source, inside.join(name))?;
        }
    }
    let archive = folder.join(format!("{name}.tar.gz"));
    shell::done(
        shell::program("tar")
            .args([
                "--sort=name",
                "--owner=0",
                "--group=0",
                "--numeric-owner",
                "--mtime=@0",
            ])
            .arg("--create")
            .arg("--gzip")
            .arg("--file")
            .arg(&archive)
            .arg("--directory")
            .arg(&folder)
            .arg(&name),
    )?;
    println!("{}", archive.display());
    Ok(())
}
