//! Argon2id as a service: hundreds of milliseconds and tens of megabytes, so the app runs it in a worker of its own.

use crypto::{KdfError, KdfParams, KdfRequest, SlotKey, run_argon2id};

/// Runs Argon2id somewhere.
#[expect(async_fn_in_trait, reason = "one thread: no future is sent anywhere")]
pub trait Kdf {
    /// What a new slot should cost on this device: about 0.7 s, never below [`KdfParams::DEFAULT`] unless that
    /// much memory cannot be had ([`KdfParams::SMALL`]).
    ///
    /// # Errors
    /// When not even the small parameters can be run.
    async fn calibrate(&self) -> Result<KdfParams, KdfError>;

    /// The key of a slot.
    ///
    /// # Errors
    /// [`KdfError::Memory`] when the memory cannot be had; trying again later may work.
    async fn derive(&self, request: &KdfRequest) -> Result<SlotKey, KdfError>;
}

/// Runs Argon2id where it is called, with fixed parameters.
#[derive(Debug, Clone, Copy)]
pub struct Inline {
    params: KdfParams,
}

impl Inline {
    /// With the parameters that new slots get.
    #[must_use]
    pub const fn new(params: KdfParams) -> Self {
        Self { params }
    }
}

impl Kdf for Inline {
    async fn calibrate(&self) -> Result<KdfParams, KdfError> {
        Ok(self.params)
    }

    async fn derive(&self, request: &KdfRequest) -> Result<SlotKey, KdfError> {
        run_argon2id(request)
    }
}
