//! What the file says was paid of the lines of a decision.

use serde::{Deserialize, Serialize};

use crate::money::{Amount, AmountError, Currency};
use crate::reconcile::{Decision, Standing};
use crate::report::text::{cents, counted};

/// Lines of one standing and currency that share a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExplainedStanding {
    /// The standing.
    pub standing: Standing,
    /// The pricing currency.
    pub currency: Currency,
    /// How many lines.
    pub lines: u64,
    /// What the file says they earned.
    pub credit: Amount,
    /// What they would earn.
    pub potential_credit: Amount,
}

/// Adds a decided line.
pub(super) fn add(
    standings: &mut Vec<ExplainedStanding>,
    decision: &Decision,
    currency: Currency,
) -> Result<(), AmountError> {
    let key = (decision.standing, currency);
    let place = match standings.binary_search_by_key(&key, |one| (one.standing, one.currency)) {
        Ok(place) => place,
        Err(place) => {
            let (standing, zero) = (decision.standing, Amount::default());
            let new = ExplainedStanding { standing, currency, lines: 0, credit: zero, potential_credit: zero };
            standings.insert(place, new);
            place
        }
    };
    if let Some(of) = standings.get_mut(place) {
        of.lines += 1;
        of.credit = of.credit.checked_add(decision.credit)?;
        of.potential_credit = of.potential_credit.checked_add(decision.potential_credit)?;
    }
    Ok(())
}

impl ExplainedStanding {
    /// Whether it was paid, in a sentence; none for what earns nothing by design.
    pub(super) fn text(&self) -> Option<String> {
        let (lines, currency) = (counted(self.lines, "line"), self.currency);
        let (paid, possible) = (cents(self.credit), cents(self.potential_credit));
        match self.standing {
            Standing::Earned => Some(format!("Paid: {paid} {currency} for {lines}.")),
            Standing::Missed => Some(format!(
                "Not paid: {possible} {currency} for {lines}. By this evidence it should have been: claim it from Microsoft with what `pec evidence` writes."
            )),
            Standing::Lost | Standing::Unknown => Some(format!("Not paid: {possible} {currency} for {lines}.")),
            Standing::Unexpected => Some(format!(
                "Paid all the same: {paid} {currency} for {lines}. The evidence or the rules are wrong, or it may be taken back."
            )),
            Standing::Excluded => None,
        }
    }
}
