//! Months with their invoice: what ties, what does not, and what adds up.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use pec_core::engine::Run;
use pec_core::invoice::{PriceAdjustments, usage_subtotal};
use pec_core::money::{Amount, Number, Rate};
use pec_core::read::Input;
use pec_core::tie_out::{BridgeStep, Invoice, Method, TieOut, tie_out};
use proptest::prelude::*;

use crate::support::engine;

const DAILY: &str = "UsageDate,EntitlementId,SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,Quantity,\
    PartnerEarnedCreditPercentage,BillingCurrency,PCToBCExchangeRate";
const INVOICE: &str = "SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,BillableQuantity,Subtotal,TaxTotal,Currency,\
    PriceAdjustmentDescription,SubscriptionDescription,PCToBCExchangeRate";
const CREDIT: &str = "\"[\"\"15.0% Partner earned credit for services managed\"\"]\"";

/// A meter: its price in millionths, and its days with units in billionths and whether they were credited.
#[derive(Clone, Debug)]
struct Meter {
    price: i64,
    days: Vec<(u32, i64, bool)>,
}

/// A month of meters, billed in a currency at a rate of millionths.
#[derive(Clone, Debug)]
struct Month {
    meters: Vec<Meter>,
    currency: &'static str,
    exchange: i64,
}

fn month() -> impl Strategy<Value = Month> {
    let days = prop::collection::vec((1_u32..31, -2_000_000_000_i64..40_000_000_000, any::<bool>()), 1..8);
    let meter = (1_i64..90_000_000, days).prop_map(|(price, days)| Meter { price, days });
    let currency =
        prop::sample::select(vec![("USD", 1_000_000), ("EUR", 846_203), ("JPY", 149_990_000), ("KRW", 1_380_010_000)]);
    (prop::collection::vec(meter, 1..6), currency).prop_map(|(meters, (currency, exchange))| Month {
        meters,
        currency,
        exchange,
    })
}

fn decimal(digits: i64, scale: u8) -> Number {
    Number::new(i128::from(digits), scale)
}

fn amount(text: &str) -> Amount {
    Amount::from_number(text.parse().unwrap()).unwrap()
}

impl Month {
    fn daily(&self) -> Vec<String> {
        let (currency, rate) = (self.currency, decimal(self.exchange, 6));
        let line = |place: usize, price, (day, units, credited): &(u32, i64, bool)| {
            let (units, percent) = (decimal(*units, 9), if *credited { 15 } else { 0 });
            format!("2026-10-{day:02},s,plan,P{place},1,A,{price},{units},{percent},{currency},{rate}")
        };
        let of = |(place, meter): (usize, &Meter)| {
            meter.days.iter().map(|day| line(place, decimal(meter.price, 6), day)).collect::<Vec<_>>()
        };
        self.meters.iter().enumerate().flat_map(of).collect()
    }

    /// With units that an invoice prints whole.
    fn in_six_decimals(mut self) -> Self {
        for (_, units, _) in self.meters.iter_mut().flat_map(|meter| &mut meter.days) {
            *units -= *units % 1_000;
        }
        self
    }

    /// The lines that the month comes to: key, and the cells before and after the subtotal.
    fn invoiced(&self) -> Vec<(String, Amount, [String; 2])> {
        let (mut lines, rate) = (Vec::new(), decimal(self.exchange, 6));
        for (place, meter) in self.meters.iter().enumerate() {
            let mut units: BTreeMap<bool, i64> = BTreeMap::new();
            meter.days.iter().for_each(|(_, quantity, credited)| *units.entry(*credited).or_default() += quantity);
            for (credited, units) in units {
                let earned = Rate::from_percent(decimal(if credited { 15 } else { 0 }, 0)).unwrap();
                let discounts = PriceAdjustments { partner_earned_credit: earned, ..PriceAdjustments::default() };
                let cost = Amount::product(decimal(meter.price, 6), decimal(units, 9)).unwrap();
                let subtotal = usage_subtotal(cost, discounts, rate, self.currency.parse().unwrap()).unwrap();
                let before = format!("PLAN,P{place},1,a,{},{}", decimal(meter.price, 6), decimal(units / 1_000, 6));
                let text = if credited { CREDIT } else { "" };
                lines.push((
                    format!("p{place}"),
                    subtotal,
                    [before, format!("0.5,{},{text},Azure plan,{rate}", self.currency)],
                ));
            }
        }
        lines
    }

    fn invoice(lines: &[(String, Amount, [String; 2])]) -> Vec<String> {
        lines.iter().map(|(_, subtotal, [before, after])| format!("{before},{subtotal},{after}")).collect()
    }
}

fn file(header: &str, lines: &[String]) -> String {
    format!("{header}\n{}\n", lines.join("\n"))
}

