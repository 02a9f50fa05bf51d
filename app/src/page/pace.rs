//! How often shown views look at what comes in: at once, and while much comes now and then only.

use std::time::Duration;

use leptos::prelude::*;

use crate::platform;

/// Between two looks while much comes in.
const PAUSE: Duration = Duration::from_secs(2);

/// Until it is seen again whether one may look.
const GLANCE: Duration = Duration::from_millis(300);

/// The looks at one thing.
#[derive(Clone, Copy)]
pub struct Pace {
    is_pausing: StoredValue<bool>,
}

impl Pace {
    /// The first look is at once.
    pub fn new() -> Self {
        Self {
            is_pausing: StoredValue::new(false),
        }
    }

    /// Something came. Looks at once, as soon as one may; while more comes, the next look is after a pause, and there
    /// is one then whether or not something came, so that the last is seen.
    pub fn look(
        self,
        comes_more: bool,
        may_look: impl Fn() -> bool + 'static,
        look: impl Fn() + 'static,
    ) {
        if self.is_pausing.get_value() {
            return;
        }
        if may_look() {
            look();
            if !comes_more {
                return;
            }
        }
        self.is_pausing.set_value(true);
        platform::spawn(async move {
            if comes_more {
                platform::clock::sleep(PAUSE).await;
            }
            while !may_look() {
                platform::clock::sleep(GLANCE).await;
            }
            self.is_pausing.set_value(false);
            look();
        });
    }
}
