//! What is sent between processes comes back whole, and parts that were decided apart merge to one run.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use pec_core::access::{Access, Evidence};
use pec_core::credit_offer::Mode;
use pec_core::drawdown::{AzureCredit, Cover, CreditUsage, Credits, Drawdown};
use pec_core::eligibility::RuleId;
use pec_core::engine::Engine;
use pec_core::ledger::{Filter, Ledger, summed_reason};
use pec_core::money::{Amount, Currency, Number};
use pec_core::normalise::price_list;
use pec_core::partner::Partner;
use pec_core::product::PriceList;
use pec_core::read::Input;
use pec_core::reconcile::Standing;
use pec_core::report::Report;
use proptest::prelude::*;
use proptest::sample::select;

use crate::ledger::NASTY;
use crate::strategies::{Cells, Spelling, file, records};
use crate::support::access::partner_of;
use crate::support::{engine, everything, report_of, threads};
use crate::worlds::{lines, world};

/// Credits of two customers, one of them in two currencies, that end somewhere in the usage.
fn credits() -> impl Strategy<Value = Credits> {
    (1..4_000_000_u32, 1..4_000_000_u32, 1..4_000_000_u32, any::<bool>()).prop_map(|(first, second, third, deck)| {
        let credit = |id: &str, customer: &str, currency: Currency, cents: u32, expiry: &str| {
            let granted = Amount::from_number(Number::new(cents.into(), 2)).unwrap();
            AzureCredit::new(id, customer, currency, granted, "2026-10-03".parse().unwrap(), expiry.parse().unwrap())
        };
        let all = vec![
            credit("a", "customer-0", Currency::USD, first, "2027-08-31"),
            credit("b", "Customer-1", Currency::USD, second, "2026-11-09"),
            credit("c", "customer-1", "EUR".parse().unwrap(), third, "2027-08-31"),
        ];
        Credits::new(all).unwrap().mode(if deck { Mode::Deck } else { Mode::Daily })
    })
}

/// Two files of these records.
fn files(records: &[Cells], at: usize) -> [(&'static str, Vec<u8>); 2] {
    let (first, second) = records.split_at(at.min(records.len()));
    [("a", file(first, Spelling::Today)), ("b", file(second, Spelling::Today))]
}

fn inputs<'f>(files: &'f [(&str, Vec<u8>)]) -> Vec<Input<'f>> {
    files.iter().map(|(name, bytes)| Input::new(*name, bytes.as_slice())).collect()
}

fn usage(files: &[(&str, Vec<u8>)]) -> CreditUsage {
    engine().credit_usage(inputs(files), &threads(1)).unwrap()
}

fn with_credits(credits: Credits, files: &[(&str, Vec<u8>)]) -> Engine {
    engine().with_drawdown(Drawdown::new(credits, &usage(files)).unwrap())
}

