//! How the care is paid, and with it whether a BSN must or may not be held (B7, B9).

use crate::document::code::FundingSet;
use crate::document::layout::{self, BSN, CLIENT};
use crate::document::value::Write;
use crate::edit::{CareKind, ClientField, Funding};
use crate::id::ClientId;
use crate::problem::{Fault, Field, Problem};

use super::check::Check;
use super::client::checked_bsn;
use super::history::Change;
use super::{
    Applied, AuditKind, Context, Workspace, author, commit, event, guard, identity, not_possible,
    opened,
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
    let mut check = Check::new(ctx.now_ms, set.needs_bsn());
    if set.funding.is_empty() {
        check.refuse(Field::Funding, Fault::Missing, Some("B7"));
    } else if !set.needs_bsn() && holds_bsn {
        check.refuse(Field::Funding, Fault::NotPossible, Some("B9"));
    } else if set == current && dossier.other_texts(&key).is_empty() {
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
        commit(
            document,
            &[
                Write::text(CLIENT, client.to_string()),
                Write::text(BSN, bsn.digits()),
            ],
        )?;
    }
    let is_undoable = set.needs_bsn() == current.needs_bsn();
    let change = Change {
        field: ClientField::Funding,
        from: current.stored(),
        to: set.stored(),
        undoes: None,
    };
    let (batch, id) = change.batch(author, ctx);
    commit(dossier, &batch)?;
    Ok(Applied {
        undo: is_undoable.then_some(id),
        events: vec![event(AuditKind::Corrected, client, id)],
    })
}
