//! One suite for every store of a relay, and what holds for SQLite alone.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "support/parts.rs"]
mod support;

#[path = "store/chain.rs"]
mod chain;
#[path = "store/file.rs"]
mod file;
#[path = "store/log.rs"]
mod log;
#[path = "store/slot.rs"]
mod slot;

use protocol::RelayInstance;
use sync_server::store::{MemoryStore, RelayStore, SqliteOptions, SqliteStore};
use tempfile::TempDir;

/// Enough for every test that is not about quotas.
const PLENTY: u64 = 1 << 30;

/// Makes empty stores of one kind.
trait Maker {
    type Store: RelayStore;
    fn make(&self, quota_bytes: u64) -> Self::Store;
}

struct Memory;

impl Maker for Memory {
    type Store = MemoryStore;

    fn make(&self, quota_bytes: u64) -> MemoryStore {
        MemoryStore::new(RelayInstance::from_bytes([1; 16]), quota_bytes)
    }
}

struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }
}

impl Maker for Sqlite {
    type Store = SqliteStore;

    fn make(&self, quota_bytes: u64) -> SqliteStore {
        let options = SqliteOptions {
            quota_bytes,
            max_pages: None,
        };
        SqliteStore::open(self.folder.path(), options).unwrap()
    }
}

macro_rules! suite {
    ($($module:ident :: $name:ident)*) => {
        mod memory {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$module::$name(&super::Memory).await;
                }
            )*
        }

        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$module::$name(&super::Sqlite::new()).await;
                }
            )*
        }
    };
}

suite! {
    chain::a_new_account_needs_what_the_operator_asks
    chain::a_known_account_stays_as_it_is
    chain::a_key_is_what_the_chain_says
    chain::of_eight_entries_on_one_place_one_counts
    chain::a_chain_is_read_in_parts
    log::the_same_push_again_changes_nothing
    log::a_gap_is_named_with_what_is_there
    log::a_fork_is_named_with_what_is_there
    log::what_stands_before_a_refused_record_is_taken
    log::pages_end_where_they_should
    log::places_have_no_holes_however_many_push
    log::accounts_never_meet
    log::a_record_is_found_by_its_name
    log::the_newest_incarnations_are_named_first
    slot::a_quota_is_kept_to_the_byte
    slot::a_draft_is_replaced_by_a_higher_counter_only
    slot::drafts_of_active_devices_are_given
    slot::an_unknown_account_has_nothing
}
