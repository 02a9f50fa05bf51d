//! Argon2id (RFC 9106): runs in a worker of its own, so its input travels as bytes.

use argon2::{Algorithm, Argon2, Params, Version};
use protocol::reader::Reader;
use zeroize::Zeroizing;

use crate::{key::SlotKey, passphrase::Passphrase, secret::Secret};

const REQUEST_FORMAT: u8 = 1;
const TARGET_MS: f64 = 700.0;

/// Cost of one guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
}

/// Why Argon2id did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KdfError {
    /// The parameters are outside what is opened: too weak, or a denial of service.
    #[error("Argon2id with {memory_kib} KiB, {passes} passes, {lanes} lanes is outside the bounds")]
    Params {
        /// Memory asked for.
        memory_kib: u32,
        /// Passes asked for.
        passes: u32,
        /// Lanes asked for.
        lanes: u32,
    },
    /// The request is not one.
    #[error("not an Argon2id request")]
    Request,
    /// The memory could not be had; less memory and more passes may work.
    #[error("no memory for Argon2id")]
    Memory,
}

impl KdfParams {
    /// What a new slot costs at least: 64 MiB, 3 passes.
    pub const DEFAULT: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
    };
    /// What a new slot costs where 64 MiB cannot be had: 32 MiB, 6 passes.
    pub const SMALL: Self = Self {
        memory_kib: 32 * 1024,
        passes: 6,
    };
    /// The one number of lanes.
    pub const LANES: u32 = 1;

    const MEMORY_KIB: core::ops::RangeInclusive<u32> = 19 * 1024..=256 * 1024;
    const PASSES: core::ops::RangeInclusive<u32> = 2..=20;

    /// Parameters within the bounds of what is opened: 19 MiB and 2 passes to 256 MiB and 20 passes, one lane.
    ///
    /// # Errors
    /// Outside those bounds.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KdfError> {
        if Self::MEMORY_KIB.contains(&memory_kib)
            && Self::PASSES.contains(&passes)
            && lanes == Self::LANES
        {
            Ok(Self { memory_kib, passes })
        } else {
            Err(KdfError::Params {
                memory_kib,
                passes,
                lanes,
            })
        }
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }
}

/// Parameters that take about 0.7 s, from the time one pass took at `start`; never below `start`.
#[must_use]
pub fn calibrate(start: KdfParams, ms_per_pass: f64) -> KdfParams {
    let wanted = if ms_per_pass > 0.0 {
        (TARGET_MS / ms_per_pass).round()
    } else {
        f64::from(u32::MAX)
    };
    let most = *KdfParams::PASSES.end();
    let wanted = (start.passes..=most)
        .rev()
        .find(|passes| f64::from(*passes) <= wanted);
    KdfParams {
        passes: wanted.unwrap_or(start.passes),
        ..start
    }
}

/// All that Argon2id needs, on its way to the worker that runs it.
pub struct KdfRequest {
    params: KdfParams,
    salt: [u8; 16],
    passphrase: Zeroizing<Vec<u8>>,
}

impl KdfRequest {
    pub(crate) fn new(params: KdfParams, salt: [u8; 16], passphrase: &Passphrase) -> Self {
        Self {
            params,
            salt,
            passphrase: Zeroizing::new(passphrase.as_bytes().to_vec()),
        }
    }

    pub(crate) const fn params(&self) -> KdfParams {
        self.params
    }

    pub(crate) const fn salt(&self) -> [u8; 16] {
        self.salt
    }

    /// Format 1 · memory 4 · passes 4 · salt 16 · passphrase. Holds the passphrase: zeroize every copy.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(25 + self.passphrase.len()));
        bytes.push(REQUEST_FORMAT);
        bytes.extend_from_slice(&self.params.memory_kib.to_be_bytes());
        bytes.extend_from_slice(&self.params.passes.to_be_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.passphrase);
        bytes
    }

    /// Reads a request.
    ///
    /// # Errors
    /// When the bytes are not one, or its parameters are out of bounds.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KdfError> {
        let mut reader = Reader::new(bytes);
        if reader.u8().map_err(|_| KdfError::Request)? != REQUEST_FORMAT {
            return Err(KdfError::Request);
        }
        let memory_kib = reader.u32().map_err(|_| KdfError::Request)?;
        let passes = reader.u32().map_err(|_| KdfError::Request)?;
        let params = KdfParams::new(memory_kib, passes, KdfParams::LANES)?;
        let salt = reader.array().map_err(|_| KdfError::Request)?;
        Ok(Self {
            params,
            salt,
            passphrase: Zeroizing::new(reader.rest().to_vec()),
        })
    }
}

/// Runs Argon2id: hundreds of milliseconds and tens of megabytes.
///
/// # Errors
/// When the memory cannot be had.
pub fn run_argon2id(request: &KdfRequest) -> Result<SlotKey, KdfError> {
    let KdfParams { memory_kib, passes } = request.params;
    let refused = KdfError::Params {
        memory_kib,
        passes,
        lanes: KdfParams::LANES,
    };
    let params =
        Params::new(memory_kib, passes, KdfParams::LANES, Some(32)).map_err(|_| refused)?;
    let mut output = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(&request.passphrase, &request.salt, output.as_mut_slice())
        .map_err(|_| KdfError::Memory)?;
    Secret::from_slice(output.as_slice())
        .map(SlotKey)
        .ok_or(KdfError::Memory)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use argon2::{AssociatedData, ParamsBuilder};

    use super::*;

    /// RFC 9106, section 5.3.
    #[test]
    fn published_vector() {
        let params = ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .output_len(32)
            .data(AssociatedData::new(&[4; 12]).unwrap())
            .build()
            .unwrap();
        let mut tag = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .unwrap()
            .hash_password_into(&[1; 32], &[2; 16], &mut tag)
            .unwrap();
        assert_eq!(
            hex::encode(tag),
            "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
        );
    }
}
