//! A file on its way into the evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::EvidenceInput;
use super::detect::{kinds_of, may_lack_signs};
use super::document::{Document, Extent, Item};
use super::entry::{Entry, Issues, Unread};
use super::summary::{CannotShow, EvidenceIssue, EvidenceSummary, PassedOver};
use crate::access::{Evidence, EvidenceFile, EvidenceKind, FileNumber, Instant, LoggedOf, Place, Text};
use crate::ids::SubscriptionId;
use crate::read::shorten;
use crate::resource::ArmScope;

/// How many issues of a file are kept whole: one of only broken entries must not fill memory.
const MAX_ISSUES: usize = 10_000;

/// The evidence, and what is told of the file that is being read.
pub(super) struct Reading<'e> {
    pub(super) evidence: &'e mut Evidence,
    pub(super) kind: EvidenceKind,
    /// The group whose members are listed.
    pub(super) group: Option<&'e str>,
    /// The identities that were asked for their links.
    pub(super) identities: BTreeSet<Text>,
    pub(super) cannot_show: BTreeSet<CannotShow>,
    /// It is said to list all there is.
    pub(super) said_complete: bool,
    /// The subscriptions it is said to be about.
    pub(super) subscriptions: &'e [String],
    pub(super) taken_at: Instant,
    file: FileNumber,
    name: Arc<str>,
    extent: Extent,
    passed_over: BTreeMap<PassedOver, u32>,
    issues: Vec<EvidenceIssue>,
    issue_count: u32,
}

/// Why there is no fact.
pub(super) enum NoFact {
    Unread(Unread),
    PassedOver(PassedOver),
}

/// What reading an entry gives.
pub(super) type Taken = Result<(), NoFact>;

impl From<Unread> for NoFact {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

impl From<PassedOver> for NoFact {
    fn from(why: PassedOver) -> Self {
        Self::PassedOver(why)
    }
}

impl<'e> Reading<'e> {
    pub(super) fn new(evidence: &'e mut Evidence, input: &'e EvidenceInput<'_>, kind: EvidenceKind) -> Self {
        // Four billion files do not fit memory.
        let file = FileNumber::try_from(evidence.files.len()).unwrap_or(FileNumber::MAX);
        let identities = input.identities.iter().map(|id| evidence.text(id)).collect();
        Self {
            evidence,
            kind,
            group: input.group.as_deref(),
            identities,
            cannot_show: BTreeSet::new(),
            said_complete: input.complete,
            subscriptions: &input.subscriptions,
            taken_at: input.taken_at,
            file,
            name: Arc::clone(&input.name),
            extent: Extent::default(),
            passed_over: BTreeMap::new(),
            issues: Vec::new(),
            issue_count: 0,
        }
    }

    pub(super) const fn place(&self, entry: u32) -> Place {
        Place { file: self.file, entry }
    }

    /// Was all of it read, and is it all there is?
    pub(super) const fn is_whole(&self) -> bool {
        !self.extent.continued && self.issue_count == 0
    }

    /// Where the first entry of its next page would be; `None` where no page leads to another.
    pub(super) fn next_page(&self) -> Option<Place> {
        self.extent.continued.then(|| self.place(self.extent.entries.saturating_add(1)))
    }

    /// The number of the file.
    pub(super) const fn file(&self) -> FileNumber {
        self.file
    }

    /// Reads every entry; one that cannot be read, or is no fact, is told and the next one is read.
    pub(super) fn each<'a>(
        &mut self,
        document: &Document<'a>,
        mut read: impl FnMut(&mut Self, &Entry<'a>, Place) -> Taken,
    ) {
        self.each_item(document, |reading, item, place| match item {
            Item::Entry(entry) => read(reading, entry, place),
            Item::Other(value) => Err(Unread::new("", value.shown(), "an object").into()),
        });
    }

    /// The same, where an entry need not be an object.
    pub(super) fn each_item<'a>(
        &mut self,
        document: &Document<'a>,
        mut read: impl FnMut(&mut Self, &Item<'a>, Place) -> Taken,
    ) {
        self.extent = document.each(&mut |number, item| {
            let place = self.place(number);
            let taken = self.fits(&item).and_then(|()| read(self, &item, place));
            self.note(number, taken);
            ControlFlow::Continue(())
        });
    }

