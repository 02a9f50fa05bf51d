//! A socket and a timer that say what happens to them as inputs of the worker.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_channel::mpsc::UnboundedSender;

use super::owner::Input;
use crate::platform::clock::{self, Timer};
use crate::platform::socket::{Socket, SocketEvent};

static LAST_DIAL: AtomicU32 = AtomicU32::new(0);

/// What happens to a line.
pub(super) enum LineEvent {
    /// To its socket.
    Socket(SocketEvent),
    /// The time asked for has come.
    Tick,
}

/// A line to a relay, for one machine.
pub(super) struct Line {
    address: String,
    inputs: UnboundedSender<Input>,
    /// Makes an input of the worker of what happens, with the number of the socket.
    wrap: fn(u32, LineEvent) -> Input,
    socket: Option<Socket>,
    /// Number of the socket among all of the worker, so that a late word of an earlier one is not taken for the present
    /// one's.
    dial: u32,
    timer: Option<Timer>,
}

impl Line {
    /// To the relay at this origin; nothing happens yet.
    pub(super) fn new(
        origin: &str,
        inputs: UnboundedSender<Input>,
        wrap: fn(u32, LineEvent) -> Input,
    ) -> Self {
        let address = match origin.strip_prefix("http") {
            Some(rest) => format!("ws{rest}/relay"),
            None => String::new(),
        };
        Self {
            address,
            inputs,
            wrap,
            socket: None,
            dial: 0,
            timer: None,
        }
    }

    /// What happened, unless it is about an earlier socket.
    pub(super) fn hear(&mut self, dial: u32, event: LineEvent) -> Option<LineEvent> {
        match event {
            LineEvent::Tick => Some(event),
            LineEvent::Socket(_) if dial != self.dial || self.socket.is_none() => None,
            LineEvent::Socket(SocketEvent::Down) => {
                self.socket = None;
                Some(event)
            }
            LineEvent::Socket(_) => Some(event),
        }
    }

    /// Makes a socket. False when the browser refuses the address.
    pub(super) fn dial(&mut self) -> bool {
        self.dial = LAST_DIAL.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let (dial, wrap, inputs) = (self.dial, self.wrap, self.inputs.clone());
        let on_event = move |event| {
            // The receiver lives as long as the worker.
            drop(inputs.unbounded_send(wrap(dial, LineEvent::Socket(event))));
        };
        self.socket = Socket::dial(&self.address, on_event);
        self.socket.is_some()
    }

    /// Sends a message, if there is a socket.
    pub(super) fn send(&self, message: &[u8]) {
        if let Some(socket) = &self.socket {
            socket.send(message);
        }
    }

    /// Closes the socket.
    pub(super) fn hang(&mut self) {
        self.socket = None;
    }

    /// Says [`LineEvent::Tick`] at this time, ms since the epoch, UTC; replaces an earlier one.
    pub(super) fn wake(&mut self, at: i64) {
        let wait = at.saturating_sub(clock::now_ms()).max(0);
        let wait = Duration::from_millis(wait.unsigned_abs());
        let (wrap, inputs) = (self.wrap, self.inputs.clone());
        self.timer = Some(Timer::start(wait, move || {
            drop(inputs.unbounded_send(wrap(0, LineEvent::Tick)));
        }));
    }
}
