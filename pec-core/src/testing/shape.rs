//! What one row is: its quantity and price, and why it has no credit.

use super::Kind;
use super::catalogue::{Plan, Usage};
use super::estate::{CREDIT_DAYS, Resource};
use super::lines::Source;
use super::number::{Number, Product};
use super::write::Credit;

/// One resource in so many has a correction, one a late line, and so has one row in 8,192.
const SELDOM: u32 = 40;

/// What a row is, before it is priced.
pub(super) struct Shape {
    /// The reason why it has no credit by design.
    pub(super) kind: Option<Kind>,
    pub(super) price: Number,
    pub(super) quantity: Number,
    /// Charged at nothing although it has a list price.
    pub(super) covered: bool,
    pub(super) overage: bool,
    pub(super) corrected: bool,
    pub(super) late: bool,
}

impl Shape {
    pub(super) fn of(source: &Source<'_>, day: u8, part: u32, first: bool, dice: u64) -> Self {
        let Source { meter, resource, .. } = *source;
        let credit = source.customer.has_credit && day <= CREDIT_DAYS;
        let beyond = meter.plan == Plan::Savings && (u32::from(day) + part).is_multiple_of(3);
        let kind = match meter.plan {
            Plan::PayAsYouGo => Some(Kind::NotAzurePlan),
            Plan::Reservation => Some(Kind::Reservation),
            Plan::Savings if !beyond => Some(Kind::SavingsPlan),
            Plan::Marketplace => Some(Kind::Marketplace),
            Plan::Spot => Some(Kind::Spot),
            Plan::Free => Some(Kind::FreeTier),
            Plan::Usual | Plan::Savings => credit.then_some(Kind::AzureCredit),
        };
        let usual = kind.is_none() && meter.plan == Plan::Usual;
        let seldom = dice >> 51;
        let corrected = usual && ((first && resource.number % SELDOM == 31) || seldom == 0);
        // A late line beside a group without access would be a run of its own, seen as a smaller scope.
        let one_run = source.subscription.loss.as_ref().is_none_or(|loss| loss.group.is_none());
        let late = usual && one_run && !corrected && ((first && resource.number % SELDOM == 13) || seldom == 1);
        let quantity = quantity(meter.usage, dice, beyond);
        Self {
            kind,
            price: if kind == Some(Kind::SavingsPlan) { Number::ZERO } else { source.price },
            quantity: if corrected { quantity.negated() } else { quantity },
            covered: kind == Some(Kind::Reservation),
            overage: beyond,
            corrected,
            late,
        }
    }

    /// The credit that the row shows, given whether access was lost.
    pub(super) fn credit(&self, lost: bool, resource: &Resource) -> Credit {
        let usual = if lost { Credit::None } else { Credit::PartnerEarned };
        match self.kind {
            Some(Kind::AzureCredit) => Credit::Azure,
            // A flag on a charge of nothing pays nothing, and such lines do show it.
            None | Some(Kind::FreeTier) => usual,
            Some(Kind::Reservation | Kind::SavingsPlan) if resource.number % 2 == 1 => usual,
            Some(_) => Credit::None,
        }
    }
}

fn quantity(usage: Usage, dice: u64, long: bool) -> Number {
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let millionths = match usage {
        Usage::Hours if dice % 10 < 7 => 24_000_000,
        Usage::Hours => 1 + (dice >> 8) % 24_000_000,
        Usage::About(typical) => typical / 2 + 1 + (dice >> 8) % typical.max(1),
    };
    if (long || dice & 0xF0 == 0) && millionths < 24_000_000 {
        // Thirteen decimals, at most 15 digits.
        return Number::new(signed(millionths * 10_000_000 + (dice >> 32) % 10_000_000), 13);
    }
    Number::new(signed(millionths), 6)
}

/// The effective unit price: nothing where nothing is charged or Azure credit pays.
pub(super) fn effective(charged: Product, credit: Credit, shape: &Shape) -> Number {
    let kept = match credit {
        Credit::None => 100,
        Credit::PartnerEarned => 85,
        Credit::Azure => return Number::ZERO,
    };
    if charged.is_zero() {
        return Number::ZERO;
    }
    charged.effective_price(kept, shape.quantity).unwrap_or_else(|| shape.price.times(Number::new(kept, 2)).rounded())
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Usage;
    use super::super::random::Random;
    use super::quantity;

    #[test]
    fn quantities_are_positive_and_have_six_decimals_or_thirteen() {
        let mut random = Random::new(1);
        let mut long = 0;
        for usage in [Usage::Hours, Usage::About(5_001), Usage::About(41_000_000)] {
            for turn in 0..2_000 {
                let mut out = Vec::new();
                quantity(usage, random.next(), turn % 50 == 0).write(&mut out);
                let text = String::from_utf8_lossy(&out).into_owned();
                let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                assert!(!text.starts_with('-') && text != "0", "{text}");
                assert!(decimals <= 13 && text.len() <= 17, "{text}");
                long += usize::from(decimals > 6);
            }
        }
        assert!(long > 100);
    }
}
