//! Evidence of several readings as one.

use super::Evidence;
use super::evidence::FileNumber;
use super::facts::{Assignment, Delegation, Deny, Link, Logged, LoggedOf, Place, Schedule, Text, UnreadSchedule};

/// The numbers of what comes in, as they are from now on.
struct Renumbered {
    texts: Vec<Text>,
    files: FileNumber,
}

impl Evidence {
    /// Adds what other evidence shows: the same as if its files had been read after these.
    ///
    /// ```
    /// use chrono::DateTime;
    /// use pec_core::access::{Evidence, EvidenceKind};
    /// use pec_core::normalise::evidence::{EvidenceInput, read};
    ///
    /// let input = EvidenceInput::new("roles.json", b"[]", DateTime::UNIX_EPOCH).kind(EvidenceKind::RoleAssignments);
    /// let (mut one, mut other, mut both) = (Evidence::new(), Evidence::new(), Evidence::new());
    /// read(&mut one, &input)?;
    /// read(&mut other, &input)?;
    /// one.merge(other);
    /// read(&mut both, &input)?;
    /// read(&mut both, &input)?;
    /// assert_eq!(one.to_bytes()?, both.to_bytes()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        let new = Renumbered {
            texts: other.texts.iter().map(|text| self.texts.number(text)).collect(),
            // Four billion files do not fit memory.
            files: FileNumber::try_from(self.files.len()).unwrap_or(FileNumber::MAX),
        };
        self.files.extend(other.files.into_iter().map(|mut file| {
            new.all(&mut file.subscriptions);
            new.all(&mut file.identities);
            // They are kept in the order of their numbers.
            file.identities.sort_unstable();
            file
        }));
        self.assignments.extend(other.assignments.into_iter().map(|of| new.assignment(of)));
        self.delegations.extend(other.delegations.into_iter().map(|of| new.delegation(of)));
        self.links.extend(other.links.into_iter().map(|of| new.link(of)));
        self.schedules.extend(other.schedules.into_iter().map(|of| new.schedule(of)));
        self.unread_schedules.extend(other.unread_schedules.into_iter().map(|of| new.unread_schedule(of)));
        self.logged.extend(other.logged.into_iter().map(|of| new.logged(of)));
        self.denies.extend(other.denies.into_iter().map(|of| new.deny(of)));
        for (role, name) in other.role_names {
            self.add_role_name(new.text(role), name);
        }
        self.members.extend(other.members.into_iter().map(|(group, file, mut members)| {
            new.all(&mut members);
            (new.text(group), new.file(file), members)
        }));
        self.groups.extend(other.groups.into_iter().map(|group| new.text(group)));
        self.service_principals.extend(other.service_principals.into_iter().map(|one| new.text(one)));
        for (group, mut below) in other.management_groups {
            new.all(&mut below);
            self.add_below(new.text(group), below);
        }
        self.whole_management_groups.extend(other.whole_management_groups.into_iter().map(|group| new.text(group)));
        let agents = other.agent_groups.into_iter().map(|(tenant, group)| (new.text(tenant), new.text(group)));
        self.agent_groups.extend(agents);
    }

    /// Names a role. Of two names the first in the alphabet is taken, so that the order of files does not matter.
    pub(crate) fn add_role_name(&mut self, role: Text, name: String) {
        let known = self.role_names.entry(role).or_insert_with(|| name.clone());
        if name < *known {
            *known = name;
        }
    }

    /// Puts Azure subscriptions below a management group.
    pub(crate) fn add_below(&mut self, group: Text, mut below: Vec<Text>) {
        let known = self.management_groups.entry(group).or_default();
        known.append(&mut below);
        known.sort_unstable();
        known.dedup();
    }
}

impl Renumbered {
    fn text(&self, text: Text) -> Text {
        self.texts.get(text as usize).copied().unwrap_or_default()
    }

    fn all(&self, texts: &mut [Text]) {
        texts.iter_mut().for_each(|text| *text = self.text(*text));
    }

    const fn file(&self, file: FileNumber) -> FileNumber {
        self.files.saturating_add(file)
    }

    const fn place(&self, place: Place) -> Place {
        Place { file: self.file(place.file), ..place }
    }

    fn assignment(&self, of: Assignment) -> Assignment {
        Assignment {
            scope: self.text(of.scope),
            role: self.text(of.role),
            principal: self.text(of.principal),
            name: self.text(of.name),
            place: self.place(of.place),
            ..of
        }
    }

    fn delegation(&self, of: Delegation) -> Delegation {
        Delegation {
            scope: self.text(of.scope),
            tenant: self.text(of.tenant),
            authorization: of.authorization.map(|(principal, role)| (self.text(principal), self.text(role))),
            name: self.text(of.name),
            place: self.place(of.place),
            ..of
        }
    }

    fn link(&self, of: Link) -> Link {
        Link {
            object: self.text(of.object),
            tenant: self.text(of.tenant),
            partner: self.text(of.partner),
            place: self.place(of.place),
            ..of
        }
    }

    fn schedule(&self, of: Schedule) -> Schedule {
        Schedule {
            scope: self.text(of.scope),
            role: self.text(of.role),
            principal: self.text(of.principal),
            place: self.place(of.place),
            ..of
        }
    }

    fn unread_schedule(&self, of: UnreadSchedule) -> UnreadSchedule {
        UnreadSchedule {
            scope: self.text(of.scope),
            role: self.text(of.role),
            principal: self.text(of.principal),
            place: self.place(of.place),
            ..of
        }
    }

    fn logged(&self, logged: Logged) -> Logged {
        let of = match logged.of {
            LoggedOf::Assignment { scope, role, principal, kind } => LoggedOf::Assignment {
                scope: self.text(scope),
                role: self.text(role),
                principal: self.text(principal),
                kind,
            },
            LoggedOf::Delegation { scope } => LoggedOf::Delegation { scope: self.text(scope) },
        };
        Logged { of, place: self.place(logged.place), ..logged }
    }

    fn deny(&self, mut deny: Deny) -> Deny {
        self.all(&mut deny.principals);
        self.all(&mut deny.excluded);
        Deny { id: self.text(deny.id), scope: self.text(deny.scope), place: self.place(deny.place), ..deny }
    }
}
