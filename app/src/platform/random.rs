//! Randomness of the browser's `crypto.getRandomValues`.

use getrandom::SysRng;
use rand_core::UnwrapErr;

/// The generator for keys, nonces and ids. A browser without randomness stops the program.
pub fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// Sixteen random bytes, for a fresh id.
pub fn id() -> [u8; 16] {
    use rand_core::Rng;
    let mut bytes = [0; 16];
    rng().fill_bytes(&mut bytes);
    bytes
}

/// A random number.
pub fn number() -> u32 {
    use rand_core::Rng;
    rng().next_u32()
}
