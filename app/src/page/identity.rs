//! **Identiteit vaststellen**: a dialog.
