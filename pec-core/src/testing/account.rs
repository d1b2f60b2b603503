//! The account of what was written: every line counted once, exactly.

use super::day::Day;
use super::number::{Cost, Product};

/// Why a line is without credit, or otherwise out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A loss: an Azure subscription without access for some days.
    SubscriptionGap,
    /// A loss: an Azure subscription that lost access and did not regain it.
    SubscriptionLost,
    /// A loss: an Azure subscription that never earned.
    SubscriptionNever,
    /// A loss: one resource group without access, all month.
    GroupWithoutAccess,
    /// A loss: one resource without access, all month.
    ResourceWithoutAccess,
    /// By design: a spot virtual machine.
    Spot,
    /// By design: usage that a reservation covers, charged at nothing.
    Reservation,
    /// By design: usage that a savings plan covers, price zero.
    SavingsPlan,
    /// By design: a marketplace product of another publisher.
    Marketplace,
    /// By design: usage that Azure credit pays.
    AzureCredit,
    /// By design: price zero, mostly flagged with a credit that pays nothing.
    FreeTier,
    /// By design: not part of an Azure plan.
    NotAzurePlan,
    /// Usage beyond a savings plan, a usual line that can earn.
    SavingsPlanOverage,
    /// A correction with a negative quantity, a usual line that can earn.
    Correction,
    /// Late usage of the month before, a usual line that can earn.
    LateUsage,
}

impl Kind {
    /// Kinds of loss, in the order of [`Kind`].
    pub const LOSSES: [Self; 5] = [
        Self::SubscriptionGap,
        Self::SubscriptionLost,
        Self::SubscriptionNever,
        Self::GroupWithoutAccess,
        Self::ResourceWithoutAccess,
    ];
    /// Kinds of line without credit by design.
    pub const BY_DESIGN: [Self; 7] = [
        Self::Spot,
        Self::Reservation,
        Self::SavingsPlan,
        Self::Marketplace,
        Self::AzureCredit,
        Self::FreeTier,
        Self::NotAzurePlan,
    ];
    /// Kinds of usual line that deserve a look; they earn, or are part of a loss, as any other.
    pub const USUAL: [Self; 3] = [Self::SavingsPlanOverage, Self::Correction, Self::LateUsage];
}

/// A number of lines and their exact list cost (unit price times quantity) in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Number of lines.
    pub lines: u64,
    /// Sum of their list costs.
    pub list_cost: Cost,
}

impl Tally {
    pub(super) fn add(&mut self, cost: Product) {
        self.lines += 1;
        self.list_cost.add(cost);
    }
}

/// A seeded loss of access, as its lines show it.
///
/// With few lines for each resource, those of a wide loss may lie in a smaller scope on some days, and
/// a reader of the file may see several losses. That is rare at 1,500 lines a customer and gone at 5,000.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What was seeded.
    pub kind: Kind,
    /// Customer id.
    pub customer: String,
    /// Azure subscription id.
    pub subscription: String,
    /// The scope without access, in lower case: the subscription's, group's or resource's id.
    pub scope: String,
    /// Day of the first line that it cost its credit.
    pub first_day: Day,
    /// Day of the last such line.
    pub last_day: Day,
    /// The lines that it cost their credit.
    pub tally: Tally,
}

/// What a written file holds.
///
/// Every readable line is counted once: as earned, in a loss, or by design. So the lines of
/// [`earned`](Self::earned), of the [`losses`](Self::losses) and of the kinds in
/// [`Kind::BY_DESIGN`], with the number of [`broken`](Self::broken) rows, give
/// [`rows`](Self::rows).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Data rows, broken ones included.
    pub rows: u64,
    /// Bytes before compression.
    pub bytes: u64,
    /// Places of the broken rows among the data rows; the first data row is 1.
    pub broken: Vec<u64>,
    /// Lines with credit.
    pub earned: Tally,
    /// Seeded losses of access that at least one line shows, in file order.
    pub losses: Vec<Loss>,
    others: Vec<(Kind, Tally)>,
}

impl Written {
    /// Lines of a kind.
    #[must_use]
    pub fn tally(&self, kind: Kind) -> Tally {
        let mut tally = self.others.iter().find(|(of, _)| *of == kind).map(|(_, tally)| *tally).unwrap_or_default();
        for loss in self.losses.iter().filter(|loss| loss.kind == kind) {
            tally.lines += loss.tally.lines;
            tally.list_cost += loss.tally.list_cost;
        }
        tally
    }

    pub(super) fn add(&mut self, kind: Kind, cost: Product) {
        if let Some((_, tally)) = self.others.iter_mut().find(|(of, _)| *of == kind) {
            tally.add(cost);
        } else {
            let mut tally = Tally::default();
            tally.add(cost);
            self.others.push((kind, tally));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::Number;
    use super::{Kind, Written};

    #[test]
    fn tallies_are_kept_by_kind() {
        let mut written = Written::default();
        written.add(Kind::Spot, Number::new(15, 1).times(Number::ONE));
        written.add(Kind::Spot, Number::new(2, 0).times(Number::ONE));
        assert_eq!(written.tally(Kind::Spot).lines, 2);
        assert_eq!(written.tally(Kind::Spot).list_cost.to_string(), "3.50");
        assert_eq!(written.tally(Kind::Marketplace).lines, 0);
    }
}
