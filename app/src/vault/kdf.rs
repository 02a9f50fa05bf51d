//! Argon2id in a worker of its own, which ends after use: the memory of a wasm instance never shrinks.

use std::cell::RefCell;

use crypto::{KdfError, KdfParams, KdfRequest, Passphrase, Slot, SlotKey, calibrate, run_argon2id};
use engine::kdf::Kdf;
use futures_channel::oneshot;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::link::{decode, encode};
use crate::platform::worker::{self, WorkerHandle};
use crate::platform::{clock, random};

/// Name of the worker that derives one key.
pub const NAME: &str = "kdf";

/// Measures how fast the device is; its key is thrown away.
const SAMPLE: &str = "sample for calibration";

/// What one run gives.
#[derive(Serialize, Deserialize)]
enum Outcome {
    Key { key: Vec<u8>, elapsed_ms: i64 },
    Failed(Failure),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Failure {
    Request,
    Memory,
}

/// Derives one key in this worker, then ends it.
pub fn run() {
    worker::listen(|bytes| {
        if let Ok(outcome) = encode(&derive(bytes)) {
            worker::post(&outcome);
        }
        worker::close();
    });
}

fn derive(bytes: Vec<u8>) -> Outcome {
    let Ok(request) = KdfRequest::from_bytes(&Zeroizing::new(bytes)) else {
        return Outcome::Failed(Failure::Request);
    };
    let started_at = clock::running_ms();
    match run_argon2id(&request) {
        Ok(key) => Outcome::Key {
            key: key.expose_bytes().to_vec(),
            elapsed_ms: clock::running_ms() - started_at,
        },
        Err(_) => Outcome::Failed(Failure::Memory),
    }
}

/// A [`Kdf`] that starts a worker for every key.
pub(crate) struct WorkerKdf;

impl Kdf for WorkerKdf {
    async fn calibrate(&self) -> Result<KdfParams, KdfError> {
        match measure(KdfParams::DEFAULT).await {
            Err(KdfError::Memory) => measure(KdfParams::SMALL).await,
            measured => measured,
        }
    }

    async fn derive(&self, request: &KdfRequest) -> Result<SlotKey, KdfError> {
        in_worker(request).await.map(|(key, _)| key)
    }
}

async fn measure(start: KdfParams) -> Result<KdfParams, KdfError> {
    let sample = Passphrase::parse(SAMPLE).map_err(|_| KdfError::Request)?;
    let request = Slot::make_request(&mut random::rng(), start, &sample);
    let (_, elapsed_ms) = in_worker(&request).await?;
    Ok(calibrate(
        start,
        elapsed_ms as f64 / f64::from(start.passes()),
    ))
}

/// The key and how many ms it took. A worker that breaks down had too little memory: nothing else can fail in it.
async fn in_worker(request: &KdfRequest) -> Result<(SlotKey, i64), KdfError> {
    let (sender, outcome) = oneshot::channel();
    let sender = std::rc::Rc::new(RefCell::new(Some(sender)));
    let broken = std::rc::Rc::clone(&sender);
    let worker = WorkerHandle::start(
        NAME,
        move |bytes| {
            let outcome = decode(bytes).unwrap_or(Outcome::Failed(Failure::Memory));
            if let Some(sender) = sender.take() {
                let _ = sender.send(outcome);
            }
        },
        move || drop(broken.take()),
    )
    .map_err(|_| KdfError::Memory)?;

    worker
        .post(&request.to_bytes())
        .map_err(|_| KdfError::Memory)?;

    match outcome.await {
        Ok(Outcome::Key {
            mut key,
            elapsed_ms,
        }) => {
            let derived = SlotKey::from_bytes(&key).ok_or(KdfError::Memory);
            key.zeroize();
            derived.map(|derived| (derived, elapsed_ms))
        }
        Ok(Outcome::Failed(Failure::Request)) => Err(KdfError::Request),
        Ok(Outcome::Failed(Failure::Memory)) | Err(_) => Err(KdfError::Memory),
    }
}
