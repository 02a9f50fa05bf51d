//! A store in memory, for tests and fixtures.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Batch, Change, Row, Store, StoreError, StoreName, StoreState};

type Rows = BTreeMap<(StoreName, Vec<u8>), Vec<u8>>;

/// Rows in memory. A clone is another handle on the same rows, as a second start is on the same disk.
#[derive(Clone, Default)]
pub struct Memory {
    rows: Rc<RefCell<Option<Rows>>>,
}

impl Memory {
    /// A disk without a database.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An own copy of everything, as a copied disk.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            rows: Rc::new(RefCell::new(self.rows.borrow().clone())),
        }
    }

    /// Every row with its store, in order.
    #[must_use]
    pub fn dump(&self) -> Vec<(StoreName, Vec<u8>, Vec<u8>)> {
        let rows = self.rows.borrow();
        rows.iter()
            .flatten()
            .map(|((store, key), value)| (*store, key.clone(), value.clone()))
            .collect()
    }

    /// Writes a row past the vault, as damage does.
    pub fn overwrite(&self, store: StoreName, key: &[u8], value: Vec<u8>) {
        self.rows
            .borrow_mut()
            .get_or_insert_default()
            .insert((store, key.to_vec()), value);
    }

    /// Removes a row past the vault, as damage does.
    pub fn remove(&self, store: StoreName, key: &[u8]) {
        if let Some(rows) = self.rows.borrow_mut().as_mut() {
            rows.remove(&(store, key.to_vec()));
        }
    }

    /// Bytes of all keys and values.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.rows
            .borrow()
            .iter()
            .flatten()
            .map(|((_, key), value)| key.len() + value.len())
            .sum()
    }
}

impl Store for Memory {
    async fn state(&self) -> Result<StoreState, StoreError> {
        Ok(if self.rows.borrow().is_some() {
            StoreState::Present
        } else {
            StoreState::Absent
        })
    }

    async fn read(&self, store: StoreName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .rows
            .borrow()
            .as_ref()
            .and_then(|rows| rows.get(&(store, key.to_vec())).cloned()))
    }

    async fn read_prefix(&self, store: StoreName, prefix: &[u8]) -> Result<Vec<Row>, StoreError> {
        let rows = self.rows.borrow();
        Ok(rows
            .iter()
            .flat_map(|rows| rows.range((store, prefix.to_vec())..))
            .take_while(|((name, key), _)| *name == store && key.starts_with(prefix))
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let mut rows = self.rows.borrow_mut();
        let rows = rows.get_or_insert_default();
        for change in batch.changes {
            match change {
                Change::Put { store, key, value } => {
                    rows.insert((store, key), value);
                }
                Change::Delete { store, key } => {
                    rows.remove(&(store, key));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[test]
    fn keeps_the_contract() {
        assert_eq!(pollster::block_on(conformance::run(&Memory::new())), Ok(()));
    }
}
