//! What a tie-out says of sides that do not belong together, or that could not be read whole.

mod support;

use pec_core::read::Input;
use pec_core::tie_out::{Invoice, TieOut, tie_out};
use support::{engine, threads};

const DAILY: &str = "SubscriptionId,ProductId,SkuId,AvailabilityId,EntitlementId,UsageDate,UnitPrice,Quantity,\
                     BillingCurrency,PartnerEarnedCreditPercentage\n";
const INVOICE: &str = "SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,BillableQuantity,Subtotal,TaxTotal,Currency,\
                       SubscriptionDescription,ChargeStartDate,ChargeEndDate\n";

fn found(daily: &[&str], invoice: &[&str]) -> TieOut {
    let daily = format!("{DAILY}{}\n", daily.join("\n"));
    let charges = engine().daily_charges([Input::new("daily.csv", daily.as_bytes())], &threads(1)).unwrap();
    let mut lines = Invoice::default();
    lines.read(Input::new("invoice.csv", format!("{INVOICE}{}\n", invoice.join("\n")).as_bytes())).unwrap();
    tie_out(&charges, &lines).unwrap()
}

fn because(found: &TieOut) -> Vec<String> {
    let names = |because: &[pec_core::tie_out::Because]| {
        because.iter().map(|because| because.as_str()).collect::<Vec<_>>().join(" ")
    };
    found.untied.iter().map(|key| format!("{}: {}", key.key.product, names(&key.because))).collect()
}

const TWO_DAYS: [&str; 2] = ["p,a,1,x,s1,2026-10-04,1,2,USD,0", "p,a,1,x,s1,2026-10-05,1,3,USD,0"];
const WHOLE: &str = "p,a,1,x,1,5,5.00,0,USD,Azure plan,10/1/2026,10/31/2026";

#[test]
fn rows_that_cannot_be_read_are_a_possible_cause() {
    let tied = found(&TWO_DAYS, &[WHOLE]);
    assert_eq!((tied.keys, tied.tied), (1, 1));
    // The key's only row of the invoice.
    let broken = found(&TWO_DAYS, &[&WHOLE.replace(",0,USD", ",x,USD")]);
    assert_eq!(because(&broken), ["a: unreadable_invoice_row no_invoice_line"]);
    assert!(broken.text().contains("rows of the invoice could not be read"), "{}", broken.text());
    // One of its two rows.
    let halves = ["p,a,1,x,1,2,2.00,0,USD,Azure plan,,", "p,a,1,x,1,3,3.00,x,USD,Azure plan,,"];
    assert_eq!(because(&found(&TWO_DAYS, &halves)), ["a: unreadable_invoice_row quantity"]);
    // A daily row.
    let days = [TWO_DAYS[0], "p,a,1,x,s1,2026-10-05,1,?,USD,0"];
    assert_eq!(because(&found(&days, &[WHOLE])), ["a: unreadable_daily_row late_usage"]);
    assert_eq!(because(&found(&days[1..], &[WHOLE])), ["a: unreadable_daily_row no_daily_lines"]);
    // With the same units on both sides no row is missing.
    let cent = [WHOLE.replace("5.00", "5.01"), "p,b,1,x,1,1,1.00,x,USD,Azure plan,,".to_owned()];
    assert_eq!(because(&found(&TWO_DAYS, &[&cent[0], &cent[1]])), ["a: amount"]);
}

#[test]
fn other_months_are_told_at_the_top() {
    let september = WHOLE.replace("10/1/2026,10/31/2026", "9/1/2026,9/30/2026");
    let apart = found(&TWO_DAYS, &[&september]);
    let json = serde_json::to_value(&apart).unwrap();
    let expected = serde_json::json!({
        "first_day": "2026-10-04", "last_day": "2026-10-05", "first_charged": "2026-09-01", "last_charged": "2026-09-30",
    });
    assert_eq!((json["tied"].as_u64(), &json["periods_apart"]), (Some(1), &expected));
    assert!(apart.text().lines().nth(1).is_some_and(|line| line.contains("Other months")), "{}", apart.text());
    for invoice in [
        vec![WHOLE.to_owned()],
        // A line that does not say when, or says it so that it could be another day, may be of any month.
        vec![september.replace("9/1/2026,9/30/2026", ",")],
        vec![september.clone(), WHOLE.replace("10/1/2026,10/31/2026", "10/5/2026,11/6/2026")],
        // A licence of another month is no usage.
        vec![WHOLE.to_owned(), "l,l,1,x,1,5,5.00,0,USD,Licence,9/1/2026,9/30/2026".to_owned()],
    ] {
        let lines: Vec<_> = invoice.iter().map(String::as_str).collect();
        let found = found(&TWO_DAYS, &lines);
        assert_eq!(found.periods_apart, None, "{invoice:?}");
        assert!(serde_json::to_value(&found).unwrap().get("periods_apart").is_none());
    }
}
