//! What the devices are called, wherever a screen names one.

use engine::command::DeviceRow;
use leptos::prelude::*;

use super::load_devices;
use crate::page::load::Loaded;
use crate::words;

/// Names of the devices, asked again whenever the exchange went on.
#[derive(Clone, Copy)]
pub struct DeviceNames {
    devices: Signal<Loaded<Vec<DeviceRow>>>,
}

impl DeviceNames {
    /// Asks for them; ends with the present owner.
    pub fn load() -> Self {
        Self {
            devices: load_devices(),
        }
    }

    /// The devices; none until they are known.
    pub fn rows(self) -> Vec<DeviceRow> {
        match self.devices.get() {
            Loaded::Ready(rows) => rows,
            Loaded::Waiting | Loaded::Failed(_) => Vec::new(),
        }
    }

    /// What the device of this number is called; `None` = this one.
    pub fn name(self, device: Option<u16>) -> String {
        words::devices::name_in(&self.rows(), device)
    }

    /// The same for several.
    pub fn all(self, devices: &[Option<u16>]) -> Vec<String> {
        let rows = self.rows();
        let names = devices
            .iter()
            .map(|device| words::devices::name_in(&rows, *device));
        names.collect()
    }
}