fn ledger(engine: &Engine, files: &[(&str, Vec<u8>)]) -> Ledger {
    engine.reconcile(inputs(files), &threads(1)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// As a cluster does it: each worker sums its file, the sums are merged, each worker decides its file, the ledgers are merged;
    /// everything travels as bytes.
    #[test]
    fn prop_files_decided_apart_with_credits_are_one_run(records in records(), at in 0..60_usize, credits in credits()) {
        let files = files(&records, at);
        let whole = ledger(&with_credits(credits.clone(), &files), &files);

        let sums = |part: &[_]| CreditUsage::from_bytes(&usage(part).to_bytes().unwrap()).unwrap();
        let [mut first, mut second] = [&files[..1], &files[1..]].map(sums);
        let (of_first, of_second) = (first.clone(), second.clone());
        first.merge(&of_second).unwrap();
        second.merge(&of_first).unwrap();
        prop_assert_eq!(first.to_bytes(), usage(&files).to_bytes());
        prop_assert_eq!(second.to_bytes(), first.to_bytes());

        let credits = Credits::from_bytes(&credits.to_bytes().unwrap()).unwrap();
        let sent = Drawdown::new(credits, &first).unwrap().to_bytes().unwrap();
        let worker = |part: &[_]| {
            let engine = engine().with_drawdown(Drawdown::from_bytes(&sent).unwrap());
            Ledger::from_bytes(&ledger(&engine, part).to_bytes().unwrap()).unwrap()
        };
        let [first, second] = [&files[..1], &files[1..]].map(worker);
        for (one, other) in [(&first, &second), (&second, &first)] {
            let mut merged = one.clone();
            merged.merge(other).unwrap();
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(everything(&report_of(&merged)), everything(&report_of(&whole)));
        }
    }

    #[test]
    fn prop_bytes_give_a_ledger_with_credits_back(records in records(), credits in credits(), customer in 0..3_u8) {
        let files = files(&records, 30);
        let whole = ledger(&with_credits(credits, &files), &files);
        let mine = Filter { customers: Some([format!("customer-{customer}")].into()), ..Filter::default() };
        for ledger in [&whole, &whole.filtered(&mine).unwrap()] {
            let again = Ledger::from_bytes(&ledger.to_bytes().unwrap()).unwrap();
            prop_assert_eq!(again.to_bytes(), ledger.to_bytes());
            prop_assert_eq!(again.cells(), ledger.cells());
            prop_assert_eq!(again.drawdown(), ledger.drawdown());
            prop_assert_eq!(again.split_lines(), ledger.split_lines());
            prop_assert_eq!(everything(&report_of(&again)), everything(&report_of(ledger)));
            let part = again.filtered(&mine).unwrap();
            prop_assert_eq!(part.to_bytes(), whole.filtered(&mine).unwrap().to_bytes());
            prop_assert!(!String::from_utf8(part.to_bytes().unwrap()).unwrap().contains("customer-2") || customer == 2);
        }
    }

    /// A filter counts the split lines of which it keeps a portion: as found by looking at every line.
    #[test]
    fn prop_a_filter_counts_the_split_lines_it_keeps(
        records in records(),
        credits in credits(),
        customer in proptest::option::of(0..3_u8),
        standings in proptest::option::of(proptest::sample::subsequence(Standing::ALL.to_vec(), 1..4)),
        reason in proptest::option::of(select(vec![RuleId::AzureCreditApplied, RuleId::NoAccessEvidence])),
        last_day in 1..=28_u32,
    ) {
        let files = files(&records, 30);
        let engine = with_credits(credits, &files);
        let filter = Filter {
            customers: customer.map(|customer| [format!("customer-{customer}")].into()),
            standings: standings.map(BTreeSet::from_iter),
            reasons: reason.map(|reason| [reason].into()),
            last_day: format!("2026-10-{last_day:02}").parse().ok(),
            ..Filter::default()
        };
        let mut expected = 0;
        for input in inputs(&files) {
            engine.stream(input, &mut |_, read| {
                if let Ok((line, decision)) = read && matches!(decision.cover, Cover::Share(_)) {
                    let (standing, reason) = decision.covered();
                    let portions = [(decision.standing, summed_reason(decision)), (standing, Some(reason))];
                    let keeps = |(standing, reason): (Standing, Option<RuleId>)| {
                        filter.standings.as_ref().is_none_or(|kept| kept.contains(&standing))
                            && filter.reasons.as_ref().is_none_or(|kept| reason.is_some_and(|reason| kept.contains(&reason)))
                    };
                    let here = filter.customers.as_ref().is_none_or(|kept| kept.contains(&line.customer.to_string()))
                        && filter.last_day.is_none_or(|last| line.day <= last);
                    expected += u64::from(here && portions.into_iter().any(keeps));
                }
                ControlFlow::Continue(())
            }).unwrap();
        }
        let whole = ledger(&engine, &files);
        let part = whole.filtered(&filter).unwrap();
        prop_assert_eq!(part.split_lines(), expected);
        prop_assert_eq!(report_of(&part).split_lines, expected);
        prop_assert_eq!(part.filtered(&filter).unwrap().split_lines(), expected);
        let all = whole.filtered(&Filter::default()).unwrap();
        prop_assert_eq!(all.split_lines(), whole.split_lines());
        prop_assert_eq!(all.filtered(&filter).unwrap().split_lines(), expected);
    }

    #[test]
    fn prop_any_bytes_are_a_ledger_with_credits_or_refused(
        records in records(),
        credits in credits(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), select(NASTY)), 1..4),
    ) {
        let files = files(&records, 30);
        let engine = with_credits(credits, &files);
        let text = String::from_utf8(ledger(&engine, &files).to_bytes().unwrap()).unwrap();
        if let Ok(ledger) = Ledger::from_bytes(&changed(&text, &changes)) {
            // A sum may not fit; nothing may panic.
            let _ = Report::new(&ledger, engine.programme()).map(|report| report.text());
            prop_assert!(ledger.to_bytes().is_ok());
        }
        let text = String::from_utf8(engine.drawdown().unwrap().to_bytes().unwrap()).unwrap();
        if let Ok(drawdown) = Drawdown::from_bytes(&changed(&text, &changes)) {
            let _ = drawdown.status(Vec::new());
            prop_assert!(drawdown.to_bytes().is_ok());
            let _ = engine.clone().with_drawdown(drawdown).reconcile(inputs(&files), &threads(1));
        }
        let text = String::from_utf8(usage(&files).to_bytes().unwrap()).unwrap();
        if let Ok(usage) = CreditUsage::from_bytes(&changed(&text, &changes)) {
            let _ = Drawdown::new(Credits::default(), &usage);
            prop_assert!(usage.to_bytes().is_ok());
        }
    }
}

