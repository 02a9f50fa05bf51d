//! The passphrase: wrong ones, waits that survive a restart, one passphrase typed on two keyboards.

use crypto::{KdfError, KdfParams, KdfRequest, SlotKey, run_argon2id};
use engine::command::{Command, Failure, Reply, Status};
use engine::kdf::Kdf;
use engine::store::memory::Memory;
use engine::{Now, Vault};
use pollster::block_on;
use protocol::audit::{AuditEvent, AuditOutcome};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::tablet::{MINUTE, MORNING, PASSPHRASE, Tablet, caregiver, failure, name};

fn wrong(tablet: &mut Tablet) -> Failure {
    failure(tablet.ask(Command::Unlock {
        passphrase: "vier blauwe fietsen bij de molen".into(),
    }))
}

#[test]
fn five_wrong_tries_then_waits_that_a_restart_does_not_shorten() {
    let mut tablet = Tablet::with_vault(1);
    tablet.lock();
    for count in 1..=4 {
        assert_eq!(
            wrong(&mut tablet),
            Failure::WrongPassphrase {
                failed_count: count,
                wait_until: 0
            }
        );
    }
    let Failure::WrongPassphrase {
        failed_count: 5,
        wait_until,
    } = wrong(&mut tablet)
    else {
        panic!()
    };
    assert_eq!(wait_until, tablet.now + 30_000);
    tablet.restart();
    assert_eq!(
        tablet.status(),
        Status::Locked {
            wait_until,
            has_unsaved: false
        }
    );
    assert_eq!(wrong(&mut tablet), Failure::Wait { wait_until });
    let right = Command::Unlock {
        passphrase: PASSPHRASE.into(),
    };
    assert_eq!(failure(tablet.ask(right)), Failure::Wait { wait_until });

    let mut waits = Vec::new();
    for _ in 0..6 {
        tablet.now += 20 * MINUTE;
        tablet.restart();
        let Failure::WrongPassphrase { wait_until, .. } = wrong(&mut tablet) else {
            panic!()
        };
        waits.push((wait_until - tablet.now) / 1_000);
    }
    assert_eq!(waits, [60, 120, 300, 900, 900, 900]);

    tablet.now += 20 * MINUTE;
    tablet.unlock();
    let failed: Vec<_> = tablet
        .audit()
        .into_iter()
        .filter(|line| line.event == AuditEvent::UnlockFailed)
        .collect();
    assert_eq!(failed.len(), 11);
    assert!(
        failed
            .iter()
            .all(|line| line.outcome == AuditOutcome::Failure)
    );
    tablet.lock();
    assert_eq!(
        wrong(&mut tablet),
        Failure::WrongPassphrase {
            failed_count: 1,
            wait_until: 0
        }
    );
    tablet.unlock();
    let failed = tablet
        .audit()
        .into_iter()
        .filter(|line| line.event == AuditEvent::UnlockFailed)
        .count();
    assert_eq!(failed, 12);
}

#[test]
fn a_clock_set_back_makes_no_wait_longer_than_it_was() {
    let mut tablet = Tablet::with_vault(2);
    tablet.lock();
    for _ in 0..5 {
        wrong(&mut tablet);
    }
    tablet.now -= 365 * 24 * 60 * MINUTE;
    let Status::Locked { wait_until, .. } = tablet.status() else {
        panic!()
    };
    assert!(wait_until - tablet.now <= 30_000);
}

#[test]
fn a_try_that_cannot_be_written_down_is_not_answered() {
    let mut tablet = Tablet::with_vault(3);
    tablet.lock();
    tablet.store.limit_commit_bytes(Some(1));
    assert_eq!(wrong(&mut tablet), Failure::Full);
    tablet.store.limit_commit_bytes(None);
    assert_eq!(
        wrong(&mut tablet),
        Failure::WrongPassphrase {
            failed_count: 1,
            wait_until: 0
        }
    );
}

