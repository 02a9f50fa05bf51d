//! Names of the account's devices.

use crate::document::layout::device_key;
use crate::document::value::Write;
use crate::problem::{Fault, Field, Problem};
use crate::value::name::DEVICE_NAME_BYTES_MAX;

use super::check::{Check, Required};
use super::{Applied, AuditEvent, AuditKind, Context, Workspace, commit, not_possible};

pub(super) fn name(
    device: u16,
    name: &str,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let mut check = Check::new(ctx.now_ms, false);
    let field = Field::DeviceName;
    let name = check.line(field, name, DEVICE_NAME_BYTES_MAX, Required::Yes(None));
    if name.len() > DEVICE_NAME_BYTES_MAX {
        let limit = u32::try_from(DEVICE_NAME_BYTES_MAX).unwrap_or(u32::MAX);
        check.refuse(field, Fault::TooLong { limit }, None);
    }
    check.finish()?;
    let profile = docs
        .profile
        .as_deref_mut()
        .ok_or_else(|| not_possible(Field::Whole))?;
    let key = device_key(device);
    let earlier = profile.text(&key);
    if earlier.as_deref() == Some(name.as_str()) && profile.other_texts(&key).is_empty() {
        return Ok(Applied::default());
    }
    commit(profile, &[Write::text(key, name)])?;
    let kind = match earlier {
        Some(_) => AuditKind::Corrected,
        None => AuditKind::Entered,
    };
    Ok(Applied {
        undo: None,
        events: vec![AuditEvent {
            kind,
            client: None,
            object: None,
        }],
    })
}
