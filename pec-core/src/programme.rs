//! The rules of the programme that change with time: rate, choices, role list, each with its source.
//!
//! A [`Programme`] holds every parameter over time. [`Programme::on`] answers what was in force on a day. It is an
//! error to ask for a day before anything is known, and a day after the sources were last read is answered with a
//! value marked unverified; nothing is guessed.
//!
//! The values are data: `programme/parameters.toml` and `programme/roles.toml` beside this module, built into the
//! library. Either can be replaced by a text of your own with [`Programme::from_toml`].
//!
//! In the documentation below, `R67` is a rule of the fact sheet behind this library and `ACO4` a fact on the
//! Azure Credit Offer; the [`Source`] of each value names the document.

mod dated;
mod error;
mod in_force;
mod load;
mod narrowest;
mod parameters;
mod roles;
mod scalar;
mod source;

use std::collections::BTreeSet;

use chrono::NaiveDate;

pub use dated::Value;
pub use error::ProgrammeError;
pub use in_force::InForce;
pub use parameters::{Coverage, Incident, UnlistedRole};
pub use roles::{Role, RoleEligibility, RoleList};
pub use source::{Source, Status};

use parameters::Parameters;

/// The Partner Earned Credit programme over time.
///
/// Source: each value names its own, see the `source` of [`Value`] and [`RoleList::source`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    parameters: Parameters,
    roles: RoleList,
}

impl Programme {
    /// The programme as Microsoft's public pages describe it.
    ///
    /// # Errors
    /// None in a released library: its tests prove that the built-in texts can be read.
    pub fn builtin() -> Result<Self, ProgrammeError> {
        Self::from_toml(load::PARAMETERS, load::ROLES)
    }

    /// A programme from texts of your own, in the form of `parameters.toml` and `roles.toml`.
    ///
    /// # Errors
    /// A [`ProgrammeError`] that names the file, the key or line, and what is expected there.
    pub fn from_toml(parameters: &str, roles: &str) -> Result<Self, ProgrammeError> {
        Ok(Self { parameters: load::parameters(parameters)?, roles: load::roles(roles)? })
    }