#[test]
fn composed_and_decomposed_letters_are_one_passphrase() {
    let composed = "caf\u{e9} op de hoek van de gracht";
    let decomposed = "cafe\u{301} op de\u{a0}hoek van de gracht ";
    for (made, typed) in [(composed, decomposed), (decomposed, composed)] {
        let mut tablet = Tablet::new(4);
        let Reply::RecoveryCode { groups, ask } = tablet.ask(Command::BeginSetup) else {
            panic!()
        };
        let groups = ask.map(|number| (number, groups[usize::from(number) - 1].clone()));
        let finish = Command::FinishSetup {
            profile: caregiver(),
            passphrase: made.into(),
            groups,
        };
        let reply = tablet.ask(finish);
        assert!(matches!(reply, Reply::Open), "{}", name(&reply));
        tablet.restart();
        assert!(matches!(
            tablet.ask(Command::Unlock {
                passphrase: typed.into()
            }),
            Reply::Open
        ));
    }
}

#[test]
fn a_passphrase_of_spaces_is_a_wrong_one() {
    let mut tablet = Tablet::with_vault(5);
    tablet.lock();
    let reply = tablet.ask(Command::Unlock {
        passphrase: "  ".into(),
    });
    assert!(matches!(
        failure(reply),
        Failure::WrongPassphrase {
            failed_count: 1,
            ..
        }
    ));
}

#[test]
fn a_wrong_passphrase_on_an_open_vault_does_not_close_it() {
    let mut tablet = Tablet::with_vault(6);
    assert!(matches!(
        wrong(&mut tablet),
        Failure::WrongPassphrase { .. }
    ));
    assert!(matches!(tablet.status(), Status::Open { .. }));
}

#[test]
fn there_is_nothing_to_unlock_before_a_vault_is_made() {
    let mut tablet = Tablet::new(7);
    assert_eq!(wrong(&mut tablet), Failure::NoVault);
    assert!(tablet.disk.dump().is_empty());
}

/// A device that has this much memory for Argon2id, in KiB.
struct Room(u32);

impl Kdf for Room {
    async fn calibrate(&self) -> Result<KdfParams, KdfError> {
        Ok(KdfParams::DEFAULT)
    }

    async fn derive(&self, request: &KdfRequest) -> Result<SlotKey, KdfError> {
        // Layout of a request: format 1 · memory 4, big-endian.
        let memory = u32::from_be_bytes(request.to_bytes()[1..5].try_into().unwrap());
        if memory > self.0 {
            return Err(KdfError::Memory);
        }
        run_argon2id(request)
    }
}

fn set_up_and_unlock(memory_kib: u32) -> (Reply, Reply) {
    let now = Now { ms: MORNING };
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let disk = Memory::new();
    let mut vault = Vault::new(disk.clone(), Room(memory_kib));
    let Reply::RecoveryCode { groups, ask } =
        block_on(vault.handle(Command::BeginSetup, now, &mut rng))
    else {
        panic!()
    };
    let groups = ask.map(|number| (number, groups[usize::from(number) - 1].clone()));
    let finish = Command::FinishSetup {
        profile: caregiver(),
        passphrase: PASSPHRASE.into(),
        groups,
    };
    let made = block_on(vault.handle(finish, now, &mut rng));
    let mut vault = Vault::new(disk, Room(memory_kib));
    let unlock = Command::Unlock {
        passphrase: PASSPHRASE.into(),
    };
    (made, block_on(vault.handle(unlock, now, &mut rng)))
}

#[test]
fn a_vault_of_full_cost_opens_and_a_device_without_the_memory_gets_the_smaller_cost() {
    for memory in [KdfParams::DEFAULT, KdfParams::SMALL] {
        let (made, opened) = set_up_and_unlock(memory.memory_kib());
        assert!(matches!(made, Reply::Open), "{}", name(&made));
        assert!(matches!(opened, Reply::Open), "{}", name(&opened));
    }
    let (made, opened) = set_up_and_unlock(KdfParams::SMALL.memory_kib() - 1);
    assert_eq!(failure(made), Failure::OutOfMemory);
    assert_eq!(failure(opened), Failure::NoVault, "nothing is half made");
}
