//! The Azure Credit Offer as text.

use super::setting::{Column, Text, Width, heading, line, table, wrapped};
use super::text::cents;
use crate::credit_offer::{
    Answer, BalanceEnd, Forecast, Month, Plan, PrerequisiteFinding, Readiness, Side, Sizing, Table, Value, Window,
};
use crate::money::{Amount, Rounding};

/// How amounts of a table are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// To the cent.
    #[default]
    Cents,
    /// To whole dollars, ties to even, as the deck prints them.
    WholeDollars,
}

impl Precision {
    fn show(self, amount: Amount) -> String {
        match self {
            Self::Cents => cents(amount),
            Self::WholeDollars => cents(amount.rounded(0, Rounding::HalfEven)).trim_end_matches(".00").to_owned(),
        }
    }
}

const MONTH: [Column; 8] = [
    Column::Left(6),
    Column::Right(14),
    Column::Right(14),
    Column::Right(14),
    Column::Right(14),
    Column::Right(14),
    Column::Right(14),
    Column::Right(14),
];
const MONTH_HEADS: [&str; 8] = ["month", "ACR", "balance start", "used", "above", "PEC", "invoice", "balance end"];

impl Table {
    /// The table as text, and beneath it the same usage with the offer and without it.
    #[must_use]
    pub fn text(&self, precision: Precision) -> String {
        self.text_in(Width::FILE, precision)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width, precision: Precision) -> String {
        let show = |amount| precision.show(amount);
        let mut text = Text::new(width);
        heading(&mut text, "Azure Credit Offer, month by month (USD)");
        let row = |first: String, cells: [String; 7]| std::iter::once(first).chain(cells).collect::<Vec<_>>();
        let of_month = |month: &Month| {
            let Month { acr, balance_start, used, above, pec, invoice, balance_end, .. } = *month;
            row(month.month.to_string(), [acr, balance_start, used, above, pec, invoice, balance_end].map(show))
        };
        let mut rows: Vec<_> = self.months.iter().map(of_month).collect();
        let sums = self.totals;
        let [acr, used, above, pec, invoice] = [sums.acr, sums.used, sums.above, sums.pec, sums.invoice].map(show);
        rows.push(row("all".to_owned(), [acr, String::new(), used, above, pec, invoice, String::new()]));
        table(&mut text, &MONTH, &MONTH_HEADS, &rows);
        let [granted, used, expired, balance] = [sums.granted, sums.used, sums.expired, sums.balance].map(show);
        line(&mut text, &format!("{granted} granted = {used} used + {expired} expired + {balance} left"));
        wrapped(
            &mut text,
            "PEC and invoice are cut to cents, month by month (R78); what follows is reckoned without cutting.",
        );
        write_value(&mut text, &self.value, precision);
        text.finish()
    }
}

impl Sizing {
    /// The size of the offer as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_in(Width::FILE)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width) -> String {
        let mut text = Text::new(width);
        heading(&mut text, "Azure Credit Offer (USD)");
        self.write(&mut text);
        if self.eligible {
            write_value(&mut text, &self.value, Precision::Cents);
            wrapped(&mut text, "That is if the estimate comes true, and the credit is used up in the 12 months.");
        }
        text.finish()
    }

    fn write(&self, text: &mut Text) {
        let (acr, threshold) = (cents(self.acr), cents(self.threshold));
        line(text, &format!("estimated incremental ACR of 12 months {acr:>16}"));
        if self.eligible {
            let (ratio, credit) = (self.ratio, cents(self.credit));
            line(text, &format!("credit, {ratio} to 1 {:>22}{credit:>16}", ""));
        } else {
            let shortfall = cents(self.shortfall);
            wrapped(text, &format!("No credit: the deal must reach {threshold}, and {shortfall} are missing."));
        }
        wrapped(text, &format!("Source: {}.", self.source));
        if !self.verified {
            let (through, on) = (self.verified_through, self.on);
            wrapped(
                text,
                &format!("Verified through {through} only: for {on} these are the last known values. Ask Microsoft."),
            );
        }
    }
}

