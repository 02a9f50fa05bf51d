//! Opening a dossier (B1) and changing one field of a client's data.

use crate::document::code::{Code, FundingSet};
use crate::document::layout::{self, BSN, CLIENT, OPENED_AT};
use crate::document::value::{Scalar, Write};
use crate::edit::{ClientField, ClientInput};
use crate::id::ClientId;
use crate::problem::{Fault, Field, Problem};
use crate::project::conflict::open_values;
use crate::value::birth::{BirthDate, BirthDateError};
use crate::value::bsn::Bsn;
use crate::value::date::DateError;
use crate::value::name::NAME_CHARS_MAX;
use crate::value::phone::{Phone, PhoneError};
use crate::value::postcode::{Postcode, PostcodeError};

use super::check::{Check, Required};
use super::history::Change;
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, not_possible, opened,
    touch,
};

const OPENED_BY: &str = "opened_by";
const OPENED_DEVICE: &str = "opened_device";

pub(super) fn create(
    client: ClientId,
    input: &ClientInput,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let set = FundingSet::new(&input.funding, input.is_personal_budget, &input.care_kinds);
    let mut check = Check::new(ctx.now_ms, set.needs_bsn());
    let fields: Vec<(ClientField, String)> = form(input)
        .into_iter()
        .map(|(field, typed)| (field, stored_value(&mut check, field, typed)))
        .collect();
    if set.funding.is_empty() {
        check.refuse(Field::Funding, Fault::Missing, Some("B7"));
    }
    let bsn = checked_bsn(&mut check, &set, &input.bsn);
    check.finish()?;

    let author = author(docs);
    let held = docs
        .identity
        .as_ref()
        .and_then(|identity| identity.text(BSN));
    let dossier = docs
        .dossier
        .as_deref_mut()
        .ok_or_else(|| not_possible(Field::Whole))?;
    let mut wanted: Vec<(String, String)> = fields
        .into_iter()
        .map(|(field, value)| (layout::client_key(field), value))
        .collect();
    wanted.push((layout::client_key(ClientField::Funding), set.stored()));
    wanted.push((CLIENT.to_owned(), client.to_string()));
    if dossier.int(OPENED_AT).is_some() {
        let is_same = wanted
            .iter()
            .all(|(key, value)| dossier.text(key).unwrap_or_default() == *value)
            && held == bsn.map(|bsn| bsn.digits());
        return if is_same {
            Ok(Applied::default())
        } else {
            Err(not_possible(Field::Whole))
        };
    }

    let mut batch: Vec<Write> = wanted
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| Write::text(key, value))
        .collect();
    batch.push(Write::Register(
        OPENED_AT.to_owned(),
        Scalar::Int(ctx.now_ms),
    ));
    batch.push(Write::text(OPENED_BY, author));
    batch.push(Write::text(OPENED_DEVICE, ctx.device_name.clone()));
    batch.push(touch(dossier, ctx));
    if let Some(bsn) = bsn {
        let identity = docs
            .identity
            .as_deref_mut()
            .ok_or_else(|| not_possible(Field::Whole))?;
        commit(
            identity,
            &[
                Write::text(CLIENT, client.to_string()),
                Write::text(BSN, bsn.digits()),
            ],
        )?;
    }
    commit(dossier, &batch)?;
    Ok(Applied {
        undo: None,
        events: vec![event(AuditKind::Created, client, None)],
    })
}

pub(super) fn change(
    client: ClientId,
    field: ClientField,
    value: &str,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let dossier = opened(&mut docs.dossier)?;
    if field == ClientField::Funding {
        return Err(not_possible(Field::Funding));
    }
    let mut check = Check::new(ctx.now_ms, guard::needs_bsn(dossier));
    let to = stored_value(&mut check, field, value);
    let key = layout::client_key(field);
    let from = dossier.text(&key).unwrap_or_default();
    let is_settled = open_values(dossier, field.code(), &key).is_empty();
    check.finish()?;
    if from == to && is_settled {
        return Err(vec![Problem {
            field: Field::Client(field),
            fault: Fault::Unchanged,
            rule: None,
        }]);
    }
    let (mut batch, id) = Change::of_field(field, from, to).batch(dossier, author, ctx);
    batch.push(touch(dossier, ctx));
    commit(dossier, &batch)?;
    Ok(Applied {
        undo: Some(id),
        events: vec![event(AuditKind::Corrected, client, id)],
    })
}

/// The BSN that the funding asks for, if it does (B7); refuses one that may not be held (B9).
pub(super) fn checked_bsn(check: &mut Check, set: &FundingSet, typed: &str) -> Option<Bsn> {
    if set.needs_bsn() {
        return check.bsn(typed);
    }
    if !typed.trim().is_empty() {
        check.refuse(Field::Bsn, Fault::BsnNotAllowed, Some("B9"));
    }
    None
}

fn form(input: &ClientInput) -> [(ClientField, &str); 10] {
    [
        (ClientField::FirstName, &input.first_name),
        (ClientField::Infix, &input.infix),
        (ClientField::LastName, &input.last_name),
        (ClientField::BirthDate, &input.birth_date),
        (ClientField::Street, &input.street),
        (ClientField::Postcode, &input.postcode),
        (ClientField::Place, &input.place),
        (ClientField::Phone, &input.phone),
        (ClientField::RequestedOn, &input.requested_on),
        (ClientField::StartsOn, &input.starts_on),
    ]
}

/// What is typed in a field, as it is stored.
fn stored_value(check: &mut Check, field: ClientField, typed: &str) -> String {
    let place = Field::Client(field);
    let refused = match field {
        ClientField::FirstName | ClientField::LastName => {
            return check.line(place, typed, NAME_CHARS_MAX, Required::Yes(None));
        }
        ClientField::Infix | ClientField::Street | ClientField::Place | ClientField::Funding => {
            return check.line(place, typed, NAME_CHARS_MAX, Required::No);
        }
        ClientField::StartsOn => {
            return check
                .date(place, typed, Required::No)
                .map(|date| date.to_string())
                .unwrap_or_default();
        }
        ClientField::RequestedOn => {
            let Some(date) = check.date(place, typed, Required::Yes(Some("A22"))) else {
                return String::new();
            };
            if date <= check.today {
                return date.to_string();
            }
            (Fault::InFuture, Some("A22"))
        }
        ClientField::BirthDate => match BirthDate::parse(typed, check.today) {
            Ok(birth) if birth.is_unusual(check.today) => (Fault::TooLongAgo, None),
            Ok(birth) => return birth.stored(),
            Err(BirthDateError::Date(DateError::Empty)) => (Fault::Missing, None),
            Err(BirthDateError::Future) => (Fault::InFuture, None),
            Err(_) => (Fault::Malformed, None),
        },
        ClientField::Postcode => match Postcode::parse(typed) {
            Ok(postcode) => return postcode.as_str().to_owned(),
            Err(PostcodeError::Empty) => return String::new(),
            Err(_) => (Fault::Malformed, None),
        },
        ClientField::Phone => match Phone::parse(typed) {
            Ok(phone) => return phone.as_str().to_owned(),
            Err(PhoneError::Empty) => return String::new(),
            Err(_) => (Fault::Malformed, None),
        },
    };
    check.refuse(place, refused.0, refused.1);
    String::new()
}
