//! How the care is paid, and with it whether a BSN must or may not be held (B7, B9).

use crate::document::code::{Code, FundingSet};
use crate::document::layout::{self, BSN, CHANGE, CLIENT, FIELD, TO};
use crate::document::value::Write;
use crate::edit::{CareKind, ClientField, Funding};
use crate::id::ClientId;
use crate::problem::{Fault, Field, Problem};
use crate::project::conflict::open_values;

use super::check::Check;
use super::client::checked_bsn;
use super::history::{Change, stamp};
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, identity, not_possible,
    opened, touch,
};

pub(super) fn change(
    client: ClientId,
    funding: &[Funding],
    is_personal_budget: bool,
    care_kinds: &[CareKind],
    typed_bsn: &str,
    docs: &mut Workspace<'_>,
    ctx: &mut Context<'_>,
) -> Result<Applied, Vec<Problem>> {
    let author = author(docs);
    let holds_bsn = identity::holds_bsn(docs);
    let dossier = opened(&mut docs.dossier)?;
    let set = FundingSet::new(funding, is_personal_budget, care_kinds);
    let current = guard::funding(dossier);
    let key = layout::client_key(ClientField::Funding);
    let open = open_values(dossier, ClientField::Funding.code(), &key);
    let mut check = Check::new(ctx.now_ms, set.needs_bsn());
    if set.funding.is_empty() {
        check.refuse(Field::Funding, Fault::Missing, Some("B7"));
    } else if !set.needs_bsn() && holds_bsn {
        check.refuse(Field::Funding, Fault::NotPossible, Some("B9"));
    } else if set == current && open.is_empty() {
        check.refuse(Field::Funding, Fault::Unchanged, None);
    }
    let bsn = if holds_bsn && typed_bsn.trim().is_empty() {
        None
    } else if holds_bsn && set.needs_bsn() {
        check.refuse(Field::Bsn, Fault::NotPossible, Some("B7"));
        None
    } else {
        checked_bsn(&mut check, &set, typed_bsn)
    };
    check.finish()?;

    if let Some(bsn) = bsn {
        let document = docs
            .identity
            .as_deref_mut()
            .ok_or_else(|| not_possible(Field::Whole))?;
        let line = stamp(author.clone(), ctx)
            .with_text(FIELD, BSN)
            .with_text(TO, bsn.digits());
        commit(
            document,
            &[
                Write::text(CLIENT, client.to_string()),
                Write::text(BSN, bsn.digits()),
                Write::Entry(layout::entry_key(CHANGE, ctx.fresh_entry()), line),
            ],
        )?;
    }
    // A BSN that came with it is not taken out again, and may not be held without a source that needs it (B9).
    let may_stand = |of: &FundingSet| of.needs_bsn() == set.needs_bsn();
    let is_undoable =
        may_stand(&current) || open.iter().any(|of| may_stand(&FundingSet::parse(of)));
    let change = Change::of_field(ClientField::Funding, current.stored(), set.stored());
    let (mut batch, id) = change.batch(dossier, author, ctx);
    batch.push(touch(dossier, ctx));
    commit(dossier, &batch)?;
    Ok(Applied {
        undo: is_undoable.then_some(id),
        events: vec![event(AuditKind::Corrected, client, id)],
    })
}
