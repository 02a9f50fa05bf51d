//! A WebSocket that carries binary messages.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, Event, MessageEvent, WebSocket};

/// What happens to a socket.
pub enum SocketEvent {
    /// It is up.
    Up,
    /// A message came. A text message comes as one without bytes, which no protocol of ours has.
    Message(Vec<u8>),
    /// It did not come up, or is gone. Nothing follows.
    Down,
}

/// A socket; it closes, and calls back no more, when this is dropped.
pub struct Socket {
    inner: WebSocket,
    _on_event: Closure<dyn FnMut(Event)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Socket {
    /// Begins to connect; `None` when the browser refuses the address.
    pub fn dial(url: &str, on_event: impl Fn(SocketEvent) + Clone + 'static) -> Option<Self> {
        let inner = WebSocket::new(url).ok()?;
        inner.set_binary_type(BinaryType::Arraybuffer);
        let on_message = {
            let on_event = on_event.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                let buffer = event.data().dyn_into::<ArrayBuffer>();
                let bytes = buffer.map(|buffer| Uint8Array::new(&buffer).to_vec());
                on_event(SocketEvent::Message(bytes.unwrap_or_default()));
            })
        };
        let on_change = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            on_event(match event.type_().as_str() {
                "open" => SocketEvent::Up,
                _ => SocketEvent::Down,
            });
        });
        // An error is always followed by a close.
        inner.set_onopen(Some(on_change.as_ref().unchecked_ref()));
        inner.set_onclose(Some(on_change.as_ref().unchecked_ref()));
        inner.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self {
            inner,
            _on_event: on_change,
            _on_message: on_message,
        })
    }

    /// Sends a message. One that cannot be sent is followed by [`SocketEvent::Down`].
    pub fn send(&self, message: &[u8]) {
        // Fails only before the socket is up.
        let _ = self.inner.send_with_u8_array(message);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.inner.set_onopen(None);
        self.inner.set_onclose(None);
        self.inner.set_onmessage(None);
        let _ = self.inner.close();
    }
}
