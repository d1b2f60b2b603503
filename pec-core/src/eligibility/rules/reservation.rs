//! `reservation`: a reservation covers the usage.
//!
//! # Why
//!
//! Reservations are bought at a discount of their own and earn no credit; the daily file shows their usage with a quantity and no cost.
//!
//! # Example
//!
//! `AdditionalInfo` holds a `ReservationOrderId`.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R56: kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md, 2023-04-13.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::UsageLine;

pub(super) const RULE: Rule = Rule {
    id: RuleId::Reservation,
    rank: 3,
    group: Group::ByDesign,
    sentence: "a reservation covers the usage",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: reservations do not earn",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md",
        (2023, 4, 13),
        "R56",
        Status::Documented,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    line.product.reservation.map(|signal| Reason::Reservation { signal })
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;
    use crate::product::ReservationSignal;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        let signal = ReservationSignal::AdditionalInfo;
        line.product.reservation = Some(signal);
        assert_eq!(check(&line), Some(Reason::Reservation { signal }));
    }
}
