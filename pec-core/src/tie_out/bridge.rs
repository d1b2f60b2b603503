//! From list cost to what the invoice asks for, step by step.

use serde::{Deserialize, Serialize};

use crate::invoice::{Adjusted, InvoiceLine, LineClass, UsageSteps};
use crate::money::{Amount, AmountError};

use super::invoice::Line;

/// A step of the bridge from list cost to the invoice's total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BridgeStep {
    /// `UnitPrice` x `BillableQuantity` of the Azure plan's usage.
    ListCost,
    /// Less tier discounts.
    Tiers,
    /// Adjustments whose size is not printed: promotions, price locks, overrides.
    OtherAdjustments,
    /// Less partner earned credit, of what is left.
    PartnerEarnedCredit,
    /// Less what was cut below a cent, before and after the exchange.
    Truncation,
    /// What no text of the invoice explains.
    Other,
    /// Sum of all before: the subtotals of usage lines.
    UsageNetCharges,
    /// Products of other publishers.
    Marketplace,
    /// Seats and other licences.
    Licences,
    /// Purchases of reservations and savings plans.
    ReservationsAndSavingsPlans,
    /// Azure credit and other credits, below zero.
    Credits,
    /// Sum of the net charges and the four after them: what the invoice calls adjusted net charges.
    AdjustedNetCharges,
    /// Tax.
    Tax,
    /// Adjusted net charges with tax.
    Total,
}

impl BridgeStep {
    /// All of them, in order.
    pub const ALL: [Self; 14] = [
        Self::ListCost,
        Self::Tiers,
        Self::OtherAdjustments,
        Self::PartnerEarnedCredit,
        Self::Truncation,
        Self::Other,
        Self::UsageNetCharges,
        Self::Marketplace,
        Self::Licences,
        Self::ReservationsAndSavingsPlans,
        Self::Credits,
        Self::AdjustedNetCharges,
        Self::Tax,
        Self::Total,
    ];

    /// The stable name, as in the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ListCost => "list_cost",
            Self::Tiers => "tiers",
            Self::OtherAdjustments => "other_adjustments",
            Self::PartnerEarnedCredit => "partner_earned_credit",
            Self::Truncation => "truncation",
            Self::Other => "other",
            Self::UsageNetCharges => "usage_net_charges",
            Self::Marketplace => "marketplace",
            Self::Licences => "licences",
            Self::ReservationsAndSavingsPlans => "reservations_and_savings_plans",
            Self::Credits => "credits",
            Self::AdjustedNetCharges => "adjusted_net_charges",
            Self::Tax => "tax",
            Self::Total => "total",
        }
    }

    /// Is it the sum of steps before it?
    #[must_use]
    pub const fn is_sum(self) -> bool {
        matches!(self, Self::UsageNetCharges | Self::AdjustedNetCharges | Self::Total)
    }
}

/// A step in both currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BridgeAmount {
    /// The step.
    pub step: BridgeStep,
    /// In pricing currency; none where the invoice does not tell.
    pub pricing: Option<Amount>,
    /// In billing currency.
    pub billing: Amount,
}

/// The step of what a line's sizes do not explain.
const fn unexplained(adjusted: Adjusted) -> BridgeStep {
    if adjusted.otherwise { BridgeStep::OtherAdjustments } else { BridgeStep::Other }
}

/// The sums of all steps that are no sums of others, in both currencies.
#[derive(Clone, Debug, Default)]
pub(super) struct Bridge {
    pricing: [Amount; BridgeStep::ALL.len()],
    billing: [Amount; BridgeStep::ALL.len()],
}

impl Bridge {
    /// Adds a line of the invoice.
    pub(super) fn add(&mut self, line: &InvoiceLine<'_>) -> Result<(), AmountError> {
        self.step(BridgeStep::Tax, Amount::ZERO, line.tax)?;
        let step = match line.class {
            LineClass::Usage => return self.usage(line),
            LineClass::Marketplace => BridgeStep::Marketplace,
            LineClass::Licence => BridgeStep::Licences,
            LineClass::Commitment => BridgeStep::ReservationsAndSavingsPlans,
            LineClass::Credit => BridgeStep::Credits,
        };
        self.step(step, Amount::ZERO, line.subtotal)
    }

