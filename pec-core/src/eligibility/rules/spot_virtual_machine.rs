//! `spot_virtual_machine`: the line is an Azure Spot virtual machine.
//!
//! # Why
//!
//! Spot virtual machines do not earn. The word stands in the names of the meter, SKU or product; some lines only say so in `AdditionalInfo`.
//!
//! # Example
//!
//! `MeterName` is `D2s v3 Spot`.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R59: kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md, 2023-04-13.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::UsageLine;

pub(super) const RULE: Rule = Rule {
    id: RuleId::SpotVirtualMachine,
    rank: 7,
    group: Group::ByDesign,
    sentence: "the line is an Azure Spot virtual machine",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: Spot does not earn; a regular virtual machine would, at its own price",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md",
        (2023, 4, 13),
        "R59",
        Status::Documented,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    line.product.spot.map(|signal| Reason::SpotVirtualMachine { signal })
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;
    use crate::product::SpotSignal;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        let signal = SpotSignal::MeterName;
        line.product.spot = Some(signal);
        assert_eq!(check(&line), Some(Reason::SpotVirtualMachine { signal }));
    }
}
