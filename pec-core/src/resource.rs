//! ARM scopes: a path as management group, subscription, resource group or resource.

use std::fmt;

use crate::ids::SubscriptionId;

/// Where in Azure something is or reaches: management group > subscription > resource group > resource.
///
/// ```
/// use pec_core::resource::ArmScope;
/// let group = ArmScope::parse("/subscriptions/S1/resourceGroups/Web")?;
/// let disk = ArmScope::parse("/subscriptions/s1/resourcegroups/web/providers/Microsoft.Compute/disks/os")?;
/// let other = ArmScope::parse("/subscriptions/s1/resourcegroups/web2")?;
/// assert!(group.contains(disk) && !group.contains(other));
/// # Ok::<(), pec_core::resource::ScopeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmScope<'a> {
    /// A management group, by name. Which subscriptions it holds is not in the path.
    ManagementGroup(&'a str),
    /// An Azure subscription.
    Subscription(SubscriptionId<'a>),
    /// A resource group of a subscription.
    ResourceGroup(SubscriptionId<'a>, &'a str),
    /// A resource: its subscription, its group (blank for a resource outside groups) and its whole path.
    Resource(SubscriptionId<'a>, &'a str, &'a str),
}

/// A text that is not an ARM scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an ARM path such as `/subscriptions/<id>/resourceGroups/<name>`")]
pub struct ScopeError;

impl<'a> ArmScope<'a> {
    /// Reads a path; segments are compared without regard to case, a trailing `/` is ignored.
    ///
    /// # Errors
    ///
    /// [`ScopeError`] for anything that is not one of the four kinds.
    pub fn parse(path: &'a str) -> Result<Self, ScopeError> {
        let path = path.trim().trim_end_matches('/');
        let rest = path.strip_prefix('/').ok_or(ScopeError)?;
        let mut segments = rest.split('/');
        let mut next = || segments.next().filter(|segment| !segment.is_empty());
        let (first, second) = (next().ok_or(ScopeError)?, next().ok_or(ScopeError)?);
        if first.eq_ignore_ascii_case("providers") && second.eq_ignore_ascii_case("Microsoft.Management") {
            let kind = next().filter(|kind| kind.eq_ignore_ascii_case("managementGroups"));
            return kind.and_then(|_| next()).map(Self::ManagementGroup).ok_or(ScopeError);
        }
        if !first.eq_ignore_ascii_case("subscriptions") {
            return Err(ScopeError);
        }
        let subscription = SubscriptionId::new(second).map_err(|_| ScopeError)?;
        let Some(third) = next() else { return Ok(Self::Subscription(subscription)) };
        if !third.eq_ignore_ascii_case("resourceGroups") {
            return Ok(Self::Resource(subscription, "", path));
        }
        let group = next().ok_or(ScopeError)?;
        Ok(match next() {
            None => Self::ResourceGroup(subscription, group),
            Some(_) => Self::Resource(subscription, group, path),
        })
    }

    /// The Azure subscription, unless this is a management group.
    #[must_use]
    pub const fn subscription(self) -> Option<SubscriptionId<'a>> {
        match self {
            Self::ManagementGroup(_) => None,
            Self::Subscription(id) | Self::ResourceGroup(id, _) | Self::Resource(id, _, _) => Some(id),
        }
    }

    /// The resource group, blank where there is none.
    #[must_use]
    pub const fn resource_group(self) -> &'a str {
        match self {
            Self::ManagementGroup(_) | Self::Subscription(_) => "",
            Self::ResourceGroup(_, group) | Self::Resource(_, group, _) => group,
        }
    }

    /// The type of a resource with its namespace, in lower case: `microsoft.sql/servers/databases`.
    #[must_use]
    pub fn resource_type(self) -> Option<String> {
        let Self::Resource(_, _, path) = self else { return None };
        let path = path.to_ascii_lowercase();
        let (_, last) = path.rsplit_once("/providers/")?;
        let (namespace, rest) = last.split_once('/')?;
        // Types and names take turns.
        let types: Vec<_> = rest.split('/').step_by(2).collect();
        Some(format!("{namespace}/{}", types.join("/")))
    }

    /// Does this scope hold `other`, by whole path segments? A scope holds itself.
    ///
    /// A management group holds only itself here: its tree is not in the path.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        match (self, other) {
            (Self::ManagementGroup(a), Self::ManagementGroup(b)) => a.eq_ignore_ascii_case(b),
            (Self::Subscription(a), _) => other.subscription() == Some(a),
            (Self::ResourceGroup(a, group), Self::ResourceGroup(b, name) | Self::Resource(b, name, _)) => {
                a == b && group.eq_ignore_ascii_case(name)
            }
            (Self::Resource(_, _, a), Self::Resource(_, _, b)) => {
                b.get(..a.len()).is_some_and(|head| head.eq_ignore_ascii_case(a))
                    && matches!(b.as_bytes().get(a.len()), None | Some(b'/'))
            }
            (Self::ManagementGroup(_) | Self::ResourceGroup(..) | Self::Resource(..), _) => false,
        }
    }
}

