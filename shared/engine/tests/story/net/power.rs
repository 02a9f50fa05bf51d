//! A store that fails while a line does harm: again and again, each time on one of the devices and at some effect.

use engine::command::{Command, Status};
use engine::store::StoreError;
use engine::store::faulty::{Counted, Fault, Faulty};
use engine::store::memory::Memory;

use super::super::tablet::PASSPHRASE;
use super::world::World;

const FAULTS: [Fault; 6] = [
    Fault::CrashBefore,
    Fault::CrashAfter,
    Fault::CrashBefore,
    Fault::CrashAfter,
    Fault::LoseAnswer,
    Fault::Refuse(StoreError::Full),
];

/// The next failure.
pub(crate) struct Power {
    victim: usize,
    fault: Fault,
    store: Faulty<Memory>,
    /// How many there were.
    pub(crate) failure_count: usize,
}

impl Power {
    pub(crate) fn plan(world: &mut World) -> Self {
        let mut power = Self {
            victim: 0,
            fault: FAULTS[0],
            store: world.peers[0].tablet.store.clone(),
            failure_count: 0,
        };
        power.plan_next(world);
        power
    }

    fn plan_next(&mut self, world: &mut World) {
        self.victim = world.pick(world.peers.len() as u32) as usize;
        self.fault = FAULTS[world.pick(FAULTS.len() as u32) as usize];
        // Soon more often than late: a sign of life takes few effects, taking in a log takes many.
        let doubled = 2 + world.pick(8);
        let effect = u64::from(world.pick(1 << doubled));
        self.store = world.peers[self.victim].tablet.store.clone();
        self.store.fail_at(effect, Counted::Calls, self.fault);
    }

    /// Switches a device on again whose store failed.
    pub(crate) fn mend(&mut self, world: &mut World) {
        if self.store.has_failed() {
            self.failure_count += 1;
            let is_dead = matches!(self.fault, Fault::CrashBefore | Fault::CrashAfter);
            if is_dead || world.pick(2) == 0 {
                self.fail_at_unlock(world);
                world.restart(self.victim);
            } else {
                let tablet = &mut world.peers[self.victim].tablet;
                if let Status::Locked { .. } = tablet.status() {
                    tablet.unlock();
                }
                // The failure may have come just when the exchange was to begin.
                world.open(self.victim);
            }
            self.plan_next(world);
        }
    }

    /// Sometimes the power goes once more before the vault is open.
    fn fail_at_unlock(&self, world: &mut World) {
        if world.pick(3) == 0 {
            let effect = u64::from(world.pick(32));
            let tablet = &mut world.peers[self.victim].tablet;
            tablet.restart();
            tablet.store.fail_at(effect, Counted::Calls, self.fault);
            let passphrase = PASSPHRASE.into();
            tablet.ask(Command::Unlock { passphrase });
        }
    }

    /// From now on nothing fails. Answers how often it did.
    pub(crate) fn end(mut self, world: &mut World) -> usize {
        self.mend(world);
        self.store.fail_at(u64::MAX, Counted::Calls, self.fault);
        self.failure_count
    }
}
