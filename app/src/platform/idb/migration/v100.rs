//! Version 100: the ten stores of sealed rows, and the owner's token. No indexes, no key paths.

use rexie::{ObjectStore, RexieBuilder};

/// Frozen: a later step is a file of its own.
const STORES: [&str; 11] = [
    "meta",
    "record",
    "snapshot",
    "outbox",
    "cursor",
    "draft",
    "audit",
    "blob",
    "cache",
    "quarantine",
    "owner",
];

pub(super) fn schema(name: &str) -> RexieBuilder {
    STORES
        .into_iter()
        .fold(RexieBuilder::new(name).version(100), |builder, store| {
            builder.add_object_store(ObjectStore::new(store))
        })
}

#[cfg(test)]
mod tests {
    use engine::store::StoreName;

    use super::*;

    #[test]
    fn every_store_of_the_engine_and_the_token_are_listed() {
        for store in StoreName::ALL {
            assert!(STORES.contains(&store.as_str()), "{}", store.as_str());
        }
        assert!(STORES.contains(&super::super::super::OWNER));
    }
}
