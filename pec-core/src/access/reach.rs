//! Which grants reach a resource: its own scope and every scope above it, by whole path segments.

use std::collections::{BTreeMap, BTreeSet};

use crate::lookup::Texts;
use crate::resource::ArmScope;

use super::Access;
use super::compile::Grant;
use super::evidence::Evidence;
use super::facts::Text;

/// Grants and deny assignments by the scope they are at.
#[derive(Clone, Debug, Default)]
pub(super) struct Scopes {
    /// At a path in a subscription.
    paths: BTreeMap<Text, Vec<u32>>,
    /// At a management group, with its text.
    management_groups: Vec<(u32, Text)>,
    /// At the root of a tenant.
    roots: Vec<u32>,
}

/// Where a charge arose, as ids and texts of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'t> {
    pub(crate) customer: &'t str,
    pub(crate) subscription: &'t str,
    pub(crate) resource_group: &'t str,
    pub(crate) resource: &'t str,
    pub(crate) reseller: &'t str,
}

/// Something that reaches a target, and whether that is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Reaching {
    pub(super) number: u32,
    /// At a management group of which it is not known whether it holds the subscription.
    pub(super) perhaps: bool,
    /// At or above a management group.
    pub(super) from_above: bool,
}

impl Scopes {
    /// Puts something at a scope.
    pub(super) fn add(&mut self, texts: &Texts, number: u32, scope: Text) {
        match texts.get(scope) {
            "/" => self.roots.push(number),
            path if path.starts_with("/providers/microsoft.management/managementgroups/") => {
                self.management_groups.push((number, scope));
            }
            _ => self.paths.entry(scope).or_default().push(number),
        }
    }

    /// What is at this very scope.
    pub(super) fn at(&self, texts: &Texts, scope: Text) -> Vec<u32> {
        if texts.get(scope) == "/" {
            return self.roots.clone();
        }
        let of_group = self.management_groups.iter().filter(|(_, at)| *at == scope).map(|(number, _)| *number);
        self.paths.get(&scope).into_iter().flatten().copied().chain(of_group).collect()
    }

    /// What reaches the target; `subscriptions_of` tells which subscriptions something above them may be about, where
    /// that is limited.
    pub(super) fn reaching<'g>(
        &self,
        evidence: &Evidence,
        target: Target<'_>,
        subscriptions_of: impl Fn(u32) -> Option<&'g BTreeSet<Text>>,
    ) -> Vec<Reaching> {
        let below = target.paths().into_iter().filter_map(|path| evidence.texts.find(&path));
        let below = below.filter_map(|scope| self.paths.get(&scope)).flatten();
        let mut found: Vec<_> =
            below.map(|number| Reaching { number: *number, perhaps: false, from_above: false }).collect();
        let subscription = evidence.texts.find(target.subscription);
        let is_one = |subscriptions: &BTreeSet<Text>| subscription.is_some_and(|id| subscriptions.contains(&id));
        let about = |number: u32| subscriptions_of(number).is_none_or(is_one);
        let not_told = |number: u32| subscriptions_of(number).is_some_and(BTreeSet::is_empty);
        for &(number, scope) in &self.management_groups {
            let name = evidence.texts.get(scope).rsplit('/').next().unwrap_or_default();
            let group = evidence.texts.find(name);
            let below = group.and_then(|group| evidence.management_groups.get(&group)).zip(subscription);
            let holds = below.is_some_and(|(below, subscription)| below.contains(&subscription));
            let lists_all = group.is_some_and(|group| evidence.whole_management_groups.contains(&group));
            let perhaps = !holds && !lists_all;
            let reaches = holds || (perhaps && (about(number) || not_told(number)));
            found.extend(reaches.then_some(Reaching { number, perhaps, from_above: true }));
        }
        let roots = self.roots.iter().filter(|number| about(**number));
        found.extend(roots.map(|number| Reaching { number: *number, perhaps: false, from_above: true }));
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Target<'_> {
    /// The path of the target itself.
    pub(super) fn scope(self) -> Option<String> {
        self.paths().pop()
    }

    /// The paths at which access reaches the target: its subscription, its group, and along the path of its resource.
    pub(super) fn paths(self) -> Vec<String> {
        let subscription = format!("/subscriptions/{}", self.subscription.to_ascii_lowercase());
        let group = self.resource_group.to_ascii_lowercase();
        let mut paths = vec![subscription.clone()];
        if !group.is_empty() {
            paths.push(format!("{subscription}/resourcegroups/{group}"));
        }
        let resource = self.resource.to_ascii_lowercase();
        let above = paths.last().map_or(0, String::len);
        if paths
            .last()
            .is_some_and(|last| resource.strip_prefix(last.as_str()).is_some_and(|rest| rest.starts_with('/')))
        {
            let ends = resource.match_indices('/').map(|(at, _)| at).filter(|at| *at > above);
            let ends: Vec<_> = ends.chain([resource.len()]).collect();
            paths.extend(ends.into_iter().filter_map(|end| resource.get(..end)).map(str::to_owned));
        }
        paths
    }
}

impl Access {
    /// The numbers of the grants that reach something in one of these Azure subscriptions, or may.
    pub(super) fn grants_reaching(&self, subscriptions: &BTreeSet<&str>) -> BTreeSet<u32> {
        let above = |id: &&str| {
            let target = Target { customer: "", subscription: id, resource_group: "", resource: "", reseller: "" };
            self.grants_at.reaching(&self.evidence, target, |number| subscriptions_of(&self.grants, number))
        };
        let inside = |grant: &Grant| {
            let scope = ArmScope::parse(self.evidence.texts.get(grant.key.scope())).ok();
            scope.and_then(ArmScope::subscription).is_some_and(|id| subscriptions.contains(id.as_str()))
        };
        let inside = (0..).zip(&self.grants).filter(|(_, grant)| inside(grant)).map(|(number, _)| number);
        subscriptions.iter().flat_map(above).map(|reaching| reaching.number).chain(inside).collect()
    }
}

/// The subscriptions that a grant above subscriptions may be about: those of the files that list it, which would list it for no
/// other.
pub(super) fn subscriptions_of(grants: &[Grant], number: u32) -> Option<&BTreeSet<Text>> {
    grants.get(number as usize).map(|grant| &grant.subscriptions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_a_target() {
        let target = |resource_group, resource| Target {
            customer: "",
            subscription: "S",
            resource_group,
            resource,
            reseller: "",
        };
        assert_eq!(target("", "").paths(), ["/subscriptions/s"]);
        assert_eq!(target("G", "").paths(), ["/subscriptions/s", "/subscriptions/s/resourcegroups/g"]);
        let resource = "/subscriptions/S/resourceGroups/g/providers/P/t/n";
        assert_eq!(
            target("g", resource).paths(),
            [
                "/subscriptions/s",
                "/subscriptions/s/resourcegroups/g",
                "/subscriptions/s/resourcegroups/g/providers",
                "/subscriptions/s/resourcegroups/g/providers/p",
                "/subscriptions/s/resourcegroups/g/providers/p/t",
                "/subscriptions/s/resourcegroups/g/providers/p/t/n",
            ]
        );
        // A path of another group or subscription is not followed.
        assert_eq!(target("g2", resource).paths().len(), 2);
    }
}