    /// Is it an entry of this kind, and not the answer of an export that failed?
    fn fits(&self, item: &Item<'_>) -> Taken {
        let Item::Entry(entry) = item else { return Ok(()) };
        if let Some(code) = entry.error() {
            return Err(Unread::new("error", code, "an entry; the export failed, repeat it").into());
        }
        let kinds = kinds_of(entry);
        let is_one = kinds.is_empty() || kinds.contains(&self.kind) || may_lack_signs(entry, self.kind);
        if is_one { Ok(()) } else { Err(PassedOver::OtherKind.into()) }
    }

    /// Tells of an entry of which the rest is a fact.
    pub(super) fn note_all(&mut self, entry: u32, issues: Issues) {
        issues.0.into_iter().for_each(|unread| self.note(entry, Err(unread.into())));
    }

    /// Tells of an entry that is no fact.
    pub(super) fn note(&mut self, entry: u32, taken: Taken) {
        match taken {
            Ok(()) => {}
            Err(NoFact::PassedOver(why)) => *self.passed_over.entry(why).or_default() += 1,
            Err(NoFact::Unread(Unread { field, found, expected })) => {
                self.issue_count = self.issue_count.saturating_add(1);
                if self.issues.len() < MAX_ISSUES {
                    let (file, found) = (Arc::clone(&self.name), shorten(&found));
                    self.issues.push(EvidenceIssue {
                        file,
                        entry,
                        field: field.into_owned(),
                        found,
                        expected: expected.to_owned(),
                    });
                }
            }
        }
    }

    /// Says how many entries there are in what is no JSON.
    pub(super) const fn set_entries(&mut self, entries: u32) {
        self.extent = Extent { entries, continued: false };
    }

    /// Is it of other subscriptions than it is said to be? It has entries in others then, and none in those. What is above
    /// subscriptions stands in the exports of all, and the log of a managing tenant is of all its customers.
    fn is_of_others(&self, input: &EvidenceInput<'_>) -> bool {
        let evidence = &*self.evidence;
        let is_claimed = |id: SubscriptionId<'_>| {
            input.subscriptions.iter().any(|claimed| claimed.trim().eq_ignore_ascii_case(id.as_str()))
        };
        let scopes = listed_scopes(evidence, self.file);
        let places = || scopes.iter().filter_map(|scope| ArmScope::parse(evidence.texts.get(*scope)).ok());
        let mut listed = places().filter_map(ArmScope::subscription).peekable();
        let of_some = !input.subscriptions.is_empty() && self.kind != EvidenceKind::DelegationLog;
        of_some && listed.peek().is_some() && !listed.any(is_claimed)
    }

    /// Keeps the file and says what it holds.
    pub(super) fn finish(mut self, input: &EvidenceInput<'_>) -> EvidenceSummary {
        self.look_for_gaps(input);
        let complete = input.complete && self.cannot_show.iter().all(|gap| !leaves_open(*gap));
        let subscriptions: Vec<Text> = input.subscriptions.iter().map(|id| self.evidence.text(id)).collect();
        let names = subscriptions.iter().map(|id| self.evidence.texts.get(*id).to_owned()).collect();
        // Which it is about is then not known.
        let of_others = self.cannot_show.contains(&CannotShow::OtherSubscriptions);
        self.evidence.files.push(EvidenceFile {
            name: Arc::clone(&self.name),
            kind: self.kind,
            taken_at: input.taken_at,
            complete,
            unread: !self.is_whole(),
            subscriptions: if of_others { Vec::new() } else { subscriptions },
            identities: self.identities.into_iter().collect(),
            from: input.from,
        });
        EvidenceSummary {
            name: self.name,
            kind: self.kind,
            taken_at: input.taken_at,
            entries: self.extent.entries,
            passed_over: self.passed_over,
            issues: self.issues,
            issue_count: self.issue_count,
            complete,
            subscriptions: names,
            cannot_show: self.cannot_show,
        }
    }

