//! Gaps of an Azure subscription with very many resource groups and resources.
//!
//! No time is asserted: work that grows with the square of the gaps would take minutes here, and the suite seconds.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pec_core::observed::ObservedGap;

use support::report;

const SCOPES: usize = 200_000;

/// Gaps of as many lines, each with a place of its own in one subscription; every third is not paid.
fn gaps_of(place: impl Fn(usize) -> (String, String)) -> Vec<ObservedGap> {
    let mut file =
        "UsageDate,CustomerId,EntitlementId,ResourceGroup,ResourceURI,UnitPrice,Quantity,PartnerEarnedCreditPercentage\n"
            .to_owned();
    for number in 0..SCOPES {
        let (group, resource) = place(number);
        let (day, paid) = (number % 28 + 1, if number % 3 == 0 { 0 } else { 15 });
        writeln!(file, "2026-10-{day:02},c,s,{group},{resource},2,1,{paid}").unwrap();
    }
    report(file.as_bytes()).gaps
}

/// Each unpaid place has its gap, of its one line.
fn check(gaps: &[ObservedGap], scope: impl Fn(usize) -> String) {
    let expected: BTreeSet<_> = (0..SCOPES).step_by(3).map(scope).collect();
    let found: Vec<_> = gaps.iter().map(|gap| gap.scope.as_str()).collect();
    assert_eq!(found.len(), expected.len());
    assert!(found.into_iter().eq(expected.iter()), "of one cost, so in the order of their scopes");
    for gap in gaps {
        assert_eq!((gap.days, gap.lines, gap.credit_lost.to_string().as_str()), (1, 1, "0.30"), "{}", gap.scope);
        assert!(gap.never_earned && gap.ongoing && gap.first_day == gap.last_day, "{}", gap.scope);
    }
}

#[test]
fn each_of_very_many_groups_has_its_gap() {
    let gaps = gaps_of(|number| (format!("g{number}"), String::new()));
    check(&gaps, |number| format!("/subscriptions/s/resourcegroups/g{number}"));
}

#[test]
fn each_of_very_many_resources_of_a_group_has_its_gap() {
    let path = |number: usize| format!("/subscriptions/s/resourcegroups/g/providers/p/t/r{number}");
    let gaps = gaps_of(|number| ("g".to_owned(), path(number)));
    check(&gaps, path);
}
