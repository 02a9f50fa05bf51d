//! Accounts with devices that sign; records of which only the outer part means anything.

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::chain::{
    self, Card, ChainKind, ChainView, EntryDraft, EpochStart, Recipient, Seal, SealSuite,
};
use protocol::draft::DraftHeader;
use protocol::record::{ChainPoint, Lane, NONCE_BYTES, Outer, hash_bytes};
use protocol::wire::{Origin, RequestId, ToRelay, hello_bytes};
use protocol::{
    AccountId, ChainHash, Challenge, DeviceIndex, Domain, Epoch, Incarnation, KeyId, RecordHash,
    Seq, Signature, VerifyKey, domain,
};
use sync_server::store::NewRecord;

/// Sealed route of a record without `seen`.
const ROUTE_BYTES: u16 = 52;

fn card(key: &SigningKey) -> Card {
    Card {
        verify_key: VerifyKey(key.verifying_key().to_bytes()),
        suite: SealSuite::XWing,
        hpke_key: vec![7; 1_216],
    }
}

fn seal(recipient: Recipient) -> Seal {
    Seal {
        recipient,
        suite: SealSuite::XWing,
        enc: vec![1; 1_120],
        sealed: vec![2; 48],
    }
}

fn epoch(number: u32, recipients: &[Recipient]) -> EpochStart {
    EpochStart {
        epoch: Epoch(number),
        key: KeyId::from_bytes([1; 16]),
        seals: recipients.iter().copied().map(seal).collect(),
        previous: None,
    }
}

fn sign(key: &SigningKey, domain: Domain, account: &AccountId, bytes: &[u8]) -> Signature {
    let signed = domain::concat(domain, account, &[bytes]);
    Signature(key.sign(&signed).to_bytes())
}

/// One device.
#[derive(Clone)]
pub struct Pen {
    pub key: SigningKey,
    pub account: AccountId,
    pub device: DeviceIndex,
    pub incarnation: Incarnation,
    pub seq: Seq,
    pub prev: RecordHash,
}

impl Pen {
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey(self.key.verifying_key().to_bytes())
    }

    /// The same device in another run.
    pub fn again(&self, incarnation: u64) -> Self {
        Self {
            incarnation: Incarnation::from_bytes(incarnation.to_be_bytes()),
            seq: Seq(0),
            prev: RecordHash::NIL,
            ..self.clone()
        }
    }

    /// The next record, with a body padded to that size.
    pub fn record(&mut self, padded: usize) -> Vec<u8> {
        self.seq = self.seq.next().unwrap();
        let outer = Outer {
            lane: Lane::Log,
            device: self.device,
            incarnation: self.incarnation,
            seq: self.seq,
            prev: self.prev,
            chain: ChainPoint {
                position: 0,
                hash: [3; 8],
            },
        };
        let mut bytes = outer.encode(ROUTE_BYTES);
        let mut filling = self.seq.0 ^ u32::from(self.device.0) << 24 ^ 0x5eed_1234;
        for _ in 0..NONCE_BYTES + usize::from(ROUTE_BYTES) + NONCE_BYTES + padded + 16 {
            filling ^= filling << 13;
            filling ^= filling >> 17;
            filling ^= filling << 5;
            bytes.push(filling.to_be_bytes()[0]);
        }
        let signature = sign(&self.key, Domain::RecordSignature, &self.account, &bytes);
        bytes.extend_from_slice(&signature.0);
        self.prev = hash_bytes(&self.account, &bytes);
        bytes
    }

    /// Records with a body of 300 bytes.
    pub fn records(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|_| self.record(512)).collect()
    }

    /// A draft slot of the small size.
    pub fn draft(&self, slot: u8, counter: u64, filling: u8) -> Vec<u8> {
        self.draft_of(slot, counter, filling, 4 * 1_024)
    }

    fn draft_of(&self, slot: u8, counter: u64, filling: u8, padded: usize) -> Vec<u8> {
        let header = DraftHeader {
            account: self.account,
            device: self.device,
            slot,
            incarnation: self.incarnation,
            counter,
            key: KeyId::from_bytes([5; 16]),
        };
        let mut bytes = header.encode();
        bytes.resize(bytes.len() + NONCE_BYTES + padded + 16, filling);
        let signature = sign(&self.key, Domain::DraftSignature, &self.account, &bytes);
        bytes.extend_from_slice(&signature.0);
        bytes
    }

    /// A draft slot of the large size.
    pub fn large_draft(&self, slot: u8, counter: u64) -> Vec<u8> {
        self.draft_of(slot, counter, 1, 16 * 1_024)
    }

    /// The bytes of a hello.
    pub fn hello(&self, challenge: &Challenge, origin: &str, request: RequestId) -> Vec<u8> {
        let signed = hello_bytes(challenge, Origin::parse(origin).unwrap());
        let hello = ToRelay::Hello {
            account: self.account,
            key: self.verify_key(),
            signature: sign(&self.key, Domain::Hello, &self.account, &signed),
            is_live: true,
        };
        hello.encode(request).unwrap()
    }
}

