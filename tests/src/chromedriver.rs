//! One ChromeDriver per test run.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::Running;
use crate::{GLANCE, PATIENCE};

/// A running ChromeDriver.
#[derive(Debug)]
pub(crate) struct ChromeDriver {
    port: u16,
    _running: Running,
}

impl ChromeDriver {
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let running = Running::start(
            Command::new("chromedriver").arg(format!("--port={port}")),
            &folder.join("chromedriver.log"),
        )?;
        let begin = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begin.elapsed() > PATIENCE {
                bail!("chromedriver does not listen");
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(Self {
            port,
            _running: running,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
