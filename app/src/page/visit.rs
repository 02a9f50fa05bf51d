//! Writing a visit: it begins as a draft in a slot of this device and ends signed, or thrown away.

mod beside;
mod composer;
mod focus;
mod form;
mod held;
mod measurement_part;
mod open;
mod performer_part;
mod sheet;
mod start;
mod state;
mod time_part;
mod work_part;

pub use open::DraftPage;
pub use performer_part::performer_line;
pub use start::NewVisitPage;
pub use state::{Placed, StateMark};
