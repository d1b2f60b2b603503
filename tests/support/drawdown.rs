//! Runs with credits, in the oracle's form.

use pec_core::drawdown::{CreditBalance, Credits, Drawdown};
use pec_core::engine::Engine;
use pec_core::ledger::Ledger;
use pec_core::money::Amount;
use pec_core::read::Input;
use serde_json::{Value, json};

use crate::support::{json_of, report_of, threads};

/// Both passes over files.
pub fn ledger_of(engine: &Engine, credits: &str, files: &[(&str, &[u8])], count: usize) -> Ledger {
    let engine = engine.clone().with_drawdown(drawdown_of(engine, credits, files, count));
    engine.reconcile(inputs(files), &threads(count)).unwrap_or_else(|error| panic!("{error}"))
}

/// The first pass.
pub fn drawdown_of(engine: &Engine, credits: &str, files: &[(&str, &[u8])], count: usize) -> Drawdown {
    let credits = Credits::from_toml("credits.toml", credits).unwrap_or_else(|error| panic!("{error}"));
    let usage = engine.credit_usage(inputs(files), &threads(count)).unwrap_or_else(|error| panic!("{error}"));
    Drawdown::new(credits, &usage).expect("small sums fit")
}

pub fn inputs<'f>(files: &'f [(&str, &[u8])]) -> impl Iterator<Item = Input<'f>> {
    files.iter().map(|(name, bytes)| Input::new(*name, *bytes))
}

/// What the oracle tells of a run: the credits in the order of their file.
pub fn found(ledger: &Ledger, credits: &str) -> Value {
    let drawdown = ledger.drawdown().expect("a ledger with a drawdown");
    let report = json_of(&report_of(ledger));
    let text = |amount: Amount| amount.to_string();
    let mut days: Vec<_> = (drawdown.credit_days().iter())
        .map(|entry| {
            let of = &drawdown.balances()[entry.credit].credit;
            let key = (of.customer.clone(), entry.day, of.id.clone());
            let day = json!({
                "customer": of.customer, "credit": of.id, "day": entry.day.to_string(), "drawn": text(entry.drawn),
                "expired": text(entry.expired), "balance": text(entry.balance),
            });
            (key, day)
        })
        .collect();
    days.sort_by(|(a, _), (b, _)| a.cmp(b));
    let state = |of: &CreditBalance| {
        assert_eq!(
            [of.expired_before, of.drawn, of.expired, of.balance]
                .into_iter()
                .try_fold(of.drawn_before, Amount::checked_add),
            Ok(of.credit.granted),
            "what was granted is somewhere"
        );
        json!({
            "id": of.credit.id, "granted": text(of.credit.granted), "drawn_before": text(of.drawn_before),
            "drawn": text(of.drawn), "expired": text(of.expired_before.checked_add(of.expired).unwrap()),
            "balance": text(of.balance), "ended_on": of.ended_on.map(|day| day.to_string()),
        })
    };
    // Each credit once, by customer and id, in the order in which the file names them.
    let table: toml::Table = credits.parse().expect("TOML");
    let in_order =
        table.get("credit").and_then(toml::Value::as_array).into_iter().flatten().zip(1..).map(|(one, number)| {
            let id =
                one.get("id").and_then(toml::Value::as_str).map_or_else(|| format!("credit-{number}"), str::to_owned);
            let customer = one["customer"].as_str().expect("a customer").trim().to_lowercase();
            let currency = one.get("currency").and_then(toml::Value::as_str).unwrap_or("USD").to_uppercase();
            let is = |of: &&CreditBalance| {
                (&of.credit.id, &of.credit.customer, of.credit.currency.to_string())
                    == (&id, &customer, currency.clone())
            };
            state(drawdown.balances().iter().find(is).expect("the credit"))
        });
    json!({
        "days": days.into_iter().map(|(_, day)| day).collect::<Vec<_>>(),
        "sums": report["sums"],
        "split_lines": report.get("split_lines").cloned().unwrap_or(json!(0)),
        "credits": in_order.collect::<Vec<_>>(),
    })
}
