//! What was found in a file of evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::access::EvidenceKind;

/// What a file of evidence holds, what it covers, and what it cannot show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceSummary {
    /// The file.
    pub name: Arc<str>,
    /// What it holds.
    pub kind: EvidenceKind,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// How many entries it has.
    pub entries: u32,
    /// How many entries were passed over, and why.
    pub passed_over: BTreeMap<PassedOver, u32>,
    /// Entries, or parts of them, that cannot be read; the first 10,000.
    pub issues: Vec<EvidenceIssue>,
    /// How many there are, kept or not.
    pub issue_count: u32,
    /// It proves the absence of what it does not list: it was said to be complete, and nothing in it says otherwise.
    pub complete: bool,
    /// The Azure subscriptions it was said to be about, in lower case.
    pub subscriptions: Vec<String>,
    /// What it cannot show.
    pub cannot_show: BTreeSet<CannotShow>,
}

/// An entry that cannot be read: where, what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[error("{file}: entry {entry}, `{field}`: found `{found}`, expected {expected}")]
pub struct EvidenceIssue {
    /// The file.
    #[serde(serialize_with = "text", deserialize_with = "shared")]
    pub file: Arc<str>,
    /// The entry in it; the first is 1. Entries of all pages are counted through.
    pub entry: u32,
    /// The field, as the Azure CLI spells it; blank where the entry as a whole is meant.
    pub field: String,
    /// What was found, at most 60 characters of it; blank where there is nothing.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

fn shared<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(deserializer).map(Into::into)
}

fn text<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

macro_rules! worded {
    ($(#[$docs:meta])* $name:ident { $($(#[$variant_docs:meta])* $variant:ident = $id:literal, $text:literal;)+ }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_docs])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as tables spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// What it means.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.text())
            }
        }
    };
}

worded! {
    /// Why an entry that can be read is no fact.
    PassedOver {
        /// It is of another kind, as rows of a whole Resource Graph table are.
        OtherKind = "other_kind", "of another kind";
        /// A log entry of another operation, or of another step of one.
        OtherOperation = "other_operation", "of another operation or step";
        /// An operation that failed.
        Failed = "failed", "of an operation that failed";
        /// A deletion of what was not there.
        NothingDeleted = "nothing_deleted", "of a deletion that found nothing";
        /// A delegation that is not in force.
        NotProvisioned = "not_provisioned", "of a delegation that is not in force";
        /// A classic administrator, which has no role definition.
        ClassicAdministrator = "classic_administrator", "of a classic administrator";
        /// A partner id that is no longer linked.
        InactiveLink = "inactive_link", "of a link that is not active";
        /// An agent group whose access earns nothing.
        OtherAgentGroup = "other_agent_group", "of an agent group whose access earns nothing";
        /// What the AOBO checker found at customers: roles by name only.
        CustomerRow = "customer_row", "of the AOBO checker on customers, which names roles without their ids";
    }
}

worded! {
    /// What a file of evidence cannot show.
    CannotShow {
        /// That something is not there.
        Absence = "absence",
            "that something is not there: it is not declared complete, so it proves only what it lists";
        /// What is on further pages.
        FurtherPages = "further_pages",
            "what is on further pages: its last page leads to another; export all pages";
        /// What its unreadable entries hold.
        UnreadEntries = "unread_entries", "what its unreadable entries hold; see the issues";
        /// Which subscriptions it is about.
        Subscriptions = "subscriptions",
            "for which subscriptions it is complete: name them as `subscriptions` in the manifest";
        /// Anything of the subscriptions it is said to be about.
        OtherSubscriptions = "other_subscriptions",
            "anything of the subscriptions it is said to be about: it lists others and none of these, so it proves nothing of \
             them; export them again, or name all that it lists as `subscriptions` in the manifest";
        /// When its assignments were made.
        CreationTimes = "creation_times",
            "since when: some entries have no creation time; export with the Azure CLI or REST, and the \
             activity log";
        /// What ended before it was taken.
        EarlierAccess = "earlier_access", "what ended before it was taken: export the activity log";
        /// Delegations.
        Delegations = "delegations",
            "Azure Lighthouse: export `az managedservices assignment list --include-definition true`";
        /// Whether an assignment was activated for a while.
        Activations = "activations",
            "whether an assignment was only activated for a while: export the assignment schedule instances";
        /// Roles of delegations.
        DelegatedRoles = "delegated_roles",
            "the roles of some delegations: export again with `--include-definition true`";
        /// Links of others.
        OtherIdentities = "other_identities",
            "links of identities that were not asked: nobody can see the link of another";
        /// What happened before a log begins.
        BeforeTheLog = "before_the_log", "what happened before it begins; Azure keeps 90 days";
        /// Where a change log begins.
        StartOfLog = "start_of_log",
            "where it begins: name `from` in the manifest, before `taken_at`; the command gives the last hour";
        /// Members that an expanded list leaves out.
        FurtherMembers = "further_members",
            "all members of some groups: `$expand` gives at most 20; export `groups/<id>/members`";
        /// Subscriptions of groups below.
        GroupsBelow = "groups_below", "subscriptions of groups below: export with `--expand --recurse`";
        /// Roles of agent groups.
        RolesOfAgentGroups = "roles_of_agent_groups",
            "the roles that agent groups hold: export role assignments";
    }
}
