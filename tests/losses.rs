//! Losses: credit that a partner could have had, by reason and Azure subscription, and what it comes to in a month.

mod support;

use pec_core::engine::Run;
use pec_core::read::Input;
use pec_core::report::Report;
use serde_json::{Value, json};

use support::access::access_of;
use support::engine;

/// Access from 4 July to the end of 8 July, proven for all of July.
fn access() -> pec_core::access::Access {
    let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let entry = |at: &str, action: &str| json!({"timestamp": at, "action": action, "principalId": "agents", "scope": "/subscriptions/s", "roleDefinitionId": owner});
    let file = |kind: &str| json!({"path": kind, "kind": kind, "subscriptions": ["s"], "complete": true, "from": "2026-06-01"});
    let kinds = ["role_assignments", "lighthouse_assignments", "change_log"];
    let folder = json!({
        "manifest": {"version": 1, "taken_at": "2026-08-05T00:00:00Z", "files": kinds.map(file)},
        "files": {
            "role_assignments": [],
            "lighthouse_assignments": [],
            "change_log": [entry("2026-07-04T00:00:00Z", "Granted"), entry("2026-07-09T00:00:00Z", "Revoked")],
        },
    });
    let partner =
        json!({"partner": {"kind": "direct_bill", "tenant_id": "t", "partner_ids": ["1"], "agent_groups": ["agents"]}});
    access_of(&partner, &folder)
}

/// Days of July, what each line costs, and the percentage that was paid.
fn losses(days: &[(u32, u32, u32)]) -> Vec<Value> {
    let mut file =
        "UsageDate,CustomerId,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage,MeterName\n".to_owned();
    for (day, cost, paid) in days {
        file.push_str(&format!("2026-07-{day:02},c,s,{cost},1,{paid},\n"));
    }
    file.push_str("2026-07-31,c,s,5,1,0,D2s v3 Spot\n");
    let engine = engine().with_access(access());
    let ledger = engine.reconcile([Input::new("usage.csv", file.as_bytes())], &Run::default()).unwrap();
    let report = Report::new(&ledger, engine.programme()).unwrap();
    serde_json::to_value(&report.losses).unwrap().as_array().unwrap().clone()
}

#[test]
fn a_loss_goes_on_while_the_last_day_that_could_earn_is_of_it() {
    let days =
        [(1, 6, 0), (2, 6, 0), (3, 6, 0), (4, 6, 15), (5, 6, 15), (7, 6, 15), (8, 6, 0), (11, 6, 0), (13, 10, 0)];
    let expected = json!([
        {
            "standing": "lost", "reason": "no_access", "customer": "c", "subscription": "s", "currency": "USD",
            "first_day": "2026-07-01", "last_day": "2026-07-13", "days": 5, "lines": 5, "list_cost": "34.00",
            // The last run alone: 11 to 13 July, 16.00 in three days.
            "credit_lost": "5.10", "ongoing": true, "credit_per_month": "24.00",
            "assumptions": ["assumed_unchanged"],
        },
        {
            "standing": "missed", "reason": null, "customer": "c", "subscription": "s", "currency": "USD",
            "first_day": "2026-07-08", "last_day": "2026-07-08", "days": 1, "lines": 1, "list_cost": "6.00",
            "credit_lost": "0.90", "ongoing": false, "credit_per_month": null,
            "assumptions": ["no_deny_assignments"],
        },
    ]);
    assert_eq!(json!(losses(&days)), expected);
}

#[test]
fn a_loss_that_is_over_has_no_month() {
    let found = losses(&[(3, 6, 0), (4, 6, 15)]);
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["ongoing"], &found[0]["credit_per_month"]), (&json!(false), &Value::Null));
    assert!(losses(&[(4, 6, 15)]).is_empty());
}
