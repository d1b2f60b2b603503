//! What to run about a decision: commands with the ids of the case filled in.
//!
//! Nothing here decides. A command answers one finding, says who runs it, and asks for the narrowest role that does the work
//! (R12). `az` takes the same words in bash and in PowerShell.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Explanation;
use super::setting::visible;
use crate::access::{AccessExplanation, AccessPath, Counts, Finding, GrantExplanation};
use crate::eligibility::{Group, Owner, RuleId, rule};
use crate::partner::{Organization, Partner};
use crate::programme::{Programme, Role};
use crate::resource::ArmScope;

/// A command for the case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Command {
    /// The finding that it answers.
    pub answers: RuleId,
    /// What it does.
    pub purpose: Purpose,
    /// Who runs it.
    pub owner: Owner,
    /// The name of the role that it gives: one of the narrowest that do the work.
    pub role: Option<String>,
    /// The object id of the identity to be signed in as, where that is known.
    pub identity: Option<String>,
    /// That identity is told to be a service principal.
    pub service_principal: bool,
    /// The command; what only its owner knows stands in `<...>`.
    pub line: String,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Purpose {
    /// Finds the object id of the partner's agent group.
    FindAgentGroup,
    /// Gives the partner's agent group a role again.
    RestoreAobo,
    /// Gives an identity a role that stands.
    AssignRole,
    /// Delegates to the partner with a role that stands.
    Delegate,
    /// Links an identity to the partner id.
    LinkPartnerId,
    /// Links an identity to the partner id instead of another.
    RelinkPartnerId,
    /// Shows what denies.
    ShowDenyAssignments,
    /// Exports evidence that would settle it.
    Export,
}

impl Purpose {
    const fn text(self) -> &'static str {
        match self {
            Self::FindAgentGroup => "find the object id of your AdminAgents group",
            Self::RestoreAobo => "restore AOBO with a role that earns and does the work",
            Self::AssignRole => "assign a role that earns, does the work, and stands",
            Self::Delegate => "delegate with a role that earns, does the work, and stands",
            Self::LinkPartnerId => "link the identity",
            Self::RelinkPartnerId => "link the identity to your own partner id",
            Self::ShowDenyAssignments => "see what denies",
            Self::Export => "export what would settle it",
        }
    }
}

impl Command {
    /// What it does, with which role or as whom, and who runs it.
    #[must_use]
    pub fn purpose_text(&self) -> String {
        let what = self.purpose.text();
        let what = match (&self.role, &self.identity) {
            (Some(role), _) => format!("{what}: {role}"),
            (None, Some(identity)) if self.service_principal => {
                format!("{what}, signed in as the service principal {identity}")
            }
            (None, Some(identity)) => {
                format!("{what}, signed in as {identity} (a service principal with `--service-principal`)")
            }
            (None, None) => what.to_owned(),
        };
        format!("{what} [{}]", self.owner)
    }
}

/// A decision, and what its commands are filled in with.
struct Case<'a> {
    explanation: &'a Explanation,
    access: &'a AccessExplanation,
    partner: &'a Partner,
    /// The narrowest roles that do the work.
    roles: Vec<&'a Role>,
    found: BTreeSet<Command>,
}

/// The commands for a decision, in the order of its findings.
pub(super) fn commands(explanation: &Explanation, partner: &Partner, programme: &Programme) -> Vec<Command> {
    let by_design = explanation.primary.is_some_and(|id| rule(id).group == Group::ByDesign);
    let Some(access) = explanation.access.as_ref().filter(|_| !by_design) else { return Vec::new() };
    let types = explanation.resource_types.iter().map(String::as_str);
    let roles = programme.role_list().narrowest(types);
    let mut case = Case { explanation, access, partner, roles, found: BTreeSet::new() };
    for finding in &explanation.findings {
        if let Some(finding) = Finding::ALL.into_iter().find(|one| RuleId::of(*one) == *finding) {
            case.answer(finding);
        }
    }
    case.found.into_iter().collect()
}

