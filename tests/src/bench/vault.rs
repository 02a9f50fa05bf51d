//! Invented vaults, filled natively, to be written into a browser or used in memory.

use anyhow::{Result, anyhow};
use crypto::KdfParams;
use dossier::id::ClientId;
use engine::Vault;
use engine::fixture::{self, Size};
use engine::kdf::Inline;
use engine::store::memory::Memory;
use pollster::block_on;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// The cost of every fixture's slot: the least that the app gives a new one.
pub(super) const COST: KdfParams = KdfParams::DEFAULT;

/// A filled vault.
pub(super) struct Filled {
    pub(super) disk: Memory,
    /// The client with the most visits.
    pub(super) largest: ClientId,
    /// Name of the fixture for notes.
    pub(super) label: String,
}

/// Fills a vault of this size as of today. Equal runs on one day give equal clients and visits.
pub(super) fn fill(size: &Size) -> Result<Filled> {
    let disk = Memory::new();
    let mut vault = Vault::new(disk.clone(), Inline::new(COST));
    let mut rng = ChaCha20Rng::seed_from_u64(u64::from(size.visits));
    let filled = block_on(fixture::make(&mut vault, size, super::now(), &mut rng))
        .map_err(|failure| anyhow!("cannot fill a vault: {failure}"))?;
    let largest = filled
        .clients
        .first()
        .copied()
        .ok_or_else(|| anyhow!("no clients"))?;
    let label = format!(
        "{} clients, {} visits over {} years, {} of one client",
        filled.clients.len(),
        filled.visit_count,
        size.years,
        size.largest
    );
    Ok(Filled {
        disk,
        largest,
        label,
    })
}
