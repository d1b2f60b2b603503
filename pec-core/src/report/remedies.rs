//! What to do about money that a partner could have, as text.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::setting::{Text, heading, line, wrapped};
use super::text::{by_currency, cents, count, named};
use super::{Loss, Report, StandingSums};
use crate::eligibility::rule;
use crate::reconcile::Standing;

/// How many Azure subscriptions are listed under a reason; all of them are in the tables.
const SUBSCRIPTIONS_SHOWN: usize = 3;

impl Report {
    pub(super) fn write_remedies(&self, text: &mut Text) {
        let mut rows: Vec<_> =
            self.sums.iter().filter(|row| matches!(row.standing, Standing::Missed | Standing::Lost)).collect();
        if rows.is_empty() {
            return;
        }
        heading(text, "What to do");
        rows.sort_by_key(|row| (row.standing, Reverse(row.potential_credit)));
        for row in rows {
            self.write_remedy(text, row);
        }
        let ongoing = self.losses.iter().filter_map(|loss| Some((loss.currency, loss.credit_per_month?)));
        for (currency, cost) in by_currency(ongoing) {
            let cost = format!("{} {currency}", cents(cost));
            wrapped(
                text,
                &format!(
                    "Nothing done, what is not over costs {cost} a month of 30 days; mended, it brings as much from the first full day."
                ),
            );
        }
        if let Some(loss) = self.losses.first() {
            let place = format!("--subscription {} --day {}", loss.subscription, loss.last_day);
            wrapped(text, &format!("Why, with every grant and the commands to run: `pec explain FILE... {place}`"));
        }
    }

    fn write_remedy(&self, text: &mut Text, row: &StandingSums) {
        let cause = (row.standing, row.reason, row.currency);
        let of_cause = |loss: &&Loss| (loss.standing, loss.reason, loss.currency) == cause;
        let losses: Vec<_> = self.losses.iter().filter(of_cause).collect();
        let over = losses.iter().all(|loss| loss.is_over());
        let money = format!("{} {}", cents(row.potential_credit), row.currency);
        let what = match row.reason.map(rule) {
            None => {
                "missed: evidence says it should have earned; claim it from Microsoft with that evidence".to_owned()
            }
            // What is gone does not come back (R54), and what is back is asked of nobody.
            Some(rule) if over => format!("lost, {}: over, nothing to ask for; days that are past are gone", rule.id),
            Some(rule) => format!("lost, {}: {} [{}]", rule.id, rule.remedy, rule.owner),
        };
        wrapped(text, &format!("{money} {what}"));
        for loss in losses.iter().take(SUBSCRIPTIONS_SHOWN) {
            self.write_loss(text, loss);
        }
        let more = losses.len().saturating_sub(SUBSCRIPTIONS_SHOWN);
        if more > 0 {
            line(
                text,
                &format!(
                    "{:14}... and {} more subscription{}; the table `losses` has all",
                    "",
                    count(more as u64),
                    if more == 1 { "" } else { "s" }
                ),
            );
        }
    }

    fn write_loss(&self, text: &mut Text, loss: &Loss) {
        let days = if loss.days == 1 {
            format!("on {}", loss.first_day)
        } else {
            format!("{} days, {} to {}", loss.days, loss.first_day, loss.last_day)
        };
        let month = match loss.credit_per_month {
            Some(cost) => format!(", not over: {} a month", cents(cost)),
            None if loss.is_over() => ", over".to_owned(),
            None => String::new(),
        };
        line(text, &format!("{:>14} {}  {days}{month}", cents(loss.credit_lost), loss.currency));
        let names: [(&BTreeMap<_, _>, _); 2] =
            [(&self.customer_names, &loss.customer), (&self.subscription_names, &loss.subscription)];
        let [customer, subscription] = names.map(|(names, id)| named(names, id));
        line(text, &format!("{:20}{customer}, {subscription}", ""));
    }
}
