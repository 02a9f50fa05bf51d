//! Words of this part; its page fills them in.
