//! What must always hold of Azure credits drawn down by real lines.

use pec_core::drawdown::{AzureCredit, CreditBalance, Credits, Drawdown, Statement};
use pec_core::engine::Engine;
use pec_core::ledger::Ledger;
use pec_core::money::{Amount, Currency, Number};
use pec_core::read::Input;
use pec_core::reconcile::Standing;
use proptest::prelude::*;

use super::support::{engine, shuffle, threads};

const HEADER: &str =
    "UsageDate,CustomerId,EntitlementId,ResourceGroup,UnitPrice,Quantity,PartnerEarnedCreditPercentage,MeterName\n";

/// A line of customer `c` in September or October 2026.
#[derive(Clone, Debug)]
struct Line {
    october: bool,
    day: u32,
    cents: i32,
    group: u8,
    paid: bool,
    spot: bool,
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (any::<bool>(), 1..31_u32, -300..4_000_i32, 0..4_u8, any::<bool>(), prop::bool::weighted(0.1))
        .prop_map(|(october, day, cents, group, paid, spot)| Line { october, day, cents, group, paid, spot });
    prop::collection::vec(line, 1..40)
}

fn file<'l>(lines: impl IntoIterator<Item = &'l Line>) -> String {
    let row = |line: &Line| {
        let (month, price) = (if line.october { 10 } else { 9 }, Number::new(line.cents.into(), 2));
        let (rate, meter) = (if line.paid { 15 } else { 0 }, if line.spot { "D2s v3 Spot" } else { "D2s v3" });
        format!("2026-{month:02}-{:02},c,s,g{},{price},1,{rate},{meter}\n", line.day, line.group)
    };
    lines.into_iter().map(row).fold(HEADER.to_owned(), |file, row| file + &row)
}

fn amount(cents: u32) -> Amount {
    Amount::from_number(Number::new(cents.into(), 2)).unwrap()
}

fn credit(id: &str, cents: u32, expiry: &str) -> AzureCredit {
    let [from, until] = ["2026-09-01", expiry].map(|day| day.parse().unwrap());
    AzureCredit::new(id, "c", Currency::USD, amount(cents), from, until)
}

fn drawdown(engine: &Engine, credits: Vec<AzureCredit>, file: &str) -> Drawdown {
    let usage = engine.credit_usage([Input::new("usage.csv", file.as_bytes())], &threads(1)).unwrap();
    Drawdown::new(Credits::new(credits).unwrap(), &usage).unwrap()
}

fn ledger(credits: Vec<AzureCredit>, file: &str) -> Ledger {
    let engine = engine();
    let drawdown = drawdown(&engine, credits, file);
    engine.with_drawdown(drawdown).reconcile([Input::new("usage.csv", file.as_bytes())], &threads(1)).unwrap()
}

fn sum(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    amounts.into_iter().fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).unwrap())
}

/// Lines, list cost and credit by flag of all cells.
fn totals(ledger: &Ledger) -> (u64, Amount, Amount) {
    let cells = ledger.cells();
    let of = |field: fn(&pec_core::ledger::Sums) -> Amount| sum(cells.iter().map(|cell| field(&cell.sums)));
    (cells.iter().map(|cell| cell.sums.lines).sum(), of(|sums| sums.list_cost), of(|sums| sums.credit))
}

/// What a credit did not pay and could earn.
fn left_to_earn(ledger: &Ledger) -> Amount {
    let earns = |standing| matches!(standing, Standing::Earned | Standing::Unknown);
    sum(ledger.cells().iter().filter(|cell| earns(cell.standing)).map(|cell| cell.sums.list_cost))
}

proptest! {
    #[test]
    fn prop_standings_partition_the_file_and_credits_are_whole(lines in lines(), small in 1..20_000_u32, large in 1..20_000_u32) {
        let file = file(&lines);
        let credits = vec![credit("small", small, "2026-09-20"), credit("large", large, "2027-08-31")];
        let with = ledger(credits, &file);
        prop_assert_eq!(totals(&with), totals(&ledger(Vec::new(), &file)));
        let drawdown = with.drawdown().unwrap();
        for CreditBalance { credit, drawn_before, expired_before, drawn, expired, balance, .. } in drawdown.balances() {
            prop_assert_eq!(sum([*drawn_before, *expired_before, *drawn, *expired, *balance]), credit.granted);
            prop_assert!(*balance >= Amount::ZERO && *drawn >= Amount::ZERO);
        }
        let paid = with.cells().iter().filter(|cell| cell.reason.is_some_and(|id| id.as_str() == "azure_credit_applied")).map(|cell| cell.sums.list_cost).collect::<Vec<_>>();
        let spot = lines.iter().any(|line| line.spot);
        // Spot that credit pays stays `spot_virtual_machine`, by rank.
        prop_assert!(spot || sum(paid) == sum(drawdown.balances().iter().map(|of| of.drawn)));
    }

    #[test]
    fn prop_a_month_carried_forward_is_one_run(lines in lines(), cents in 1..60_000_u32) {
        let (october, september): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.october);
        prop_assume!(!september.is_empty() && !october.is_empty());
        let engine = engine();
        let of = |credit: AzureCredit, lines: &[&Line]| drawdown(&engine, vec![credit], &file(lines.iter().copied())).balances()[0].clone();
        let granted = credit("a", cents, "2027-08-31");
        let whole = of(granted.clone(), &lines.iter().collect::<Vec<_>>());
        let first = of(granted.clone(), &september);
        let month = "2026-09-01".parse().unwrap();
        let carried = granted.with_statements(vec![Statement::new(month, first.drawn, first.balance)]);
        let second = of(carried, &october);
        prop_assert_eq!(second.balance, whole.balance);
        prop_assert_eq!(sum([second.drawn_before, second.drawn]), whole.drawn);
    }

    #[test]
    fn prop_a_larger_credit_leaves_less_to_earn(lines in lines(), cents in 1..20_000_u32, more in 1..20_000_u32) {
        let lines: Vec<_> = lines.into_iter().map(|line| Line { cents: line.cents.abs(), ..line }).collect();
        let file = file(&lines);
        let left = |cents| left_to_earn(&ledger(vec![credit("a", cents, "2027-08-31")], &file));
        prop_assert!(left(cents + more) <= left(cents));
    }

    #[test]
    fn prop_the_order_of_lines_cannot_be_seen(lines in lines(), cents in 1..20_000_u32, seed in any::<u64>()) {
        let mut shuffled = lines.clone();
        shuffle(&mut shuffled, seed);
        let of = |lines: &[Line]| {
            let ledger = ledger(vec![credit("a", cents, "2027-08-31")], &file(lines));
            format!("{:?} {:?} {}", ledger.cells(), ledger.drawdown().unwrap().ledger(), ledger.split_lines())
        };
        prop_assert_eq!(of(&lines), of(&shuffled));
    }
}
