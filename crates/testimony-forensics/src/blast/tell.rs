//! Turning what was reached into an answer. Every decision in it is read again from the ledger here, and its hash checked.

use testimony_ledger::read::objects::Objects as _;
use testimony_record::Uuid;
use testimony_record::entry::Body;
use testimony_record::label::Label;
use testimony_record::part::{Part, Role};

use super::answer::{Checked, Direct, Downstream, Inferred};
use super::flows::{Case, Held, Way};
use super::near::Nearness;
use super::objects::Object;
use super::order::Span;
use super::origin::First;
use super::reason::Reason;
use super::scan::Scan;
use super::unfollowed::{Unfollowed, What};
use super::walk::Reached;
use crate::casebook::Casebook;
use crate::index;

/// What a walk found, to be told.
pub(super) struct Telling<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) scan: &'a Scan,
}

/// What reading the decisions again shows.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) checked: Checked,
    pub(super) unfollowed: Vec<Unfollowed>,
}

impl Telling<'_> {
    pub(super) fn direct(&self, first: &First, near: Option<(Object, Nearness)>) -> Option<Direct> {
        let case = self.case(first.case)?;
        let inferred = near.map(|(object, nearness)| {
            let digest = self.scan.objects.digest(object);
            Inferred { digest, nearness }
        });
        Some(Direct {
            id: case.id,
            site: case.site.to_string(),
            began_us: case.began_us,
            how: first.how,
            via: first.held.as_ref().map(|held| self.via(held)),
            inferred,
        })
    }

    fn via(&self, held: &Held) -> String {
        let name = self.scan.flows.name_of(held).map(ToString::to_string);
        part_name(held.role, name.as_deref())
    }

    pub(super) fn downstream(
        &self,
        number: Case,
        reached: &Reached,
        inferred: bool,
    ) -> Option<Downstream> {
        let case = self.case(number)?;
        Some(Downstream {
            id: case.id,
            site: case.site.to_string(),
            began_us: case.began_us,
            depth: reached.depth,
            from: self.case(reached.from)?.id,
            edge: reached.edge,
            digest: reached.object.and_then(|object| self.scan.objects.digest(object)),
            inferred,
        })
    }

    /// What decides the order in which decisions are told.
    pub(super) fn key(&self, case: Case) -> Option<(u64, Uuid, u64)> {
        self.scan.flows.span(case).map(Span::key)
    }

    pub(super) fn case(&self, case: Case) -> Option<&index::Case> {
        self.casebook.index.case(case as usize)
    }

    /// Reads the decisions again.
    pub(super) fn read(&self, cases: &[Case]) -> Reading {
        let mut reading = Reading::default();
        for case in cases.iter().filter_map(|&case| self.case(case)) {
            self.read_one(case, &mut reading);
            self.strangers(case, &mut reading.unfollowed);
        }
        reading
    }

    fn read_one(&self, case: &index::Case, reading: &mut Reading) {
        let reread = self.casebook.reader.entry(&case.at).ok().filter(|reread| reread.sealed);
        let Some(Body::Decision(decision)) = reread.map(|reread| reread.entry.body) else {
            reading.checked.not_sealed.push(case.id);
            let altered = Unfollowed::of(case.id, What::Entry, None, Reason::Altered);
            return reading.unfollowed.push(altered);
        };
        reading.checked.sealed += 1;
        let body = Body::Decision(decision);
        let parts = self.casebook.reader.archive.parts(&body).unwrap_or_else(|_| {
            let gone = Unfollowed::of(case.id, What::PutOut, None, Reason::Missing);
            reading.unfollowed.push(gone);
            body.parts().0.to_vec()
        });
        let put_out = parts.iter().filter(|part| Way::of(part.role) == Some(Way::Out));
        let lacking = put_out.filter_map(|part| Some((part, self.lack(part)?)));
        reading.unfollowed.extend(lacking.map(|(part, why)| {
            let name = part_name(part.role, part.name.as_ref().map(Label::as_str));
            Unfollowed::of(case.id, What::PutOut, Some(name), why)
        }));
    }

    /// Why a part, or something in it, is not as it was.
    fn lack(&self, part: &Part) -> Option<Reason> {
        Reason::of_part(part).or_else(|| {
            let objects = &self.scan.objects;
            let held = objects.held_by(objects.with_digest(part.digest()?)?);
            Reason::of(held.into_iter().map(|object| objects.state(object)).min()?)
        })
    }

    /// Decisions that it names and that this ledger does not hold.
    fn strangers(&self, case: &index::Case, unfollowed: &mut Vec<Unfollowed>) {
        let strange = |id: &Uuid| self.casebook.index.numbers(id).is_empty();
        let named =
            |what, id: &Uuid| Unfollowed::of(case.id, what, Some(id.to_string()), Reason::NotHeld);
        let causes = case.causes.iter().filter(|id| strange(id));
        unfollowed.extend(causes.map(|id| named(What::Cause, id)));
        let parent = case.parent.iter().filter(|id| strange(id));
        unfollowed.extend(parent.map(|id| named(What::Parent, id)));
    }
}

/// A role and, after a colon, a name.
fn part_name(role: Role, name: Option<&str>) -> String {
    let role = role.as_str();
    name.map_or_else(|| role.to_owned(), |name| format!("{role}:{name}"))
}
