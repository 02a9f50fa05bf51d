//! The vault worker: feeds the engine one command at a time and carries out what it asks of the browser.
//!
//! Promises: one owner of the vault in all tabs (a Web Lock and a token in the store); a command that runs is finished,
//! commit included, before the vault is given up; keys exist in this worker's memory only. Knows no pages and no words.

#[cfg(feature = "conformance")]
pub mod conform;
mod exchange;
pub mod kdf;
mod line;
mod owner;
mod pairing;

use futures_channel::mpsc::{self, UnboundedSender};

use crate::link::{Event, FromVault, decode, encode};
use crate::platform::{self, fault, worker};
use owner::{Input, Owner};

/// Name of the worker that owns the vault.
pub const NAME: &str = "vault";

/// Runs the vault in this worker, for as long as its window lives.
pub fn run() {
    fault::install_with(|| tell(&FromVault::Event(Event::Fault)));
    let (sender, inputs) = mpsc::unbounded();
    let owner = Owner::new(sender.clone());
    worker::listen(move |bytes| take(&sender, bytes));
    platform::spawn(owner.serve(inputs));
}

fn take(inputs: &UnboundedSender<Input>, bytes: Vec<u8>) {
    match decode(bytes) {
        // The receiver lives as long as the worker.
        Ok(message) => drop(inputs.unbounded_send(Input::Window(message))),
        Err(_) => tell(&FromVault::Event(Event::Fault)),
    }
}

fn tell(message: &FromVault) {
    if let Ok(bytes) = encode(message) {
        worker::post(&bytes);
    }
}
