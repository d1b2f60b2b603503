//! An Azure Monitor activity-log alert on the deletion of access that carries PEC, as Bicep.
//!
//! Written from the definition of `Microsoft.Insights/activityLogAlerts` in Azure/azure-rest-api-specs, api-version 2020-10-01
//! (the newer 2026-01-01 adds only rules of a whole tenant): an alert rule sees the activity log of the subscription that it lives
//! in, `scopes` are prefixes of resource ids, a condition is a leaf or `anyOf` leaves, values are compared without regard to
//! case. Rules of several scopes have been refused (hashicorp/terraform-provider-azurerm#21353), so each has one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::explanations::path_name;
use super::setting::visible;
use crate::access::{AccessPath, HeldGrant};

/// How many active rules Azure Monitor allows in a subscription (Azure Monitor service limits, 2025-02-02).
const MOST_RULES: usize = 100;

/// Alert rules on the deletion of grants, one file for all Azure subscriptions.
///
/// ```
/// use pec_core::report::Alert;
/// assert!(Alert::new([]).is_empty());
/// assert!(Alert::new([]).bicep().contains("targetScope = 'resourceGroup'"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Alert {
    rules: BTreeMap<String, Vec<Rule>>,
    grants: BTreeMap<String, Vec<HeldGrant>>,
    above: Vec<HeldGrant>,
    action_group: Option<String>,
}

/// An alert rule.
#[derive(Clone, Debug)]
struct Rule {
    of: Deletion,
    /// The scope; the whole subscription where there is none.
    scope: Option<String>,
    /// The paths of what is deleted; any where there are none.
    paths: BTreeSet<String>,
}

/// What is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deletion {
    RoleAssignment,
    Delegation,
}

impl Deletion {
    const fn of(grant: &HeldGrant) -> Self {
        match grant.path {
            AccessPath::Lighthouse => Self::Delegation,
            AccessPath::Aobo | AccessPath::DirectRbac => Self::RoleAssignment,
        }
    }

    const fn operation(self) -> &'static str {
        match self {
            Self::RoleAssignment => "Microsoft.Authorization/roleAssignments/delete",
            Self::Delegation => "Microsoft.ManagedServices/registrationAssignments/delete",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::RoleAssignment => "pec-role-assignments",
            Self::Delegation => "pec-delegations",
        }
    }

    const fn symbol(self) -> &'static str {
        match self {
            Self::RoleAssignment => "roleAssignments",
            Self::Delegation => "delegations",
        }
    }
}

impl Alert {
    /// Rules on the deletion of these grants, such as those that [carry](crate::access::carrying) PEC.
    #[must_use]
    pub fn new(grants: impl IntoIterator<Item = HeldGrant>) -> Self {
        let mut alert = Self::default();
        for grant in grants {
            match grant.subscription().map(str::to_owned) {
                Some(subscription) => alert.grants.entry(subscription).or_default().push(grant),
                None => alert.above.push(grant),
            }
        }
        alert.rules = alert.grants.iter().map(|(id, grants)| (id.clone(), rules(grants))).collect();
        alert
    }

    /// Only the rules of this Azure subscription.
    #[must_use]
    pub fn subscription(mut self, id: &str) -> Self {
        let id = id.trim();
        self.rules.retain(|subscription, _| subscription.eq_ignore_ascii_case(id));
        self.grants.retain(|subscription, _| subscription.eq_ignore_ascii_case(id));
        self
    }

    /// The resource id of the action group that is told, as the default of the parameter.
    #[must_use]
    pub fn action_group(self, id: impl Into<String>) -> Self {
        Self { action_group: Some(id.into()), ..self }
    }

    /// Is there nothing to watch?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules as a Bicep file.
    #[must_use]
    pub fn bicep(&self) -> String {
        let mut text = String::new();
        self.write_head(&mut text);
        let group = self.action_group.as_ref().map(|id| format!(" = {}", quoted(id))).unwrap_or_default();
        let _ = writeln!(text, "targetScope = 'resourceGroup'\n");
        let _ = writeln!(text, "@description('The resource id of the action group that is told.')");
        let _ = writeln!(text, "param actionGroupId string{group}");
        for (number, (subscription, rules)) in (1..).zip(&self.rules) {
            self.write_subscription(&mut text, number, subscription, rules);
        }
        text
    }

    fn write_head(&self, text: &mut String) {
        let lines = [
            "Azure Monitor activity-log alerts on the deletion of access that carries Partner Earned Credit,",
            "limited to what the exports show last. A rule sees the activity log of its own Azure subscription, so",
            "deploy this file once for each, to a resource group of it; only the rules of that subscription are made:",
            "",
            "  az deployment group create --subscription <id> --resource-group <name> \\",
            "    --template-file alert.bicep --parameters actionGroupId=<resource id of the action group>",
            "",
            "Print it again when access has changed: what is made again has another path. A partner id link that is",
            "lost, a deny assignment and an end that comes raise no alert: compare exports for these.",
        ];
        lines.iter().for_each(|line| comment(text, line));
        if !self.above.is_empty() {
            comment(text, "");
            comment(text, "Not watched, since no subscription's activity log shows what happens above it:");
            self.above.iter().for_each(|grant| comment(text, &format!("  {}", named(grant))));
        }
        text.push('\n');
    }

