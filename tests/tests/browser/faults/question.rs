//! Chromium's own question before a page is left, over a line of its own to the browser: ChromeDriver answers that
//! question by itself before a story sees it.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result, bail, ensure};
use e2e::{Device, PATIENCE};
use serde_json::{Value, json};

/// How the person leaves the page.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leave {
    Reload,
    Close,
}

impl Leave {
    fn command(self) -> &'static str {
        match self {
            Self::Reload => "Page.reload",
            Self::Close => "Page.close",
        }
    }
}

/// Leaves the page on screen. True: the browser asked first, and the person stays. False: it did not ask, and the page
/// is gone.
pub(super) async fn is_asked(device: &Device, leave: Leave) -> Result<bool> {
    let target = device.devtools("Target.getTargetInfo", json!({})).await?;
    let target = target.pointer("/targetInfo/targetId");
    let target = target.and_then(Value::as_str).context("no page")?;
    let folder = device.profile().folder();
    let port = std::fs::read_to_string(folder.join("DevToolsActivePort"))?;
    let port = port.lines().next().context("no port")?.parse()?;
    let mut line = Line::open(port, target)?;
    line.send("Page.enable", &json!({}))?;
    line.send(leave.command(), &json!({}))?;
    loop {
        let message = line.read()?;
        match message.get("method").and_then(Value::as_str) {
            Some("Page.javascriptDialogOpening") => {
                let kind = message.pointer("/params/type");
                ensure!(kind == Some(&json!("beforeunload")), "{message}");
                line.send("Page.handleJavaScriptDialog", &json!({ "accept": false }))?;
            }
            Some("Page.javascriptDialogClosed") => {
                let answer = message.pointer("/params/result");
                ensure!(answer == Some(&json!(false)), "{message}");
                return Ok(true);
            }
            Some("Page.frameNavigated" | "Inspector.detached") => return Ok(false),
            _ => {}
        }
    }
}

/// A line to one page of the browser: commands go there as JSON, answers and events come back.
struct Line {
    stream: TcpStream,
    sent: u64,
}

impl Line {
    fn open(port: u16, target: &str) -> Result<Self> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "GET /devtools/page/{target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ZG9zc2llcmtsdWlzLXRlc3Q=\r\n\r\n"
        )?;
        let mut reply = Vec::new();
        while !reply.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            reply.extend(byte);
        }
        let reply = String::from_utf8_lossy(&reply);
        ensure!(reply.starts_with("HTTP/1.1 101"), "{reply}");
        Ok(Self { stream, sent: 0 })
    }

    fn send(&mut self, method: &str, params: &Value) -> Result<()> {
        self.sent += 1;
        let text = json!({ "id": self.sent, "method": method, "params": params }).to_string();
        // One text frame; masked, as a client must, by four zeros.
        let mut frame = vec![0x81, 0x80 | 126];
        frame.extend(u16::try_from(text.len())?.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        Ok(self.stream.write_all(&frame)?)
    }

    fn read(&mut self) -> Result<Value> {
        let [first, size] = self.take()?;
        let size = match size {
            126 => u64::from(u16::from_be_bytes(self.take()?)),
            127 => u64::from_be_bytes(self.take()?),
            size => u64::from(size),
        };
        let mut text = Vec::new();
        (&mut self.stream).take(size).read_to_end(&mut text)?;
        match first {
            0x81 => Ok(serde_json::from_slice(&text)?),
            other => bail!("a frame of kind {other:#x}"),
        }
    }

    fn take<const COUNT: usize>(&mut self) -> Result<[u8; COUNT]> {
        let mut bytes = [0; COUNT];
        self.stream
            .read_exact(&mut bytes)
            .context("the browser says nothing more")?;
        Ok(bytes)
    }
}
