//! A chain with each kind of entry, a fork, and all its seals.

use protocol::{
    ChainHash, DeviceIndex, Domain, Epoch, Incarnation, RecordHash, Seq,
    chain::{
        ChainKind, ChainRelation, ChainView, Cut, EntryDraft, EpochStart, Erase, Recipient,
        RecoveryEntry, Seal, Signer, verify,
    },
};
use rand_chacha::ChaCha20Rng;
use serde_json::json;

use super::{compare, hex, rng};
use crate::{
    DeviceBundle, EpochKey, HpkeKey, RecoveryCode, SigningKey, make_account, open_epoch_keys,
    seal_epoch_key,
};

struct Story {
    rng: ChaCha20Rng,
    chain: ChainView,
    entries: Vec<Vec<u8>>,
}

impl Story {
    fn entry(&self, kind: &ChainKind, signer: Signer, key: &SigningKey) -> Vec<u8> {
        let draft = EntryDraft::new(self.chain.len(), self.chain.head(), kind, signer);
        let signature = key.sign(
            Domain::ChainSignature,
            &self.chain.account(),
            &draft.signed_bytes(),
        );
        draft.finish(signature)
    }

    fn push(&mut self, kind: &ChainKind, signer: Signer, key: &SigningKey) {
        let entry = self.entry(kind, signer, key);
        self.chain.append(&entry).unwrap();
        self.entries.push(entry);
    }

    fn seal(
        &mut self,
        recipient: Recipient,
        public_key: &[u8],
        epoch: u32,
        key: &EpochKey,
    ) -> Seal {
        let (account, prev) = (self.chain.account(), self.chain.head());
        let suite = protocol::chain::SealSuite::XWing;
        seal_epoch_key(
            &mut self.rng,
            &account,
            &prev,
            recipient,
            suite,
            public_key,
            Epoch(epoch),
            key,
        )
        .unwrap()
    }

    fn epoch(
        &mut self,
        epoch: u32,
        recipients: &[(Recipient, Vec<u8>)],
        key: &EpochKey,
        before: Option<&EpochKey>,
    ) -> EpochStart {
        let seals = recipients
            .iter()
            .map(|(recipient, public)| self.seal(*recipient, public, epoch, key))
            .collect();
        let account = self.chain.account();
        let previous = before.map(|before| {
            key.wrap_previous(&mut self.rng, &account, Epoch(epoch), before)
                .unwrap()
        });
        EpochStart {
            epoch: Epoch(epoch),
            key: key.id(),
            seals,
            previous,
        }
    }
}

