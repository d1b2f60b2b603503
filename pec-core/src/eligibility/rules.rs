//! One file for each rule.

use super::reason::{MarketplaceSignal, Reason, RuleId};
use super::registry::{Group, Owner, Rule, source};
use crate::programme::Status;
use crate::usage::UsageLine;

macro_rules! rules {
    (by design { $($design:ident),+ $(,)? } of access { $($access:ident),+ $(,)? }) => {
        $(mod $design;)+
        $(mod $access;)+

        /// The rules in rank order: the first that blocks is the primary one.
        pub(super) static RULES: [Rule; RuleId::ALL.len()] = [$($design::RULE,)+ $($access::RULE),+];

        /// What each by-design rule finds on a line, in rank order.
        pub(super) fn by_design(line: &UsageLine<'_>) -> ByDesign {
            [$($design::check(line)),+]
        }

        /// Room for one finding of each by-design rule.
        pub(super) type ByDesign = [Option<Reason>; [$(stringify!($design)),+].len()];
    };
}

rules! {
    by design {
        not_usage_charge,
        not_azure_plan,
        reservation,
        savings_plan,
        marketplace_product,
        third_party_product,
        spot_virtual_machine,
        not_in_price_list,
        azure_credit_applied,
        nothing_charged,
    }
    // What these report is found once for each place and day, in `access`.
    of access {
        partner_type_cannot_earn,
        agreement_inactive,
        not_transacting_partner,
        no_access,
        only_other_partner_access,
        role_not_eligible,
        partner_id_not_linked,
        partner_id_of_other_organization,
        access_just_in_time,
        access_denied,
        access_part_of_day,
        role_unlisted,
        assignment_conditional,
        link_unknown,
        group_members_unknown,
        agent_groups_unknown,
        management_group_unknown,
        access_change_time_unknown,
        no_access_evidence,
    }
}

#[cfg(test)]
fn test_line() -> crate::usage::UsageLine<'static> {
    crate::eligibility::tests::line()
}
