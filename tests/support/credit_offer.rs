//! The golden cases of the Azure Credit Offer.

use std::num::NonZeroU32;

use chrono::NaiveDate;
use pec_core::credit_offer::{
    Agreement, AgreementError, Answer, Forecast, Mode, MonthlyDrawdown, Offer, Plan, Sizing, Step, Timeline,
};
use pec_core::money::{Number, Rate};
use pec_core::programme::Programme;
use serde_json::{Value, json};

/// What a case of this kind is answered with; only what is expected of a size is compared.
pub(crate) fn answer(kind: &str, case: &Value) -> Value {
    let found = match kind {
        "table" => table(case),
        "size" => size(case),
        "forecast" => forecast(case),
        "agreement" => agreement(case),
        "prerequisites" => Some(prerequisites(case)),
        other => panic!("nothing runs cases of {other}"),
    };
    found.unwrap_or_else(|| json!({"refused": true}))
}

fn number(value: &Value) -> Number {
    value.as_str().expect("an amount").parse().expect("a number")
}

fn numbers(value: &Value) -> Vec<Number> {
    value.as_array().expect("amounts").iter().map(number).collect()
}

fn day(value: &Value) -> NaiveDate {
    value.as_str().expect("a day").parse().expect("a day")
}

fn table(case: &Value) -> Option<Value> {
    let acr = numbers(&case["acr"]);
    let mode = if case["mode"] == "deck" { Mode::Deck } else { Mode::Daily };
    let share = case.get("eligible_share").map_or(Some(Rate::ONE), |share| Rate::from_fraction(number(share)));
    let last = case["expires_after"].as_u64().and_then(|month| NonZeroU32::new(u32::try_from(month).ok()?));
    let drawdown = MonthlyDrawdown::new(number(&case["credit"]), &acr);
    let drawdown = drawdown.mode(mode).eligible_share(share.expect("a share")).expires_after(last);
    let programme = Programme::builtin().unwrap();
    let table = drawdown.table(&programme.on(NaiveDate::from_ymd_opt(2024, 1, 15).unwrap()).unwrap()).ok()?;
    Some(json!(table.months))
}

fn size(case: &Value) -> Option<Value> {
    let programme = Programme::builtin().unwrap();
    let on = programme.on(day(&case["on"])).unwrap();
    let all = json!(Sizing::new(number(&case["acr"]), Rate::ONE, &on).ok()?);
    let expected = case["expect"].as_object().expect("what is expected");
    Some(expected.keys().map(|name| (name.clone(), all[name].clone())).collect::<serde_json::Map<_, _>>().into())
}

fn forecast(case: &Value) -> Option<Value> {
    let first = case.get("first_month").map(day);
    let found = json!(Forecast::new(number(&case["balance"]), &numbers(&case["acr"]), first).ok()?);
    Some(json!({"earliest": found["earliest"], "likely": found["likely"], "latest": found["latest"]}))
}

fn agreement(case: &Value) -> Option<Value> {
    let mut agreement = Agreement::default();
    for taken in case["steps"].as_array().expect("steps") {
        let step = Step::ALL.into_iter().find(|step| taken["step"] == step.as_str()).expect("a step");
        match agreement.take(step, day(&taken["on"])) {
            Ok(()) => {}
            Err(AgreementError::NotAllowed { state, .. }) => {
                return Some(json!({"refused": state.allowed().iter().map(|(step, _)| step).collect::<Vec<_>>()}));
            }
            Err(error) => panic!("{error}"),
        }
    }
    let calendar = case["holidays"].as_array().expect("holidays").iter().map(day).collect();
    let mut found = json!(Timeline::new(&agreement, &calendar, day(&case["today"]))?);
    found.as_object_mut()?.remove("since");
    Some(found)
}

/// The offer as the TOML that a user writes.
fn prerequisites(case: &Value) -> Value {
    let mut text = String::new();
    for (table, facts) in case["offer"].as_object().expect("tables") {
        text.push_str(&format!("[{table}]\n"));
        for (name, value) in facts.as_object().expect("facts") {
            text.push_str(&format!("{name} = {value}\n"));
        }
    }
    let offer = Offer::from_toml("offer.toml", &text).unwrap_or_else(|error| panic!("{error}"));
    let programme = Programme::builtin().unwrap();
    let plan = Plan::new(&offer, &programme.on(day(&case["today"])).unwrap()).unwrap();
    let of = |answer| {
        let found = plan.prerequisites.iter().filter(|finding| finding.answer == answer);
        found.map(|finding| finding.prerequisite.id.as_str()).collect::<Vec<_>>()
    };
    json!({
        "readiness": plan.readiness,
        "not_met": of(Answer::NotMet),
        "unknown": of(Answer::Unknown),
        "not_applicable": of(Answer::NotApplicable),
    })
}
