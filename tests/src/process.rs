//! Child processes that end with their owner.

use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Runs the program given to it until its own standard input ends, which it does when whoever holds the other end is
/// gone, by whatever cause. So not even a killed test leaves a process behind.
const GUARD: &str = r#""$@" </dev/null & child=$!; read -r _; kill -KILL $child; wait $child"#;

/// A child process that is killed when dropped, and when this process ends.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    /// Starts `command` with its output appended to the file at `log`.
    pub(crate) fn start(command: &Command, log: &std::path::Path) -> Result<Self> {
        let out = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)?;
        let err = out.try_clone()?;
        let child = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(command.get_program())
            .args(command.get_args())
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(err)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Self(child))
    }

    /// Kills the process and waits for its end.
    pub(crate) fn stop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Kills with SIGKILL every process whose command line names `needle`; returns how many there were.
pub fn kill_tree(needle: &str) -> Result<usize> {
    let mut killed = 0;
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let Ok(line) = std::fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        if pid != std::process::id() && String::from_utf8_lossy(&line).contains(needle) {
            let status = Command::new("kill")
                .args(["-KILL", &pid.to_string()])
                .stderr(Stdio::null())
                .status()?;
            killed += usize::from(status.success());
        }
    }
    Ok(killed)
}