fn found(daily: &[String], invoice: &str, threads: usize) -> TieOut {
    let inputs = daily.iter().enumerate().map(|(at, file)| Input::new(format!("{at}.csv"), file.as_bytes()));
    let run = Run::default().threads(NonZeroUsize::new(threads).unwrap());
    let charges = engine().daily_charges(inputs, &run).unwrap();
    let mut lines = Invoice::default();
    lines.read(Input::new("invoice.csv", invoice.as_bytes())).unwrap();
    tie_out(&charges, &lines).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn prop_a_month_ties_and_one_cent_unties_its_key(month in month(), at in any::<prop::sample::Index>(), up in any::<bool>()) {
        let daily = [file(DAILY, &month.daily())];
        let mut lines = month.invoiced();
        let tied = found(&daily, &file(INVOICE, &Month::invoice(&lines)), 1);
        prop_assert_eq!((tied.row_issues, tied.tied), (0, tied.keys), "{:?}", tied.untied);
        prop_assert_eq!(tied.total_daily, tied.total_invoice);
        let unit = amount(if month.currency.parse::<pec_core::money::Currency>().unwrap().decimals() == 0 { "1" } else { "0.01" });
        let unit = if up { unit } else { -unit };
        let wrong = at.index(lines.len());
        lines[wrong].1 = lines[wrong].1.checked_add(unit).unwrap();
        let untied = found(&daily, &file(INVOICE, &Month::invoice(&lines)), 1).untied;
        prop_assert_eq!(untied.len(), 1, "{:?}", untied);
        prop_assert_eq!(&untied[0].key.product, &lines[wrong].0);
        prop_assert_eq!((untied[0].difference, untied[0].method), (unit, Some(Method::Forward)));
    }

    #[test]
    fn prop_the_bridge_adds_up_to_the_invoice(month in month(), wrong in -500_i64..500, printed_whole: bool) {
        let month = if printed_whole { month.in_six_decimals() } else { month };
        let mut lines = month.invoiced();
        lines[0].1 = lines[0].1.checked_add(Amount::from_number(decimal(wrong, 2)).unwrap()).unwrap();
        let tie_out = found(&[file(DAILY, &month.daily())], &file(INVOICE, &Month::invoice(&lines)), 1);
        let mut running = Amount::ZERO;
        for amount in &tie_out.currencies[0].bridge {
            if amount.step.is_sum() {
                prop_assert_eq!(amount.billing, running, "{:?}", amount.step);
            } else {
                running = running.checked_add(amount.billing).unwrap();
            }
        }
        let subtotals = lines.iter().fold(Amount::ZERO, |sum, (_, subtotal, _)| sum.checked_add(*subtotal).unwrap());
        let of = |step| tie_out.currencies[0].bridge.iter().find(|amount| amount.step == step).unwrap();
        prop_assert_eq!(of(BridgeStep::AdjustedNetCharges).billing, subtotals);
        let other = of(BridgeStep::Other).billing;
        let beside = other.checked_sub(Amount::from_number(decimal(wrong, 2)).unwrap()).unwrap();
        let count = i64::try_from(lines.len()).unwrap();
        let cents = Amount::product(decimal(month.exchange, 6), decimal(count, 2)).unwrap();
        let most = cents.checked_add(Amount::from_number(decimal(count, 0)).unwrap()).unwrap();
        // The units that an invoice prints are cut to six decimals: where there are more, a line computed from them may come
        // out a cent of the pricing currency lower, and a unit of the billing currency besides.
        prop_assert!(beside.abs() <= if printed_whole { Amount::ZERO } else { most }, "{beside} beside");
        prop_assert_eq!(of(BridgeStep::UsageNetCharges).pricing.is_some(), other.is_zero());
    }

    #[test]
    fn prop_shuffled_and_split_days_give_one_result(
        (lines, shuffled, month) in month().prop_flat_map(|month| {
            let lines = month.daily();
            (Just(lines.clone()), Just(lines).prop_shuffle(), Just(month))
        }),
        at in any::<prop::sample::Index>(), threads in 2_usize..4,
    ) {
        let invoice = file(INVOICE, &Month::invoice(&month.invoiced()));
        let (first, second) = shuffled.split_at(at.index(lines.len()));
        let once = found(&[file(DAILY, &lines)], &invoice, 1);
        prop_assert_eq!(found(&[file(DAILY, first), file(DAILY, second)], &invoice, threads), once);
    }

    #[test]
    fn prop_long_numbers_are_exact_or_an_issue(price in "0\\.[0-9]{1,37}", units in "[1-9][0-9]{0,5}\\.[0-9]{1,32}") {
        let daily = [file(DAILY, &[format!("2026-10-04,s,plan,P,1,A,{price},{units},15,USD,1")])];
        let printed = units.split_once('.').map(|(whole, decimals)| format!("{whole}.{decimals:.6}")).unwrap();
        let line = |subtotal: Amount| file(INVOICE, &[format!("plan,P,1,A,{price},{printed},{subtotal},0,USD,{CREDIT},Azure plan,1")]);
        let (number, quantity): (Number, Number) = (price.parse().unwrap(), units.parse().unwrap());
        match Amount::product(number, quantity) {
            Err(_) => prop_assert_eq!(found(&daily, &line(Amount::ZERO), 1).row_issues, 1),
            Ok(cost) => {
                let earned = Rate::from_percent("15".parse().unwrap()).unwrap();
                let discounts = PriceAdjustments { partner_earned_credit: earned, ..PriceAdjustments::default() };
                let subtotal = usage_subtotal(cost, discounts, Number::ONE, "USD".parse().unwrap()).unwrap();
                let tie_out = found(&daily, &line(subtotal), 1);
                prop_assert_eq!((tie_out.row_issues, tie_out.tied), (0, 1), "{:?}", tie_out.untied);
            }
        }
    }
}