    /// The text of the built-in `parameters.toml`, to start one of your own from.
    #[must_use]
    pub const fn builtin_parameters() -> &'static str {
        load::PARAMETERS
    }

    /// The text of the built-in `roles.toml`, to start one of your own from.
    #[must_use]
    pub const fn builtin_roles() -> &'static str {
        load::ROLES
    }

    /// What is in force on a day.
    ///
    /// # Errors
    /// [`ProgrammeError::BeforeFirstEntry`] for a day before the programme's first known day.
    pub fn on(&self, day: NaiveDate) -> Result<InForce<'_>, ProgrammeError> {
        InForce::new(self, day)
    }

    /// The days on which what is asked of access, or what it earns, changes; the first is that of the programme.
    pub(crate) fn changes(&self) -> BTreeSet<NaiveDate> {
        let Parameters {
            credit_rate,
            usage_day_zone,
            coverage,
            management_group_reaches,
            unlisted_role,
            lighthouse_marketplace_needs_link,
            money_decimals,
            pricing_currency,
            aco_ratio: _,
            aco_threshold: _,
            incidents: _,
        } = &self.parameters;
        let starts = (credit_rate.starts().chain(usage_day_zone.starts()).chain(coverage.starts()))
            .chain(management_group_reaches.starts().chain(unlisted_role.starts()))
            .chain(lighthouse_marketplace_needs_link.starts())
            .chain(money_decimals.starts().chain(pricing_currency.starts()));
        starts.filter(|day| self.on(*day).is_ok()).collect()
    }

    /// What the role list says of a role definition id, which is a GUID or the full path of a role definition.
    /// Names are never matched. See [`RoleList::eligibility`].
    ///
    /// Source: R32 to R34.
    #[must_use]
    pub fn role(&self, role_definition_id: &str) -> RoleEligibility {
        self.roles.eligibility(role_definition_id)
    }

    /// The roles of the list, in the order of their names.
    ///
    /// Source: R32.
    #[must_use]
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &Role> {
        self.roles.iter()
    }

    /// The role list with its date and source.
    ///
    /// Source: R32.
    #[must_use]
    pub const fn role_list(&self) -> &RoleList {
        &self.roles
    }

    /// All known incidents, the earliest first.
    ///
    /// Source: R53.
    #[must_use]
    pub fn incidents(&self) -> &[Incident] {
        &self.parameters.incidents
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    const SUPPORT_REQUEST_CONTRIBUTOR: &str = "cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e";

    fn builtin() -> Programme {
        Programme::builtin().expect("the built-in texts can be read")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a test day")
    }

    #[test]
    fn the_built_in_values_are_those_of_the_sources() {
        let programme = builtin();
        let now = programme.on(day("2023-10-01")).expect("a known day");
        assert_eq!(*now.credit_rate().value, Decimal::new(15, 2));
        assert_eq!(now.credit_rate().source.location(), "R67, R68");
        assert_eq!(now.credit_rate().source.status(), Status::Documented);
        assert_eq!(now.usage_day_zone().value.local_minus_utc(), 0);
        assert_eq!(*now.coverage().value, Coverage::WholeDay);
        assert_eq!(now.coverage().source.status(), Status::Conflicting);
        assert!(*now.management_group_reaches().value);
        assert_eq!(*now.unlisted_role().value, UnlistedRole::Undetermined);
        assert!(*now.lighthouse_marketplace_needs_link().value);
        assert_eq!(*now.money_decimals().value, 2);
        assert_eq!(now.pricing_currency().value, "USD");
        assert_eq!(now.aco_ratio().map(|ratio| *ratio.value), Ok(Decimal::from(10)));
        assert_eq!(now.aco_threshold().map(|least| *least.value), Ok(Decimal::from(5000)));
    }

    #[test]
    fn the_programme_has_a_first_day_and_a_last_verified_one() {
        let programme = builtin();
        assert_eq!(
            programme.on(day("2018-10-31")).map(|_| ()),
            Err(ProgrammeError::BeforeFirstEntry {
                parameter: "credit_rate",
                day: day("2018-10-31"),
                first: day("2018-11-01"),
            })
        );
        let verified = |text: &str| programme.on(day(text)).map(|now| now.is_verified());
        assert_eq!(verified("2018-11-01"), Ok(true));
        assert_eq!(verified("2018-11-02"), Ok(true));
        assert_eq!(verified("2023-10-22"), Ok(true));
        assert_eq!(verified("2023-10-23"), Ok(true));
        assert_eq!(verified("2023-10-24"), Ok(false));
    }

    #[test]
    fn the_credit_offer_is_known_for_its_fiscal_year() {
        let programme = builtin();
        let ratio = |text: &str| {
            let now = programme.on(day(text)).expect("a known day");
            now.aco_ratio().ok().map(|ratio| ratio.verified)
        };
        assert_eq!(ratio("2023-06-30"), None);
        assert_eq!(ratio("2023-07-01"), Some(true));
        assert_eq!(ratio("2024-06-30"), Some(true));
        assert_eq!(ratio("2024-07-01"), Some(false));
    }

    #[test]
    fn an_incident_touches_its_days_only() {
        let programme = builtin();
        let count = |text: &str| programme.on(day(text)).map(|now| now.incidents().count());
        assert_eq!(count("2022-11-12"), Ok(0));
        assert_eq!(count("2022-11-13"), Ok(1));
        assert_eq!(count("2022-11-14"), Ok(0));
    }

    #[test]
    fn the_role_list_is_whole() {
        let programme = builtin();
        let eligible = programme.roles().filter(|role| role.is_eligible()).count();
        assert_eq!((programme.roles().len(), eligible), (122, 98));
        let ids: BTreeSet<&str> = programme.roles().map(Role::id).collect();
        assert_eq!(ids.len(), 122);
        assert_eq!(programme.role_list().list_date(), day("2022-11-08"));
        for role in programme.roles() {
            let expected = if role.is_eligible() { RoleEligibility::Eligible } else { RoleEligibility::NotEligible };
            assert_eq!(programme.role(role.id()), expected, "{}", role.name());
        }
    }

    #[test]
    fn roles_come_in_the_order_of_their_names() {
        let programme = builtin();
        let names: Vec<String> = programme.roles().map(|role| role.name().to_lowercase()).collect();
        assert!(names.is_sorted());
    }

    #[test]
    fn roles_are_matched_on_their_id_in_any_form() {
        let programme = builtin();
        assert_eq!(programme.role(OWNER), RoleEligibility::Eligible);
        assert_eq!(programme.role(&OWNER.to_uppercase()), RoleEligibility::Eligible);
        let path = format!("/subscriptions/a/providers/Microsoft.Authorization/roleDefinitions/{OWNER}");
        assert_eq!(programme.role(&path), RoleEligibility::Eligible);
        assert_eq!(programme.role(&path.to_uppercase()), RoleEligibility::Eligible);
        assert_eq!(programme.role(READER), RoleEligibility::NotEligible);
        assert_eq!(programme.role(SUPPORT_REQUEST_CONTRIBUTOR), RoleEligibility::Eligible);
    }

    #[test]
    fn names_and_unknown_ids_are_unlisted() {
        let programme = builtin();
        for id in ["", "Owner", "reader", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(programme.role(id), RoleEligibility::Unlisted, "{id}");
        }
        let assignment = format!("/subscriptions/a/providers/Microsoft.Authorization/roleAssignments/{OWNER}");
        assert_eq!(programme.role(&assignment), RoleEligibility::Unlisted);
    }

    #[test]
    fn own_texts_replace_the_built_in_ones() {
        let stricter =
            Programme::builtin_parameters().replacen("\"undetermined\"\nstatus", "\"not_eligible\"\nstatus", 1);
        let programme = Programme::from_toml(&stricter, Programme::builtin_roles()).expect("readable");
        let now = programme.on(day("2023-01-01")).expect("a known day");
        assert_eq!(*now.unlisted_role().value, UnlistedRole::NotEligible);
    }
}