impl<'a> Case<'a> {
    fn answer(&mut self, finding: Finding) {
        let answers = RuleId::of(finding);
        if self.explanation.is_mended(answers) {
            return;
        }
        match finding {
            Finding::NoAccess | Finding::OnlyOtherPartnerAccess => self.restore(answers),
            Finding::AccessPartOfDay if self.ended_within_the_day() => {
                let grants = self.access.grants.iter();
                grants.filter(|grant| grant.counts == Counts::PartOfDay).for_each(|grant| self.give(answers, grant));
            }
            Finding::RoleNotEligible | Finding::AccessJustInTime => {
                self.failing(finding).for_each(|grant| self.give(answers, grant));
            }
            Finding::PartnerIdNotLinked => self.link(answers, finding, Purpose::LinkPartnerId, "create"),
            Finding::PartnerIdOfOtherOrganization => self.link(answers, finding, Purpose::RelinkPartnerId, "update"),
            Finding::AccessDenied => {
                let of = "/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01";
                let url = quoted(&format!("https://management.azure.com{}{of}", self.explanation.scope));
                let line = format!("az rest --method get --url {url}");
                self.add(answers, Purpose::ShowDenyAssignments, Owner::Customer, line);
            }
            // Where it is the reseller that is not known, its groups are to be had from it alone.
            Finding::AgentGroupsUnknown if self.partner.organization.agent_groups.is_empty() => {
                self.find_agent_group(answers);
            }
            Finding::NoAccessEvidence
            | Finding::AccessChangeTimeUnknown
            | Finding::GroupMembersUnknown
            | Finding::LinkUnknown
            | Finding::ManagementGroupUnknown => {
                for line in self.exports(finding) {
                    self.add(answers, Purpose::Export, Owner::Partner, line);
                }
            }
            // Nothing that can be run.
            Finding::PartnerTypeCannotEarn
            | Finding::AgreementInactive
            | Finding::NotTransactingPartner
            | Finding::AccessPartOfDay
            | Finding::AgentGroupsUnknown
            | Finding::RoleUnlisted
            | Finding::AssignmentConditional => {}
        }
    }

    /// What to export, to settle what is not known.
    fn exports(&self, finding: Finding) -> Vec<String> {
        let subscription = quoted(&self.explanation.subscription);
        let of_grants = |line: &dyn Fn(&GrantExplanation) -> String| self.failing(finding).map(line).collect();
        if finding == Finding::GroupMembersUnknown {
            let groups: BTreeSet<_> = self.failing(finding).flat_map(|grant| &grant.groups_unknown).collect();
            let line = |group: &String| format!("az ad group member list --group {} -o json", quoted(group));
            return groups.into_iter().map(line).collect();
        }
        if finding == Finding::LinkUnknown {
            return of_grants(&|grant| {
                format!("{} && az managementpartner show -o json", self.sign_in(grant, &grant.principal))
            });
        }
        if finding == Finding::ManagementGroupUnknown {
            return of_grants(&|grant| {
                let group = quoted(grant.scope.rsplit('/').next().unwrap_or_default());
                format!("az account management-group show --name {group} --expand --recurse -o json")
            });
        }
        let assignments = format!("az role assignment list --all --subscription {subscription} -o json");
        if finding == Finding::AccessChangeTimeUnknown {
            let since = self.explanation.day;
            let log = format!(
                "az role assignment list-changelogs --subscription {subscription} --start-time {since}T00:00:00Z -o json"
            );
            // An export that tells of no time, as PowerShell's, is better replaced by one that does.
            let timeless = |grant: &GrantExplanation| grant.held.is_empty() && grant.path != AccessPath::Lighthouse;
            let again = self.failing(finding).any(timeless).then_some(assignments);
            return again.into_iter().chain([log]).collect();
        }
        let unread = self.unread(finding);
        if !unread.is_empty() && self.access.lacking.is_empty() {
            return unread;
        }
        let delegations = format!(
            "az managedservices assignment list --include-definition true --subscription {subscription} -o json"
        );
        [assignments, delegations].into_iter().chain(unread).collect()
    }

