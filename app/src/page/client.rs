//! The screens of one client, under a header that stays: name, birth date, what to look out for.

mod change;
mod details;
pub mod funding;
mod history;
mod layout;
mod overview;
mod visits;

pub use change::{ChangeBsnDialog, ChangeFundingDialog, FieldInput};
pub use details::{DetailsPage, shown};
pub use history::{HistoryPage, moment};
pub use layout::{ClientFrame, ClientLayout, Section};
pub use overview::{OverviewPage, maps_link};
pub use visits::VisitsPage;
