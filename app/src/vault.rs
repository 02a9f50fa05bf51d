//! The vault worker: feeds the engine one command at a time and carries out what it asks of the browser.
//!
//! Promises: one owner of the vault in all tabs (a Web Lock and a token in the store); a command that runs is finished,
//! commit included, before the vault is given up; keys exist in this worker's memory only. Knows no pages and no words.

#[cfg(feature = "conformance")]
pub mod conform;
pub mod kdf;
mod owner;

use futures_channel::mpsc::{self, UnboundedSender};
use zeroize::Zeroize;

use crate::link::{Event, FromVault, ToVault};
use crate::platform::{self, fault, worker};
use owner::{Input, Owner};

/// Name of the worker that owns the vault.
pub const NAME: &str = "vault";

/// Runs the vault in this worker, for as long as its window lives.
pub fn run() {
    fault::install_with(|| tell(&FromVault::Event(Event::Fault)));
    let (sender, inputs) = mpsc::unbounded();
    let owner = Owner::new(sender.clone());
    worker::listen(move |text| take(&sender, text));
    platform::spawn(owner.serve(inputs));
}

fn take(inputs: &UnboundedSender<Input>, mut text: String) {
    let message = serde_json::from_str::<ToVault>(&text);
    text.zeroize();
    match message {
        // The receiver lives as long as the worker.
        Ok(message) => drop(inputs.unbounded_send(Input::Window(message))),
        Err(_) => tell(&FromVault::Event(Event::Fault)),
    }
}

fn tell(message: &FromVault) {
    // Every message is made of maps with text keys, which JSON always takes.
    if let Ok(mut text) = serde_json::to_string(message) {
        worker::post(&text);
        text.zeroize();
    }
}