    /// What to export again, to put it in the place of what could not all be read.
    fn unread(&self, finding: Finding) -> Vec<String> {
        let of_subscription = format!("https://management.azure.com/subscriptions/{}", self.explanation.subscription);
        let kinds = [
            (
                self.failing(finding).any(|grant| !grant.denies_unread.is_empty()),
                "denyAssignments?api-version=2022-04-01",
            ),
            (
                self.failing(finding).any(|grant| !grant.activations_unread.is_empty()),
                "roleAssignmentScheduleInstances?api-version=2020-10-01",
            ),
        ];
        let line = |list: &str| {
            let url = quoted(&format!("{of_subscription}/providers/Microsoft.Authorization/{list}"));
            format!("az rest --method get --url {url}")
        };
        kinds.into_iter().filter(|(is, _)| *is).map(|(_, list)| line(list)).collect()
    }

    fn add(&mut self, answers: RuleId, purpose: Purpose, owner: Owner, line: String) {
        let (role, identity, service_principal) = (None, None, false);
        self.found.insert(Command { answers, purpose, owner, role, identity, service_principal, line });
    }

    /// A command that gives each of the narrowest roles.
    fn add_for_roles(&mut self, answers: RuleId, purpose: Purpose, line: impl Fn(&str) -> String) {
        for role in &self.roles {
            let (owner, name) = (Owner::Customer, Some(role.name().to_owned()));
            let (identity, service_principal, line) = (None, false, line(role.id()));
            self.found.insert(Command { answers, purpose, owner, role: name, identity, service_principal, line });
        }
    }

    /// Grants that this keeps from counting.
    fn failing(&self, finding: Finding) -> impl Iterator<Item = &'a GrantExplanation> + use<'a> {
        self.access.grants.iter().filter(move |grant| grant.because.contains(&finding))
    }

    /// Access ended within the day; where it only began, there is nothing to run.
    fn ended_within_the_day(&self) -> bool {
        let midnight = self.explanation.day.interval().until();
        self.access.uncovered.last().is_some_and(|span| span.until == Some(midnight))
    }

    /// A role that stands, for who holds a grant.
    fn give(&mut self, answers: RuleId, grant: &GrantExplanation) {
        let principal = quoted(&grant.principal);
        match grant.path {
            AccessPath::Aobo => self.assign(answers, Purpose::RestoreAobo, &principal, &self.scope_of(grant)),
            AccessPath::DirectRbac => self.assign(answers, Purpose::AssignRole, &principal, &self.scope_of(grant)),
            AccessPath::Lighthouse => {
                let (tenant, subscription) = (self.tenant_of(grant), quoted(&self.explanation.subscription));
                let group = match ArmScope::parse(&grant.scope).map_or("", ArmScope::resource_group) {
                    "" => String::new(),
                    group => format!(" --resource-group {}", quoted(group)),
                };
                self.add_for_roles(answers, Purpose::Delegate, |role| {
                    format!(
                        "az managedservices assignment create --subscription {subscription}{group} --definition \
                         $(az managedservices definition create --subscription {subscription} --name 'Managed services' \
                         --tenant-id {tenant} --principal-id {principal} --role-definition-id {role} --query id --output tsv)"
                    )
                });
            }
        }
    }

    /// What ceased to count last, where it was given; where nothing did, AOBO on all that the decision is on.
    fn restore(&mut self, answers: RuleId) {
        let lost = || self.access.grants.iter().filter(|grant| grant.counts == Counts::NotHeld);
        match lost().filter_map(|grant| grant.counted_until).max() {
            Some(last) => {
                let of_last: Vec<_> = lost().filter(|grant| grant.counted_until == Some(last)).collect();
                of_last.into_iter().for_each(|grant| self.give(answers, grant));
            }
            None => self.restore_aobo(answers),
        }
    }

    /// Where a role is to be given: where it was, and no wider than the Azure subscription that lacks it (R12).
    fn scope_of(&self, grant: &GrantExplanation) -> String {
        let within = ArmScope::parse(&grant.scope).ok().and_then(ArmScope::subscription);
        within.map_or_else(|| format!("/subscriptions/{}", self.explanation.subscription), |_| grant.scope.clone())
    }

    fn restore_aobo(&mut self, answers: RuleId) {
        let scope = &self.explanation.scope;
        match self.partner.organization.agent_groups.first() {
            Some(group) => self.assign(answers, Purpose::RestoreAobo, &quoted(group), scope),
            None => {
                self.find_agent_group(answers);
                self.assign(answers, Purpose::RestoreAobo, "<object id of AdminAgents>", scope);
            }
        }
    }

