//! Words of this screen.
