//! Values a person types: parsed from text into types that can only hold what is allowed.
//!
//! Promises: parsing never guesses silently and never panics; a refusal is a typed error that holds facts
//! (`got`, `limit`), so the page can choose the words. It knows no clock: `today` comes in as an argument.

pub mod agb;
pub mod birth;
pub mod bsn;
pub mod date;
mod digit;
pub mod measurement;
pub mod name;
pub mod phone;
pub mod postcode;
pub mod search;
pub mod time;
pub mod wid;