    /// A role assignment; a foreign group's as R17 has it.
    fn assign(&mut self, answers: RuleId, purpose: Purpose, principal: &str, scope: &str) {
        let scope = quoted(scope);
        let kind = if purpose == Purpose::RestoreAobo { " --assignee-principal-type ForeignGroup" } else { "" };
        self.add_for_roles(answers, purpose, |role| {
            format!("az role assignment create --assignee-object-id {principal}{kind} --role {role} --scope {scope}")
        });
    }

    fn find_agent_group(&mut self, answers: RuleId) {
        let line = "az ad group show --group AdminAgents --query id --output tsv".to_owned();
        self.add(answers, Purpose::FindAgentGroup, Owner::Partner, line);
    }

    fn link(&mut self, answers: RuleId, finding: Finding, purpose: Purpose, verb: &str) {
        for grant in self.failing(finding) {
            for identity in &grant.to_link {
                let (sign_in, id) = (self.sign_in(grant, identity), self.partner_id(grant, identity));
                let line = format!("{sign_in} && az managementpartner {verb} --partner-id {id}");
                let service_principal = grant.service_principals.contains(identity);
                let (owner, role, identity) = (Owner::Partner, None, Some(visible(identity)));
                self.found.insert(Command { answers, purpose, owner, role, identity, service_principal, line });
            }
        }
    }

    /// Signs in as an identity, where it is linked. A service principal does so by the id of its application, which no export
    /// has; `az` asks for its secret.
    fn sign_in(&self, grant: &GrantExplanation, identity: &String) -> String {
        let who = match grant.service_principals.contains(identity) {
            true => " --service-principal --username <application id>",
            false => "",
        };
        format!("az login{who} --tenant {}", self.tenant_of(grant))
    }

    /// The partner id of whose identity it is. Who links does so from now on: of ids that changed, the one that holds on.
    fn partner_id(&self, grant: &GrantExplanation, identity: &String) -> String {
        let is_its = |organization: &&Organization| {
            organization.identities.contains(identity)
                || grant.managing_tenant.as_ref() == Some(&organization.tenant_id)
        };
        let reseller = self.partner.reseller(&self.explanation.reseller).filter(is_its);
        let ids = &reseller.unwrap_or(&self.partner.organization).partner_ids;
        let held = ids.iter().find(|id| id.held.end == DateTime::<Utc>::MAX_UTC);
        held.map_or_else(|| "<your partner id>".to_owned(), |id| quoted(&id.id))
    }

    /// Where the identity of a grant is linked: at home for a delegation, else with the customer (R25, R26).
    fn tenant_of(&self, grant: &GrantExplanation) -> String {
        let tenant = grant.managing_tenant.as_ref().unwrap_or(&self.explanation.customer);
        if tenant.is_empty() { "<tenant of the customer>".to_owned() } else { quoted(tenant) }
    }
}

/// A text as one word of a shell. Texts of files must not become commands: what no id or path of Azure holds is not written.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ':');
    let quotable = |c: char| plain(c) || c.is_alphanumeric() || matches!(c, ' ' | '(' | ')' | '?' | '=');
    match text {
        // What begins with a hyphen would be an option.
        _ if text.is_empty() || text.starts_with('-') || !text.chars().all(quotable) => {
            "<a text that is no id of Azure>".to_owned()
        }
        _ if text.chars().all(plain) => text.to_owned(),
        _ => format!("'{text}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_of_files_do_not_become_commands() {
        assert_eq!(quoted("/subscriptions/s/resourceGroups/rg-1"), "/subscriptions/s/resourceGroups/rg-1");
        assert_eq!(quoted("/resourceGroups/Straße (alt)"), "'/resourceGroups/Straße (alt)'");
        for text in
            ["", "a'b", "$(rm -rf ~)", "a;b", "a`b", "a\nb", "‘a’", "a|b", "a&b", "a\"b", "a\\b", "--help", "-x"]
        {
            assert_eq!(quoted(text), "<a text that is no id of Azure>", "{text:?}");
        }
    }
}