    /// What a file of this kind never shows, and what this one does not.
    fn look_for_gaps(&mut self, input: &EvidenceInput<'_>) {
        use CannotShow as Gap;
        let kind = self.kind;
        let of_kind: &[Gap] = match kind {
            EvidenceKind::RoleAssignments => &[Gap::Delegations, Gap::EarlierAccess, Gap::Activations],
            EvidenceKind::LighthouseAssignments
            | EvidenceKind::PimAssignments
            | EvidenceKind::PimEligibilities
            | EvidenceKind::DenyAssignments => &[Gap::EarlierAccess],
            EvidenceKind::PartnerLinks => &[Gap::OtherIdentities],
            EvidenceKind::ActivityLog | EvidenceKind::ChangeLog | EvidenceKind::DelegationLog => &[Gap::BeforeTheLog],
            EvidenceKind::AoboChecker => &[Gap::RolesOfAgentGroups],
            EvidenceKind::RoleDefinitions | EvidenceKind::GroupMembers | EvidenceKind::ManagementGroups => &[],
        };
        let of_all = [EvidenceKind::PartnerLinks, EvidenceKind::GroupMembers, EvidenceKind::ManagementGroups];
        let proves_absence = covers_subscriptions(kind) || of_all.contains(&kind);
        let no_subscriptions = input.complete && input.subscriptions.is_empty() && kind != EvidenceKind::DelegationLog;
        let begins = input.from.map_or(kind != EvidenceKind::ChangeLog, |from| from <= input.taken_at);
        let gaps = [
            (Gap::Absence, proves_absence && !input.complete),
            (Gap::FurtherPages, self.extent.continued),
            (Gap::UnreadEntries, self.issue_count > 0),
            (Gap::Subscriptions, covers_subscriptions(kind) && no_subscriptions),
            (Gap::StartOfLog, input.complete && !begins),
            (Gap::OtherSubscriptions, self.is_of_others(input)),
        ];
        self.cannot_show.extend(of_kind);
        self.cannot_show.extend(gaps.into_iter().filter(|(_, is)| *is).map(|(gap, _)| gap));
    }
}

/// Where the facts of a file are; it is the last that was read.
fn listed_scopes(evidence: &Evidence, file: FileNumber) -> BTreeSet<Text> {
    let assignments = evidence.assignments.iter().rev().map(|fact| (fact.place, fact.scope));
    let delegations = evidence.delegations.iter().rev().map(|fact| (fact.place, fact.scope));
    let schedules = evidence.schedules.iter().rev().map(|fact| (fact.place, fact.scope));
    let denies = evidence.denies.iter().rev().map(|fact| (fact.place, fact.scope));
    let logged = evidence.logged.iter().rev().map(|fact| {
        let (LoggedOf::Assignment { scope, .. } | LoggedOf::Delegation { scope }) = fact.of;
        (fact.place, scope)
    });
    let of_file = |(place, _): &(Place, Text)| place.file == file;
    (assignments.take_while(of_file).chain(delegations.take_while(of_file)).chain(schedules.take_while(of_file)))
        .chain(denies.take_while(of_file))
        .chain(logged.take_while(of_file))
        .map(|(_, scope)| scope)
        .collect()
}

/// Is a file of this kind complete for some subscriptions?
const fn covers_subscriptions(kind: EvidenceKind) -> bool {
    matches!(
        kind,
        EvidenceKind::RoleAssignments
            | EvidenceKind::LighthouseAssignments
            | EvidenceKind::PimAssignments
            | EvidenceKind::PimEligibilities
            | EvidenceKind::ActivityLog
            | EvidenceKind::ChangeLog
            | EvidenceKind::DelegationLog
            | EvidenceKind::DenyAssignments
    )
}

/// Does this gap leave open whether something is there?
const fn leaves_open(gap: CannotShow) -> bool {
    matches!(
        gap,
        CannotShow::FurtherPages
            | CannotShow::UnreadEntries
            | CannotShow::DelegatedRoles
            | CannotShow::StartOfLog
            | CannotShow::OtherSubscriptions
            | CannotShow::FurtherMembers
    )
}