impl Forecast {
    /// The end of the balance as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_in(Width::FILE)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width) -> String {
        let mut text = Text::new(width);
        heading(&mut text, &format!("When a balance of {} USD ends", cents(self.balance)));
        for (name, end) in [("earliest", self.earliest), ("likely", self.likely), ("latest", self.latest)] {
            line(&mut text, &format!("{name:<10}{:<34}at {} a month", ends(&end), cents(end.monthly_acr)));
        }
        wrapped(&mut text, &format!("Method, from {} months: {}.", self.months, self.method));
        text.finish()
    }
}

fn ends(end: &BalanceEnd) -> String {
    match (end.month, end.day) {
        (None, _) => "never".to_owned(),
        (Some(0), _) => "nothing is left".to_owned(),
        (Some(month), None) => format!("in month {month}"),
        (Some(month), Some(day)) => format!("in month {month}, on {day}"),
    }
}

impl Plan {
    /// The plan as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_in(Width::FILE)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width) -> String {
        let mut text = Text::new(width);
        heading(&mut text, &format!("Azure Credit Offer, as of {} (USD)", self.today));
        if let Some(sizing) = &self.sizing {
            sizing.write(&mut text);
        }
        heading(
            &mut text,
            match self.readiness {
                Readiness::Ready => "Prerequisites: all that apply are met",
                Readiness::NotReady => "Prerequisites: the request would be rejected",
                Readiness::Unknown => "Prerequisites: not all is known",
            },
        );
        for finding in &self.prerequisites {
            write_finding(&mut text, finding);
        }
        self.write_timeline(&mut text);
        text.finish()
    }

    fn write_timeline(&self, text: &mut Text) {
        let timeline = &self.timeline;
        let since = timeline.since.map(|day| format!(" since {day}")).unwrap_or_default();
        heading(text, &format!("Agreement: {}{since}", timeline.state));
        for window in &timeline.windows {
            let Window { step, earliest, latest, overdue } = window;
            let latest = latest.map_or_else(|| " on: up to you".to_owned(), |day| format!(" to {day}"));
            let late = if *overdue { ", overdue: ask Microsoft" } else { "" };
            let from = if latest.ends_with("you") { "from " } else { "" };
            line(text, &format!("{step:<20}{from}{earliest}{latest}{late}"));
        }
        if let Some(signing) = timeline.shortest_signing {
            let (published, deadline, days) = (signing.published, signing.deadline, signing.days);
            let days = if days == 1 { "that day alone".to_owned() } else { format!("{days} days") };
            wrapped(
                text,
                &format!(
                    "If it is published on {published}, the customer has {days} to accept, through {deadline}; after that it is \
                     approved once more."
                ),
            );
        }
        if timeline.windows.is_empty() {
            line(text, "nothing is to come");
        }
    }
}

fn write_finding(text: &mut Text, finding: &PrerequisiteFinding) {
    let (known, answer) = (finding.prerequisite, finding.answer);
    line(text, &format!("{:<16}{}", answer.as_str(), known.sentence));
    if matches!(answer, Answer::NotMet | Answer::Unknown) {
        wrapped(text, &format!("  {} [{}]", known.remedy, known.owner));
    }
}

fn write_value(text: &mut Text, value: &Value, precision: Precision) {
    heading(text, "With the offer and without it");
    let row = |name: &str, of: fn(&Side) -> Amount| {
        let [with, without] = [&value.with, &value.without].map(|side| precision.show(of(side)));
        vec![name.to_owned(), with, without]
    };
    let rows = [
        row("ACR", |side| side.acr),
        row("credit", |side| side.credit),
        row("PEC", |side| side.pec),
        row("invoice", |side| side.invoice),
    ];
    table(text, &[Column::Left(10), Column::Right(14), Column::Right(14)], &["", "with", "without"], &rows);
    let [customer, partner, forgone] =
        [value.value_to_customer, value.value_to_partner, value.pec_forgone].map(|amount| precision.show(amount));
    wrapped(
        text,
        &format!(
            "Nobody is charged for {customer} of usage; your invoice is {partner} lower; {forgone} of PEC are not earned while the \
             credit pays. Passed on in full at list price, the offer costs you that PEC."
        ),
    );
}