/// One account.
pub struct Account {
    pub id: AccountId,
    pub entries: Vec<Vec<u8>>,
    pub pens: Vec<Pen>,
    view: ChainView,
}

impl Account {
    /// With one device.
    pub fn new(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let recovery = SigningKey::from_bytes(&[seed ^ 0xff; 32]);
        let first = Recipient::Device(DeviceIndex(0));
        let kind = ChainKind::Genesis {
            created_at: 1,
            device: card(&key),
            recovery: card(&recovery),
            epoch: epoch(0, &[first, Recipient::Recovery]),
        };
        let draft = EntryDraft::new(0, ChainHash::NIL, &kind, first);
        let signature = sign(
            &key,
            Domain::ChainSignature,
            &AccountId::NIL,
            &draft.signed_bytes(),
        );
        let entries = vec![draft.finish(signature)];
        let view = chain::verify(&entries).unwrap();
        let id = view.account();
        let mut account = Self {
            id,
            entries,
            pens: Vec::new(),
            view,
        };
        account.add_pen(key, 0);
        account
    }

    fn add_pen(&mut self, key: SigningKey, device: u16) {
        self.pens.push(Pen {
            key,
            account: self.id,
            device: DeviceIndex(device),
            incarnation: Incarnation::from_bytes((u64::from(device) + 1).to_be_bytes()),
            seq: Seq(0),
            prev: RecordHash::NIL,
        });
    }

    pub fn head(&self) -> ChainHash {
        self.view.head()
    }

    fn entry(&self, kind: &ChainKind) -> Vec<u8> {
        let signer = Recipient::Device(DeviceIndex(0));
        let draft = EntryDraft::new(self.view.len(), self.view.head(), kind, signer);
        let signed = draft.signed_bytes();
        let key = &self.pens[0].key;
        draft.finish(sign(key, Domain::ChainSignature, &self.id, &signed))
    }

    fn take(&mut self, entry: &[u8]) {
        self.view.append(entry).unwrap();
        self.entries.push(entry.to_vec());
    }

    /// An entry that adds the next device, and the device.
    pub fn next_device(&self, seed: u8) -> (Vec<u8>, SigningKey) {
        let index = DeviceIndex(u16::try_from(self.pens.len()).unwrap());
        let key = SigningKey::from_bytes(&[seed; 32]);
        let kind = ChainKind::AddDevice {
            index,
            card: card(&key),
            epoch: self.view.current_epoch(),
            seal: seal(Recipient::Device(index)),
        };
        (self.entry(&kind), key)
    }

    /// Adds a device and gives its entry.
    pub fn add_device(&mut self, seed: u8) -> Vec<u8> {
        let (entry, key) = self.next_device(seed);
        self.take(&entry);
        let device = u16::try_from(self.pens.len()).unwrap();
        self.add_pen(key, device);
        entry
    }

    /// Starts another epoch and gives its entry.
    pub fn next_epoch(&mut self) -> Vec<u8> {
        let devices: Vec<Recipient> = self
            .view
            .active_devices()
            .map(|(index, _)| Recipient::Device(index))
            .chain([Recipient::Recovery])
            .collect();
        let number = self.view.current_epoch().0 + 1;
        let entry = self.entry(&ChainKind::Epoch(epoch(number, &devices)));
        self.take(&entry);
        entry
    }

    /// Revokes a device and gives the entry.
    pub fn revoke(&mut self, device: u16) -> Vec<u8> {
        let devices: Vec<Recipient> = self
            .view
            .active_devices()
            .filter(|(index, _)| index.0 != device)
            .map(|(index, _)| Recipient::Device(index))
            .chain([Recipient::Recovery])
            .collect();
        let number = self.view.current_epoch().0 + 1;
        let entry = self.entry(&ChainKind::Revoke {
            device: DeviceIndex(device),
            cut: Vec::new(),
            epoch: epoch(number, &devices),
        });
        self.take(&entry);
        entry
    }
}

/// As a session hands it to the store.
pub fn new_record(account: AccountId, bytes: &[u8]) -> NewRecord {
    NewRecord {
        link: protocol::record::Link::read(bytes).unwrap(),
        hash: hash_bytes(&account, bytes),
        bytes: bytes.to_vec(),
    }
}

pub fn new_records(account: AccountId, records: &[Vec<u8>]) -> Vec<NewRecord> {
    records
        .iter()
        .map(|bytes| new_record(account, bytes))
        .collect()
}
