//! What the exports of a partner show, gathered from all files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lookup::Texts;

use super::facts::{Assignment, Delegation, Deny, Instant, Link, Logged, Schedule, Text, UnreadSchedule};

/// A file of evidence by its number.
pub(crate) type FileNumber = u32;

macro_rules! evidence_kinds {
    ($($(#[$docs:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What a file of evidence holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EvidenceKind { $($(#[$docs])* $variant),+ }

        impl EvidenceKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The kind as manifests spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The kind that manifests spell so.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
            }
        }
    };
}

evidence_kinds! {
    /// Role assignments of Azure subscriptions.
    RoleAssignments = "role_assignments",
    /// Role definitions, for the names of custom roles.
    RoleDefinitions = "role_definitions",
    /// Azure Lighthouse assignments with their definitions.
    LighthouseAssignments = "lighthouse_assignments",
    /// Linked partner ids of identities.
    PartnerLinks = "partner_links",
    /// Assignment schedule instances of Privileged Identity Management.
    PimAssignments = "pim_assignments",
    /// Eligibility schedule instances of Privileged Identity Management.
    PimEligibilities = "pim_eligibilities",
    /// Activity log entries of role assignments.
    ActivityLog = "activity_log",
    /// Role assignment change logs of the Azure CLI.
    ChangeLog = "change_log",
    /// Activity log entries of the managing tenant on delegations.
    DelegationLog = "delegation_log",
    /// Deny assignments.
    DenyAssignments = "deny_assignments",
    /// Members of groups.
    GroupMembers = "group_members",
    /// Management groups and the subscriptions below them.
    ManagementGroups = "management_groups",
    /// The partner's own agent groups, as the AOBO checker writes them.
    AoboChecker = "aobo_checker",
}

impl fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for EvidenceKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for EvidenceKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| D::Error::custom(format_args!("`{name}` is no kind of evidence")))
    }
}

/// What exports show of access: facts, each with the file it came from, and what each file covers.
///
/// Made by [`normalise::evidence`](crate::normalise::evidence). The order of reading does not matter.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub(crate) texts: Texts,
    pub(crate) files: Vec<EvidenceFile>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) delegations: Vec<Delegation>,
    pub(crate) links: Vec<Link>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) unread_schedules: Vec<UnreadSchedule>,
    pub(crate) logged: Vec<Logged>,
    pub(crate) denies: Vec<Deny>,
    /// Names of roles by their id, as definitions spell them.
    pub(crate) role_names: BTreeMap<Text, String>,
    /// Members of groups by the file that lists them: the newest list of a group is taken.
    pub(crate) members: Vec<(Text, FileNumber, Vec<Text>)>,
    /// Principals that are told to be groups.
    pub(crate) groups: BTreeSet<Text>,
    /// Principals that are told to be service principals.
    pub(crate) service_principals: BTreeSet<Text>,
    /// Ids of the subscriptions below management groups, at all levels, by the name of the group.
    pub(crate) management_groups: BTreeMap<Text, Vec<Text>>,
    /// Management groups below which a complete export lists all subscriptions.
    pub(crate) whole_management_groups: BTreeSet<Text>,
    /// Agent groups of a partner's tenant (number 0 where it is not told), as the AOBO checker wrote them.
    pub(crate) agent_groups: Vec<(Text, Text)>,
}

/// A file of evidence and what it covers.
#[derive(Clone, Debug)]
pub(crate) struct EvidenceFile {
    pub(crate) name: Arc<str>,
    pub(crate) kind: EvidenceKind,
    pub(crate) taken_at: Instant,
    /// It lists all there is for its subscriptions.
    pub(crate) complete: bool,
    /// It has entries that could not be read, or that are on pages which were not exported.
    pub(crate) unread: bool,
    pub(crate) subscriptions: Vec<Text>,
    /// The identities that were asked for their links, those that it lists included.
    pub(crate) identities: Vec<Text>,
    /// Where a log begins.
    pub(crate) from: Option<Instant>,
}

impl Evidence {
    /// No evidence.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The number of a principal, and what is told of its kind.
    pub(crate) fn principal(&mut self, id: &str, kind: &str) -> Text {
        let number = self.text(id);
        if kind.eq_ignore_ascii_case("ServicePrincipal")
            || kind.eq_ignore_ascii_case("#microsoft.graph.servicePrincipal")
        {
            self.service_principals.insert(number);
        }
        number
    }

    /// The number of a text.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        self.texts.number(text.trim())
    }
}
