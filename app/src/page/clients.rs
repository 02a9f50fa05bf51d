//! **Cliënten** and **Nieuwe cliënt**.

mod list;
mod new;
mod row;

pub use list::{ClientList, ClientsLayout};
pub use new::NewClientPage;
pub use row::row_meta;