    /// Corrects what a line's texts made of it: it is for days with and days without credit (R77), and ties. Its texts
    /// name the credit as if all days had it; the days tell how much it was, and what is left was cut.
    pub(super) fn credit_by_days(&mut self, line: &Line, credit: Amount) -> Result<(), AmountError> {
        let exchange = (line.exchange_rate, line.billing);
        let texts = UsageSteps::of(line.list_cost, line.adjusted.discounts, exchange)?;
        let days = UsageSteps::with_credit(line.list_cost, texts.tiers, credit, exchange)?;
        let exchanged = |amount: Amount| amount.times(line.exchange_rate);
        let less = texts.partner_earned_credit.checked_sub(credit)?;
        self.step(BridgeStep::PartnerEarnedCredit, less, exchanged(less)?)?;
        let cut = |steps: &UsageSteps, billed: Amount| -> Result<(Amount, Amount), AmountError> {
            Ok((steps.billable.checked_sub(steps.net)?, billed.checked_sub(exchanged(steps.net)?)?))
        };
        let ((priced, billed), (was_priced, was_billed)) = (cut(&days, line.subtotal)?, cut(&texts, texts.billed)?);
        self.step(BridgeStep::Truncation, priced.checked_sub(was_priced)?, billed.checked_sub(was_billed)?)?;
        self.step(unexplained(line.adjusted), Amount::ZERO, texts.billed.checked_sub(line.subtotal)?)
    }

    /// Adds a usage line: what its texts explain, and what they do not.
    fn usage(&mut self, line: &InvoiceLine<'_>) -> Result<(), AmountError> {
        let steps = line.steps()?;
        let exchanged = |amount: Amount| amount.times(line.exchange_rate);
        for (step, amount) in [
            (BridgeStep::ListCost, steps.list_cost),
            (BridgeStep::Tiers, -steps.tiers),
            (BridgeStep::PartnerEarnedCredit, -steps.partner_earned_credit),
        ] {
            self.step(step, amount, exchanged(amount)?)?;
        }
        let cut = steps.billable.checked_sub(steps.net)?;
        self.step(BridgeStep::Truncation, cut, steps.billed.checked_sub(exchanged(steps.net)?)?)?;
        self.step(unexplained(line.adjusted), Amount::ZERO, line.subtotal.checked_sub(steps.billed)?)
    }

    fn step(&mut self, step: BridgeStep, pricing: Amount, billing: Amount) -> Result<(), AmountError> {
        for (sums, amount) in [(&mut self.pricing, pricing), (&mut self.billing, billing)] {
            if let Some(sum) = sums.get_mut(step as usize) {
                *sum = sum.checked_add(amount)?;
            }
        }
        Ok(())
    }

    /// All steps, with the sums between them.
    pub(super) fn steps(&self) -> Result<Vec<BridgeAmount>, AmountError> {
        let (mut pricing, mut billing) = (Some(Amount::ZERO), Amount::ZERO);
        let mut steps = Vec::with_capacity(BridgeStep::ALL.len());
        for ((step, in_pricing), in_billing) in BridgeStep::ALL.into_iter().zip(self.pricing).zip(self.billing) {
            if step.is_sum() {
                steps.push(BridgeAmount { step, pricing, billing });
                continue;
            }
            // Past the usage lines, and where the size of an adjustment is not printed, only the billing currency is told.
            let told = match step {
                BridgeStep::OtherAdjustments | BridgeStep::Other => in_billing.is_zero(),
                BridgeStep::ListCost
                | BridgeStep::Tiers
                | BridgeStep::PartnerEarnedCredit
                | BridgeStep::Truncation
                | BridgeStep::UsageNetCharges => true,
                BridgeStep::Marketplace
                | BridgeStep::Licences
                | BridgeStep::ReservationsAndSavingsPlans
                | BridgeStep::Credits
                | BridgeStep::AdjustedNetCharges
                | BridgeStep::Tax
                | BridgeStep::Total => false,
            };
            let in_pricing = told.then_some(in_pricing);
            pricing = match (pricing, in_pricing) {
                (Some(sum), Some(amount)) => Some(sum.checked_add(amount)?),
                _ => None,
            };
            billing = billing.checked_add(in_billing)?;
            steps.push(BridgeAmount { step, pricing: in_pricing, billing: in_billing });
        }
        Ok(steps)
    }
}