impl fmt::Display for ArmScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManagementGroup(name) => {
                write!(f, "/providers/microsoft.management/managementgroups/{}", name.to_ascii_lowercase())
            }
            Self::Subscription(id) => write!(f, "/subscriptions/{id}"),
            Self::ResourceGroup(id, group) => {
                write!(f, "/subscriptions/{id}/resourcegroups/{}", group.to_ascii_lowercase())
            }
            Self::Resource(_, _, path) => f.write_str(&path.to_ascii_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kinds() {
        let parse = |text| ArmScope::parse(text).unwrap();
        assert!(matches!(parse("/subscriptions/s/"), ArmScope::Subscription(_)));
        assert!(matches!(parse("/SUBSCRIPTIONS/s/resourcegroups/g"), ArmScope::ResourceGroup(_, "g")));
        assert!(matches!(
            parse("/subscriptions/s/providers/Microsoft.Security/pricings/VM"),
            ArmScope::Resource(_, "", _)
        ));
        assert!(matches!(
            parse("/providers/Microsoft.Management/managementGroups/root"),
            ArmScope::ManagementGroup("root")
        ));
        for text in [
            "",
            "/",
            "vm1",
            "/subscriptions",
            "/subscriptions//resourceGroups/g",
            "/tenants/x/y",
            "/subscriptions/s/resourceGroups",
        ] {
            assert_eq!(ArmScope::parse(text), Err(ScopeError), "{text}");
        }
    }

    #[test]
    fn types_of_resources() {
        let of = |path: &str| ArmScope::parse(path).unwrap().resource_type();
        let group = "/subscriptions/s/resourceGroups/g";
        let sql = of(&format!("{group}/providers/Microsoft.Sql/servers/a/databases/b"));
        assert_eq!(sql.as_deref(), Some("microsoft.sql/servers/databases"));
        let lock = of(&format!("{group}/providers/Microsoft.Sql/servers/a/providers/Microsoft.Insights/rules/r"));
        assert_eq!(lock.as_deref(), Some("microsoft.insights/rules"));
        assert_eq!((of(group), of("/subscriptions/s/providers/x")), (None, None));
    }

    #[test]
    fn a_prefix_of_a_name_is_not_a_scope() {
        let parse = |text| ArmScope::parse(text).unwrap();
        let vm = parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm1");
        assert!(
            !vm.contains(parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm10"))
        );
        assert!(vm.contains(parse(
            "/subscriptions/S/resourceGroups/G/providers/microsoft.compute/virtualmachines/VM1/extensions/a"
        )));
        assert!(!parse("/subscriptions/s").contains(parse("/subscriptions/s2/resourceGroups/g")));
    }

    proptest! {
        #[test]
        fn prop_contains_is_reflexive_and_downward(sub in "[a-z0-9]{1,8}", group in "[a-z0-9]{1,8}", name in "[a-z0-9]{1,8}") {
            let (a, b) = (format!("/subscriptions/{sub}"), format!("/subscriptions/{sub}/resourceGroups/{group}"));
            let c = format!("{b}/providers/Microsoft.Web/sites/{name}");
            let scopes = [&a, &b, &c].map(|path| ArmScope::parse(path).unwrap());
            for (i, outer) in scopes.iter().enumerate() {
                for (j, inner) in scopes.iter().enumerate() {
                    prop_assert_eq!(outer.contains(*inner), i <= j);
                }
            }
        }

        #[test]
        fn prop_never_panics(text in "\\PC{0,60}") {
            let _ = ArmScope::parse(&text);
        }
    }
}
