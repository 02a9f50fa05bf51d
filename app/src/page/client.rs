//! The screens of one client, under a header that stays: name, birth date, what to look out for.

mod change;
mod details;
pub mod funding;
mod history;
mod layout;
mod overview;
mod visits;

pub use details::DetailsPage;
pub use history::HistoryPage;
pub use layout::{ClientLayout, Section};
pub use overview::{OverviewPage, maps_link};
pub use visits::VisitsPage;