#[test]
fn chain_with_each_kind_and_a_fork() {
    let mut random = rng(40);
    let made = make_account(&mut random, 1_790_000_000_000).unwrap();
    let (first, recovery) = (made.bundle, made.recovery_code.derive_keys());
    let second = DeviceBundle::make(&mut random);
    let third = DeviceBundle::make(&mut random);
    let fresh = HpkeKey::make(&mut random);
    let new_code = RecoveryCode::make(&mut random);
    let new_recovery = new_code.derive_keys();
    let keys: Vec<EpochKey> = core::iter::once(made.epoch_key)
        .chain((0..3).map(|_| EpochKey::make(&mut random)))
        .collect();
    let mut story = Story {
        rng: random,
        chain: made.chain,
        entries: vec![made.genesis],
    };
    let device = |n| Recipient::Device(DeviceIndex(n));
    let public = |key: &HpkeKey| key.public_key().unwrap();

    let seal = story.seal(device(1), &public(second.hpke_key()), 0, &keys[0]);
    let add = ChainKind::AddDevice {
        index: DeviceIndex(1),
        card: second.card().unwrap(),
        epoch: Epoch(0),
        seal,
    };
    story.push(&add, device(0), first.signing_key());

    let recipients = [
        (device(0), public(first.hpke_key())),
        (device(1), public(second.hpke_key())),
        (Recipient::Recovery, public(recovery.hpke_key())),
    ];
    let epoch = story.epoch(1, &recipients, &keys[1], Some(&keys[0]));
    story.push(&ChainKind::Epoch(epoch), device(1), second.signing_key());

    let seal = story.seal(device(0), &public(&fresh), 1, &keys[1]);
    let rotate = ChainKind::DeviceKey {
        suite: fresh.suite(),
        hpke_key: public(&fresh),
        epoch: Epoch(1),
        seal,
    };
    story.push(&rotate, device(0), first.signing_key());

    let at_fork = story.chain.clone();
    let other_side = story.entry(
        &ChainKind::MinimumFormat(1),
        device(1),
        second.signing_key(),
    );

    let cut = Cut {
        incarnation: Incarnation::from_bytes([9; 8]),
        seq: Seq(12),
        hash: RecordHash::from_bytes([0x12; 32]),
    };
    let recipients = [
        (device(0), public(&fresh)),
        (Recipient::Recovery, public(recovery.hpke_key())),
    ];
    let epoch = story.epoch(2, &recipients, &keys[2], None);
    let revoke = ChainKind::Revoke {
        device: DeviceIndex(1),
        cut: vec![cut.clone()],
        epoch,
    };
    story.push(&revoke, device(0), first.signing_key());

    let erase = Erase {
        epoch: Epoch(2),
        sealed: vec![0xee; 48],
    };
    story.push(&ChainKind::Erase(erase), device(0), first.signing_key());
    story.push(&ChainKind::MinimumFormat(1), device(0), first.signing_key());
    let unknown = ChainKind::Unknown {
        code: 0x33,
        body: vec![1, 2, 3],
    };
    story.push(&unknown, device(0), first.signing_key());

    let recipients = [
        (device(2), public(third.hpke_key())),
        (Recipient::Recovery, public(new_recovery.hpke_key())),
    ];
    let epoch = story.epoch(3, &recipients, &keys[3], Some(&keys[2]));
    let refused = vec![ChainHash::from_bytes([0x66; 32])];
    let restore = ChainKind::Recovery(RecoveryEntry {
        recovery: new_recovery.card().unwrap(),
        add: Some((DeviceIndex(2), third.card().unwrap())),
        revoke: vec![(DeviceIndex(0), vec![cut])],
        epoch,
        refused,
    });
    story.push(&restore, Signer::Recovery, recovery.signing_key());

    let mut forked = at_fork;
    forked.append(&other_side).unwrap();
    let relation = story.chain.compare(&forked);
    assert!(
        matches!(relation, ChainRelation::Fork { index: 4, .. }),
        "{relation:?}"
    );
    assert_eq!(verify(&story.entries).unwrap(), story.chain);

    let opened = open_epoch_keys(&story.chain, device(2), third.hpke_key()).unwrap();
    let ids: Vec<(u32, _)> = opened
        .iter()
        .map(|(epoch, key)| (epoch.0, key.id()))
        .collect();
    assert_eq!(ids, [(2, keys[2].id()), (3, keys[3].id())]);

    let secrets = [
        (0, first.hpke_key()),
        (1, second.hpke_key()),
        (2, third.hpke_key()),
    ];
    let devices: Vec<_> = secrets
        .iter()
        .map(|(index, key)| json!({ "device": index, "hpke_seed": hex(key.expose_seed()) }))
        .collect();
    compare(
        "chain.json",
        &json!({
            "account": hex(story.chain.account().as_bytes()),
            "entries": story.entries.iter().map(hex).collect::<Vec<_>>(),
            "head": hex(story.chain.head().as_bytes()),
            "fork": { "index": 4, "entry": hex(&other_side), "hash": hex(forked.head().as_bytes()) },
            "devices": devices,
            "device_0_fresh_hpke_seed": hex(fresh.expose_seed()),
            "recovery_hpke_seed": hex(recovery.hpke_key().expose_seed()),
            "new_recovery_hpke_seed": hex(new_recovery.hpke_key().expose_seed()),
            "epoch_keys": keys.iter().map(|key| hex(key.0.expose())).collect::<Vec<_>>(),
            "epoch_key_ids": keys.iter().map(|key| hex(key.id().as_bytes())).collect::<Vec<_>>(),
        }),
    );
}
