//! Which Azure roles earn: Microsoft's list, matched on the role definition id.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::source::Source;

/// What the role list says of a role.
///
/// Source: R32 and R33 (the list is closed, Reader is not in it), R34 (other roles are undocumented).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleEligibility {
    /// The list says yes.
    Eligible,
    /// The list says no.
    NotEligible,
    /// The list does not have it: a newer built-in role, a custom role, or not a role definition id at all.
    Unlisted,
}

/// One role of the list.
///
/// Source: R32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    name: String,
    id: String,
    eligible: bool,
    note: Option<String>,
}

impl Role {
    /// The name as the list spells it. Azure has renamed some roles since; compare the id.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role definition id, a GUID in lower case.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether access through this role earns.
    #[must_use]
    pub const fn is_eligible(&self) -> bool {
        self.eligible
    }

    /// What a reader should know besides, such as a newer name.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

/// The list of roles: Microsoft's page of 2022-11-08 unless another was loaded.
///
/// Source: R32, R33. It is one list for all days: no change of a yes or no was found since the first version of 2018-11-01.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleList {
    by_name: Vec<Role>,
    by_id: BTreeMap<Guid, RoleEligibility>,
    list_date: NaiveDate,
    verified_through: NaiveDate,
    source: Source,
}

/// What is wrong with a role of the list, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoleProblem {
    /// The id is not a GUID.
    NotAGuid(usize),
    /// An earlier role has this id.
    Repeated(usize),
}

/// A role as its file has it, unchecked.
pub(super) struct UncheckedRole {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) eligible: bool,
    pub(super) note: Option<String>,
}

impl RoleList {
    pub(super) fn new(
        roles: Vec<UncheckedRole>,
        list_date: NaiveDate,
        verified_through: NaiveDate,
        source: Source,
    ) -> Result<Self, RoleProblem> {
        let mut by_name = Vec::with_capacity(roles.len());
        let mut by_id = BTreeMap::new();
        for (position, role) in roles.into_iter().enumerate() {
            let UncheckedRole { name, id, eligible, note } = role;
            let guid = Guid::parse(&id).ok_or(RoleProblem::NotAGuid(position))?;
            let eligibility = if eligible { RoleEligibility::Eligible } else { RoleEligibility::NotEligible };
            if by_id.insert(guid, eligibility).is_some() {
                return Err(RoleProblem::Repeated(position));
            }
            by_name.push(Role { name, id: id.to_ascii_lowercase(), eligible, note });
        }
        by_name.sort_by_cached_key(|role| (role.name.to_lowercase(), role.id.clone()));
        Ok(Self { by_name, by_id, list_date, verified_through, source })
    }

    /// What the list says of a role definition id.
    ///
    /// The id is a GUID, or the full path of a role definition that ends in one
    /// (`/subscriptions/…/providers/Microsoft.Authorization/roleDefinitions/<guid>`), in any case.
    /// Anything else, a role's name or the path of a role *assignment* among it, is [`RoleEligibility::Unlisted`].
    #[must_use]
    pub fn eligibility(&self, role_definition_id: &str) -> RoleEligibility {
        guid_of_role(role_definition_id)
            .and_then(|guid| self.by_id.get(&guid))
            .copied()
            .unwrap_or(RoleEligibility::Unlisted)
    }

    /// The roles in the order of their names, without regard to case.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Role> {
        self.by_name.iter()
    }

    /// The date the list bears.
    #[must_use]
    pub const fn list_date(&self) -> NaiveDate {
        self.list_date
    }

    /// The last day for which the list is known to hold.
    #[must_use]
    pub const fn verified_through(&self) -> NaiveDate {
        self.verified_through
    }

    /// Where the list was read.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }
}

/// The GUID of a role definition id or of a role definition's path.
fn guid_of_role(text: &str) -> Option<Guid> {
    let text = text.trim();
    let Some((path, id)) = text.trim_end_matches('/').rsplit_once('/') else {
        return Guid::parse(text);
    };
    let kind = path.rsplit('/').next()?;
    if kind.eq_ignore_ascii_case("roleDefinitions") { Guid::parse(id) } else { None }
}

/// The 128 bits of a GUID, so that its spelling in upper or lower case cannot matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Guid(u128);

impl Guid {
    /// Reads `8-4-4-4-12` hexadecimal digits.
    fn parse(text: &str) -> Option<Self> {
        let mut groups = text.split('-');
        let mut bits: u128 = 0;
        for length in [8, 4, 4, 4, 12] {
            let group = groups.next()?;
            if group.len() != length {
                return None;
            }
            for character in group.chars() {
                bits = (bits << 4) | u128::from(character.to_digit(16)?);
            }
        }
        groups.next().is_none().then_some(Self(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

    #[test]
    fn guids_are_read_exactly() {
        assert_eq!(Guid::parse(GUID), Some(Guid(0x8e3a_f657_a8ff_443c_a75c_2fe8_c4bc_b635)));
        assert_eq!(Guid::parse(&GUID.to_uppercase()), Guid::parse(GUID));
        for wrong in [
            "",
            "Owner",
            "8e3af657a8ff443ca75c2fe8c4bcb635",
            "{8e3af657-a8ff-443c-a75c-2fe8c4bcb635}",
            "8e3af657-a8ff-443c-a75c-2fe8c4bcb635-",
            "8e3af657-a8ff-443c-a75c-2fe8c4bcb63",
            "8e3af657-a8ff-443c-a75c-2fe8c4bcb63g",
            "8e3af657-a8ff-443c-a75c-2fe8c4bcb6\u{e9}",
            "8e3af65-7a8ff-443c-a75c-2fe8c4bcb635",
        ] {
            assert_eq!(Guid::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_paths_of_role_definitions_lead_to_an_id() {
        let owner = Guid::parse(GUID);
        for path in [
            format!("/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/{GUID}"),
            format!("/providers/microsoft.authorization/ROLEDEFINITIONS/{GUID}/"),
            format!(" {GUID} "),
        ] {
            assert_eq!(guid_of_role(&path), owner, "{path}");
        }
        for path in [
            format!("/subscriptions/{GUID}"),
            format!("/subscriptions/x/providers/Microsoft.Authorization/roleAssignments/{GUID}"),
            format!("/providers/Microsoft.Authorization/roleDefinitions/{GUID}/more"),
            format!("/{GUID}"),
            "/".to_owned(),
        ] {
            assert_eq!(guid_of_role(&path), None, "{path}");
        }
    }
}