/// A partner file whose resellers, agreement and subscriptions have their times.
fn dated(mut partner: serde_json::Value, from: u32, until: u32) -> Partner {
    let [from, until] = [from.min(until), from.max(until) + 1].map(|day| format!("2026-07-{day:02}"));
    partner["partner"]["agreement"] = serde_json::json!([{"from": from}, {"until": until}]);
    partner["transacting"] =
        serde_json::json!([{"subscription": "S", "from": from, "until": until}, {"subscription": "t"}]);
    partner["assumptions"] = serde_json::json!({"unchanged": from.as_str() > "2026-07-09", "unchanged_until": until});
    partner_of(&partner)
}

/// Rows of price lists; some cannot be read, some contradict.
fn prices() -> impl Strategy<Value = String> {
    let row = (select(vec!["p", "P", "q", ""]), select(vec!["0001", "1", "2"]), select(vec!["0.5", "0.50", "1", "x"]));
    let when = (1..28_u32, 1..28_u32, select(vec!["US", "DE", ""]), select(vec!["", "100", "1000"]), any::<bool>());
    let rows = proptest::collection::vec((row, when), 0..12);
    rows.prop_map(|rows| {
        let header = "ProductId,SkuId,UnitPrice,EffectiveStartDate,EffectiveEndDate,Market,PricingTierRangeMin,Tags";
        let lines = rows.into_iter().map(|((product, sku, price), (from, until, market, least, third))| {
            let tag = if third { "Third Party" } else { "" };
            format!("{product},{sku},{price},10/{from}/2026,10/{until}/2026,{market},{least},{tag}\n")
        });
        format!("{header}\n{}", lines.collect::<String>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn prop_bytes_give_partner_and_evidence_back(world in world(), lines in lines(), from in 1..31_u32, until in 1..31_u32) {
        let (partner, evidence) = (dated(world.partner.clone(), from, until), world.evidence());
        let sent = Evidence::from_bytes(&evidence.to_bytes().unwrap()).unwrap();
        prop_assert_eq!(sent.to_bytes(), evidence.to_bytes());
        let sent_partner = Partner::from_bytes(&partner.to_bytes().unwrap()).unwrap();
        prop_assert_eq!(&sent_partner, &partner);
        let shown = |access: Access| {
            let engine = engine().with_access(access);
            let timeline = format!("{:?}", engine.access().unwrap().timeline(engine.programme()));
            let of_line = |line: &crate::worlds::Line| {
                line.with("", |line| (engine.judge(line), serde_json::to_string(&engine.explain_access(line)).unwrap()))
            };
            (timeline, lines.iter().map(of_line).collect::<Vec<_>>())
        };
        prop_assert_eq!(shown(Access::new(sent_partner, sent)), shown(Access::new(partner, evidence)));
    }

    #[test]
    fn prop_bytes_give_a_price_list_back(first in prices(), second in prices()) {
        let read = |texts: [&str; 2]| price_list::read(texts.map(|text| Input::new("prices.csv", text.as_bytes()))).unwrap().0;
        let prices = read([&first, &second]);
        let sent = PriceList::from_bytes(&prices.to_bytes().unwrap()).unwrap();
        prop_assert_eq!(sent.to_bytes(), prices.to_bytes());
        prop_assert_eq!(read([&second, &first]).to_bytes(), prices.to_bytes(), "the order of files cannot be seen");
        let shown = |list: &PriceList| {
            let days = (1..31_u32).map(|day| format!("2026-10-{day:02}").parse().unwrap());
            let entries = days.flat_map(|day| ["p", "q", "x"].map(|product| {
                (list.entry(product, "0001", "", day).cloned(), list.entry(product, "2", "", day).cloned(), list.covers(day))
            }));
            (entries.collect::<Vec<_>>(), list.contradictions().into_iter().cloned().collect::<Vec<_>>())
        };
        prop_assert_eq!(shown(&sent), shown(&prices));
        let lines = "UsageDate,EntitlementId,ProductId,SkuId,UnitPrice,Quantity,PartnerEarnedCreditPercentage\n".to_owned()
            + &(1..31_u32).flat_map(|day| ["p", "q", "x"].map(|id| format!("2026-10-{day:02},s,{id},1,1,1,0\n"))).collect::<String>();
        let decided = |list: PriceList| ledger(&engine().with_prices(list), &[("f", lines.clone().into_bytes())]).to_bytes();
        prop_assert_eq!(decided(sent), decided(prices));
    }

    #[test]
    fn prop_any_bytes_are_what_they_say_or_refused(
        world in world(),
        prices in prices(),
        lines in lines(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), select(NASTY)), 1..4),
    ) {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let partner = dated(world.partner.clone(), 3, 9);
        if let Ok(evidence) = Evidence::from_bytes(&changed(&text(world.evidence().to_bytes().unwrap()), &changes)) {
            let engine = engine().with_access(Access::new(partner.clone(), evidence));
            lines.iter().for_each(|line| line.with("", |line| drop(engine.explain_access(line))));
            let _ = engine.access().unwrap().timeline(engine.programme());
        }
        if let Ok(partner) = Partner::from_bytes(&changed(&text(partner.to_bytes().unwrap()), &changes)) {
            let engine = engine().with_access(Access::new(partner, world.evidence()));
            lines.iter().for_each(|line| line.with("", |line| drop(engine.explain_access(line))));
        }
        let list = price_list::read([Input::new("prices.csv", prices.as_bytes())]).unwrap().0;
        if let Ok(list) = PriceList::from_bytes(&changed(&text(list.to_bytes().unwrap()), &changes)) {
            let day = "2026-10-04".parse().unwrap();
            let _ = list.entry("p", "1", "", day).map(|entry| entry.tier_cost("150".parse().unwrap()));
            prop_assert!(list.to_bytes().is_ok());
        }
    }
}

#[test]
fn each_form_is_named_where_it_is_not() {
    let evidence = Evidence::new().to_bytes().unwrap();
    let told = [
        Partner::from_bytes(&evidence).map(drop),
        PriceList::from_bytes(&evidence).map(drop),
        Credits::from_bytes(&evidence).map(drop),
        CreditUsage::from_bytes(&evidence).map(drop),
        Drawdown::from_bytes(&evidence).map(drop),
    ];
    for (told, what) in told.into_iter().zip(["partner", "price list", "credits", "credit usage", "drawdown"]) {
        let expected = format!("these bytes are no saved {what} (`format` is not `pec {what}`); save it again");
        assert_eq!(told.unwrap_err().to_string(), expected);
    }
    let later = String::from_utf8(evidence).unwrap().replace("\"version\":3", "\"version\":4");
    assert_eq!(
        Evidence::from_bytes(later.as_bytes()).map(drop).unwrap_err().to_string(),
        "this evidence was saved in version 4 of the form, expected version 3; save it again with this version of pec"
    );
}

/// The text with some of its values replaced: values of JSON stand between these signs.
fn changed(text: &str, changes: &[(proptest::sample::Index, &str)]) -> Vec<u8> {
    let mut values: Vec<&str> = text.split_inclusive(['[', ',', ']', ':', '{', '}']).collect();
    for (at, nasty) in changes {
        let at = at.index(values.len());
        values[at] = nasty;
    }
    values.concat().into_bytes()
}
