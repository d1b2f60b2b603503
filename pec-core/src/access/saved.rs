//! Evidence as bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::evidence::{EvidenceFile, FileNumber};
use super::facts::{
    Assignment, Delegation, Deny, Instant, Link, Logged, LoggedOf, Place, Schedule, Text, UnreadSchedule,
};
use super::{Evidence, EvidenceKind};
use crate::lookup::Texts;
use crate::saved::{Form, SavedError};

const FORM: Form = Form::new("evidence", 3);

/// Texts are given by their place in `texts`, files by theirs in `files`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    texts: Vec<String>,
    files: Vec<SavedFile>,
    assignments: Vec<Assignment>,
    delegations: Vec<Delegation>,
    links: Vec<Link>,
    schedules: Vec<Schedule>,
    unread_schedules: Vec<UnreadSchedule>,
    logged: Vec<Logged>,
    denies: Vec<Deny>,
    role_names: BTreeMap<Text, String>,
    members: Vec<(Text, FileNumber, Vec<Text>)>,
    groups: BTreeSet<Text>,
    service_principals: BTreeSet<Text>,
    management_groups: BTreeMap<Text, Vec<Text>>,
    whole_management_groups: BTreeSet<Text>,
    agent_groups: Vec<(Text, Text)>,
}

/// Name, kind, when it was taken, is it complete, are entries unread; subscriptions, identities, where a log begins.
type SavedFile = (String, EvidenceKind, Instant, bool, bool, Vec<Text>, Vec<Text>, Option<Instant>);

impl Evidence {
    /// The evidence as bytes, for another process: the facts that were read, with the names of their files.
    ///
    /// ```
    /// use pec_core::access::Evidence;
    /// let bytes = Evidence::new().to_bytes()?;
    /// assert_eq!(Evidence::from_bytes(&bytes)?.to_bytes()?, bytes);
    /// # Ok::<(), pec_core::saved::SavedError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SavedError`] where it cannot be written; no evidence is known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SavedError> {
        let of = self.clone();
        let file = |file: EvidenceFile| {
            let EvidenceFile { name, kind, taken_at, complete, unread, subscriptions, identities, from } = file;
            (name.to_string(), kind, taken_at, complete, unread, subscriptions, identities, from)
        };
        FORM.bytes_of(Saved {
            texts: of.texts.iter().map(str::to_owned).collect(),
            files: of.files.into_iter().map(file).collect(),
            assignments: of.assignments,
            delegations: of.delegations,
            links: of.links,
            schedules: of.schedules,
            unread_schedules: of.unread_schedules,
            logged: of.logged,
            denies: of.denies,
            role_names: of.role_names,
            members: of.members,
            groups: of.groups,
            service_principals: of.service_principals,
            management_groups: of.management_groups,
            whole_management_groups: of.whole_management_groups,
            agent_groups: of.agent_groups,
        })
    }

    /// The evidence of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        let saved: Saved = FORM.content_of(bytes)?;
        let mut texts = Texts::default();
        for (place, text) in (0..).zip(&saved.texts) {
            if texts.number(text) != place {
                return Err(FORM.problem("a text is there twice, or is not in lower case"));
            }
        }
        saved.check()?;
        let file = |(name, kind, taken_at, complete, unread, subscriptions, identities, from): SavedFile| {
            EvidenceFile { name: name.into(), kind, taken_at, complete, unread, subscriptions, identities, from }
        };
        Ok(Self {
            texts,
            files: saved.files.into_iter().map(file).collect(),
            assignments: saved.assignments,
            delegations: saved.delegations,
            links: saved.links,
            schedules: saved.schedules,
            unread_schedules: saved.unread_schedules,
            logged: saved.logged,
            denies: saved.denies,
            role_names: saved.role_names,
            members: saved.members,
            groups: saved.groups,
            service_principals: saved.service_principals,
            management_groups: saved.management_groups,
            whole_management_groups: saved.whole_management_groups,
            agent_groups: saved.agent_groups,
        })
    }
}

impl Saved {
    /// Every number points to something.
    fn check(&self) -> Result<(), SavedError> {
        self.texts_of_facts().chain(self.other_texts()).try_for_each(|text| FORM.found(&self.texts, text).map(drop))?;
        self.files_of_facts().try_for_each(|file| FORM.found(&self.files, file).map(drop))
    }

    fn texts_of_facts(&self) -> impl Iterator<Item = Text> {
        let assignments = self.assignments.iter().flat_map(|of| [of.scope, of.role, of.principal, of.name]);
        let delegations = self.delegations.iter().flat_map(|of| {
            let (principal, role) = of.authorization.unwrap_or_default();
            [of.scope, of.tenant, of.name, principal, role]
        });
        let links = self.links.iter().flat_map(|of| [of.object, of.tenant, of.partner]);
        let schedules = self.schedules.iter().flat_map(|of| [of.scope, of.role, of.principal]);
        let unread = self.unread_schedules.iter().flat_map(|of| [of.scope, of.role, of.principal]);
        let logged = self.logged.iter().flat_map(|of| match of.of {
            LoggedOf::Assignment { scope, role, principal, .. } => [scope, role, principal],
            LoggedOf::Delegation { scope } => [scope; 3],
        });
        let denies = (self.denies.iter())
            .flat_map(|of| [of.id, of.scope].into_iter().chain(of.principals.iter().chain(&of.excluded).copied()));
        assignments.chain(delegations).chain(links).chain(schedules).chain(unread).chain(logged).chain(denies)
    }

    fn other_texts(&self) -> impl Iterator<Item = Text> {
        let files =
            self.files.iter().flat_map(|(.., subscriptions, identities, _)| subscriptions.iter().chain(identities));
        let members = self.members.iter().flat_map(|(group, _, members)| std::iter::once(group).chain(members));
        let below = self.management_groups.iter().flat_map(|(group, below)| std::iter::once(group).chain(below));
        let agents = self.agent_groups.iter().flat_map(|(tenant, group)| [tenant, group]);
        let principals = self.groups.iter().chain(&self.service_principals);
        let rest = self.role_names.keys().chain(principals).chain(&self.whole_management_groups);
        files.chain(members).chain(below).chain(agents).chain(rest).copied()
    }

    fn files_of_facts(&self) -> impl Iterator<Item = FileNumber> {
        let assignments = self.assignments.iter().map(|of| of.place);
        let delegations = self.delegations.iter().map(|of| of.place);
        let links = self.links.iter().map(|of| of.place);
        let schedules = self.schedules.iter().map(|of| of.place);
        let unread = self.unread_schedules.iter().map(|of| of.place);
        let logged = self.logged.iter().map(|of| of.place);
        let denies = self.denies.iter().map(|of| of.place);
        let places =
            assignments.chain(delegations).chain(links).chain(schedules).chain(unread).chain(logged).chain(denies);
        places.map(|Place { file, .. }| file).chain(self.members.iter().map(|(_, file, _)| *file))
    }
}