    fn write_subscription(&self, text: &mut String, number: usize, subscription: &str, rules: &[Rule]) {
        text.push('\n');
        comment(text, &format!("Azure subscription {subscription}:"));
        for grant in self.grants.get(subscription).into_iter().flatten() {
            let path = if grant.assignment.is_some() { "" } else { " (the export has no path of it)" };
            comment(text, &format!("  {}{path}", named(grant)));
        }
        let condition = format!("subscription().subscriptionId =~ {}", quoted(subscription));
        for (place, rule) in (1..).zip(rules) {
            text.push_str(if place > 1 { "\n" } else { "" });
            // Names are of a resource group, symbols of the file.
            let suffix = if place == 1 || rule.scope.is_none() { String::new() } else { format!("-{place}") };
            let symbol = format!("{}_{number}_{place}", rule.of.symbol());
            let name = format!("{}{suffix}", rule.of.name());
            rule.write(text, &symbol, &name, &condition);
        }
    }
}

/// The rules of an Azure subscription: by the paths of what is deleted, and by scope where these are not told.
fn rules(grants: &[HeldGrant]) -> Vec<Rule> {
    let mut by_path: BTreeMap<Deletion, BTreeSet<String>> = BTreeMap::new();
    let mut by_scope: BTreeSet<(Deletion, String)> = BTreeSet::new();
    for grant in grants {
        let of = Deletion::of(grant);
        match &grant.assignment {
            Some(path) => drop(by_path.entry(of).or_default().insert(path.clone())),
            None => drop(by_scope.insert((of, grant.scope.clone()))),
        }
    }
    if by_path.len() + by_scope.len() > MOST_RULES {
        // Then any deletion in the subscription.
        let kinds: BTreeSet<_> = by_scope.into_iter().map(|(of, _)| of).collect();
        by_path.retain(|of, _| !kinds.contains(of));
        let of_kind = |of| Rule { of, scope: None, paths: BTreeSet::new() };
        return kinds.into_iter().map(of_kind).chain(by_path.into_iter().map(with_paths)).collect();
    }
    let of_scope = |(of, scope)| Rule { of, scope: Some(scope), paths: BTreeSet::new() };
    by_path.into_iter().map(with_paths).chain(by_scope.into_iter().map(of_scope)).collect()
}

fn with_paths((of, paths): (Deletion, BTreeSet<String>)) -> Rule {
    Rule { of, scope: None, paths }
}

impl Rule {
    fn write(&self, text: &mut String, symbol: &str, name: &str, condition: &str) {
        let scope = self.scope.as_ref().map_or_else(|| "subscription().id".to_owned(), |scope| quoted(scope));
        let told = match (&self.scope, self.paths.len()) {
            (_, 0) => "any in the scope",
            (_, 1) => "one by its path",
            _ => "those of these paths",
        };
        let _ =
            writeln!(text, "resource {symbol} 'Microsoft.Insights/activityLogAlerts@2020-10-01' = if ({condition}) {{");
        let _ = writeln!(text, "  name: {}", quoted(name));
        let _ = writeln!(text, "  location: 'global'");
        let _ = writeln!(text, "  properties: {{");
        let _ = writeln!(text, "    enabled: true");
        let _ = writeln!(text, "    description: 'Access that carries Partner Earned Credit was deleted: {told}.'");
        let _ = writeln!(text, "    scopes: [\n      {scope}\n    ]");
        let _ = writeln!(text, "    condition: {{\n      allOf: [");
        leaf(text, 8, "category", "Administrative");
        leaf(text, 8, "operationName", self.of.operation());
        leaf(text, 8, "status", "Succeeded");
        match self.paths.len() {
            0 => {}
            1 => self.paths.iter().for_each(|path| leaf(text, 8, "resourceId", path)),
            _ => {
                let _ = writeln!(text, "        {{\n          anyOf: [");
                self.paths.iter().for_each(|path| leaf(text, 12, "resourceId", path));
                let _ = writeln!(text, "          ]\n        }}");
            }
        }
        let _ = writeln!(text, "      ]\n    }}");
        let _ = writeln!(text, "    actions: {{\n      actionGroups: [");
        let _ = writeln!(text, "        {{\n          actionGroupId: actionGroupId\n        }}");
        let _ = writeln!(text, "      ]\n    }}\n  }}\n}}");
    }
}

/// A condition on a field of an event.
fn leaf(text: &mut String, indent: usize, field: &str, equals: &str) {
    let _ = writeln!(text, "{:indent$}{{", "");
    let _ = writeln!(text, "{:indent$}  field: {}", "", quoted(field));
    let _ = writeln!(text, "{:indent$}  equals: {}", "", quoted(equals));
    let _ = writeln!(text, "{:indent$}}}", "");
}

/// A line of comment, whatever it holds.
fn comment(text: &mut String, content: &str) {
    let shown = visible(content).replace(['\u{2028}', '\u{2029}'], " ");
    let _ = writeln!(text, "{}", format!("// {shown}").trim_end());
}

fn named(grant: &HeldGrant) -> String {
    let role = grant.role_name.as_deref().unwrap_or(&grant.role);
    format!("{}, {role} of {} on {}", path_name(grant.path), grant.principal, grant.scope)
}

/// A text as a Bicep string: what would end it, begin an expression or a line is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' | '\'' => quoted.extend(['\\', c]),
            '$' if rest.peek() == Some(&'{') => quoted.push_str("\\$"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}
