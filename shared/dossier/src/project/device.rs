//! Names of the account's devices.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::document::layout::{DEVICE_NAME, DEVICES};
use crate::document::value::Scalar;

/// The names people gave to devices, by number in the account. Of two given at once, the one every device chooses.
#[must_use]
pub fn device_names(profile: &Document) -> BTreeMap<u16, String> {
    let named = profile.registers(DEVICES).into_iter();
    let named = named.filter_map(|(key, value)| {
        let device = key.strip_suffix(DEVICE_NAME)?.parse().ok()?;
        match value {
            Scalar::Text(name) if !name.is_empty() => Some((device, name)),
            _ => None,
        }
    });
    named.collect()
}
