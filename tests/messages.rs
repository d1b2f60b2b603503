//! Every message, as people read it: lower case, one line, what was found and what to do.

use std::fmt::Write as _;

use chrono::NaiveDate;
use pec_core::credit_offer::{Agreement, CreditOfferError, Forecast, MonthlyDrawdown, Offer, Step};
use pec_core::day::UsageDay;
use pec_core::engine::{Engine, EngineError};
use pec_core::ids::SubscriptionId;
use pec_core::money::{Amount, AmountError, Currency, ListCost, Money, MoneyError, Number, NumberError};
use pec_core::normalise::Record;
use pec_core::programme::{Programme, ProgrammeError};
use pec_core::read::{Input, ReadErrorKind};
use pec_core::resource::ArmScope;

/// All messages, one a line, with what gives them.
#[derive(Default)]
struct Messages(String);

impl Messages {
    fn add(&mut self, what: &str, message: impl std::fmt::Display) {
        let message = message.to_string();
        assert!(!message.contains('\n'), "{what}: {message}");
        assert!(!message.ends_with('.'), "{what}: {message}");
        assert!(!message.contains("::") && !message.contains("Some("), "{what} shows Rust: {message}");
        let first = message.chars().next().expect("a message");
        assert!(!first.is_uppercase(), "{what}: {message}");
        let _ = writeln!(self.0, "{what}: {message}");
    }
}

#[test]
fn of_whole_inputs() {
    let mut messages = Messages::default();
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for kind in [
        ReadErrorKind::Empty,
        ReadErrorKind::Zip,
        ReadErrorKind::Utf16,
        ReadErrorKind::Markup,
        ReadErrorKind::Unrecognised,
        ReadErrorKind::LineEnds,
        ReadErrorKind::LongHeader,
        ReadErrorKind::OpenQuoteInHeader,
        ReadErrorKind::NoHeader,
        ReadErrorKind::OtherHeader,
        ReadErrorKind::MissingColumns { missing: strings(&["UnitPrice", "Quantity"]), advice: "what to export" },
        ReadErrorKind::OtherKind { column: "UsageDate".into(), advice: "what to export" },
        ReadErrorKind::DuplicateColumn { first: "Quantity".into(), second: "Consumed Quantity".into() },
        ReadErrorKind::FloatColumn { column: "UnitPrice".into(), found: "Float64".into() },
        ReadErrorKind::UnreadableColumn { column: "UnitPrice".into(), found: "List(Utf8)".into() },
        ReadErrorKind::ZipOfSeveral { files: 2 },
        ReadErrorKind::ZipNotReadable { found: "is encrypted".into() },
        ReadErrorKind::Expansion { limit: 250 },
        ReadErrorKind::Io("unexpected end of file".into()),
    ] {
        messages.add(format!("{kind:?}").split([' ', '(']).next().unwrap(), kind);
    }
    let engine = Engine::new().unwrap();
    let missing =
        engine.reconcile([Input::new("usage.csv", &b"UsageDate,Quantity\n"[..])], &Default::default()).unwrap_err();
    messages.add("a file without columns", &missing);
    assert!(matches!(missing, EngineError::Read(ref error) if error.file() == "usage.csv"));
    messages.add("Stopped", EngineError::Stopped);
    insta::assert_snapshot!(messages.0);
}

#[test]
fn of_values() {
    let mut messages = Messages::default();
    messages.add("NotANumber", "1,5".parse::<Number>().unwrap_err());
    messages.add("TooLong", "1".repeat(39).parse::<Number>().unwrap_err());
    assert_eq!("1e-49".parse::<Number>(), Err(NumberError::TooLong));
    let number = |text: &str| text.parse::<Number>().unwrap();
    messages.add("TooPrecise", ListCost::new(number("1e-30"), number("1e-30")).unwrap_err());
    messages.add("TooLarge", ListCost::new(number("1e13"), number("1")).unwrap_err());
    messages.add("SumTooLarge", AmountError::SumTooLarge);
    let usd = Money::new(Amount::ZERO, Currency::USD);
    let mixed = usd.checked_add(Money::new(Amount::ZERO, "EUR".parse().unwrap())).unwrap_err();
    assert!(matches!(mixed, MoneyError::CurrencyMismatch(..)));
    messages.add("CurrencyMismatch", mixed);
    messages.add("CurrencyError", "US$".parse::<Currency>().unwrap_err());
    messages.add("DayError", "2026-13-01".parse::<UsageDay>().unwrap_err());
    messages.add("IdError", SubscriptionId::new("a\u{7}").unwrap_err());
    messages.add("ScopeError", ArmScope::parse("vm1").unwrap_err());
    insta::assert_snapshot!(messages.0);
}

#[test]
fn of_programmes() {
    let mut messages = Messages::default();
    let programme = Programme::builtin().unwrap();
    messages.add("BeforeFirstEntry", programme.on(NaiveDate::from_ymd_opt(2018, 10, 31).unwrap()).unwrap_err());
    let with = |from: &str, to: &str| {
        let text = Programme::builtin_parameters();
        assert!(text.contains(from), "`{from}` is in the built-in text");
        Programme::from_toml(&text.replacen(from, to, 1), Programme::builtin_roles()).unwrap_err()
    };
    for (from, to) in [
        ("[credit_rate]", "[credit_rates]"),
        ("value = \"0.15\"", "value = 0.15"),
        ("value = \"0.15\"", "value = \"15\""),
        ("verified_through = 2023-10-23", "verified_through = \"2023-10-23\""),
        ("effective_from = 2018-11-01", "effective_from = 2018-11-01T00:00:00Z"),
        ("status = \"documented\"", "status = \"certain\""),
        ("value = \"whole_day\"", "value = \"most_of_the_day\""),
        ("value = \"UTC\"", "value = \"CET\""),
        ("\"0.15\"", "\"0.15"),
    ] {
        messages.add(&format!("`{from}` as `{to}`"), with(from, to));
    }
    let absent = Programme::from_toml("", Programme::builtin_roles()).unwrap_err();
    assert!(matches!(absent, ProgrammeError::MissingKey { .. }));
    messages.add("an empty text", absent);
    let roles = Programme::builtin_roles().replacen("id = \"", "id = \"x", 1);
    messages.add("a role that is no GUID", Programme::from_toml(Programme::builtin_parameters(), &roles).unwrap_err());
    insta::assert_snapshot!(messages.0);
}

#[test]
fn of_credit_offers() {
    let mut messages = Messages::default();
    let number = |text: &str| text.parse::<Number>().unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let table = |credit, acr: &[Number]| {
        let programme = Programme::builtin().unwrap();
        MonthlyDrawdown::new(number(credit), acr).table(&programme.on(day("2024-01-15")).unwrap()).unwrap_err()
    };
    messages.add("Amount", table("-1", &[]));
    messages.add("NoMonths", table("1", &[]));
    messages.add("TooManyMonths", table("1", &vec![Number::ZERO; 1_201]));
    let months = Forecast::new(number("1"), &[number("1")], Some(day("2024-02-02")));
    messages.add("NotFirstOfMonth", months.unwrap_err());
    messages.add("EndOfCalendar", CreditOfferError::EndOfCalendar(day("2099-12-31")));
    messages.add("Inexact", CreditOfferError::Inexact { acr: "10000.00".into(), ratio: "3".into() });
    let mut agreement = Agreement::default();
    messages.add("NotAllowed", agreement.take(Step::Accept, day("2023-07-10")).unwrap_err());
    for (step, on) in [(Step::Submit, "2023-07-10"), (Step::Reject, "2023-07-11")] {
        agreement.take(step, day(on)).unwrap();
    }
    messages.add("OutOfOrder", agreement.take(Step::Submit, day("2023-07-10")).unwrap_err());
    messages.add("nothing allowed", agreement.take(Step::Submit, day("2023-07-12")).unwrap_err());
    for text in [
        "[deal]\nacr = 1",
        "[deal]\nincremental_acr = 1.5",
        "[calendar]\nholidays = [2100-01-01]",
        "[[agreement]]\nstep = \"publish\"\non = 2023-07-10",
    ] {
        messages.add(&text.replace('\n', " "), Offer::from_toml("offer.toml", text).unwrap_err());
    }
    insta::assert_snapshot!(messages.0);
}

#[test]
fn of_rows() {
    let plain = [
        ("UsageDate", "2026-10-04"),
        ("ChargeStartDate", ""),
        ("EntitlementId", "s"),
        ("ResourceURI", ""),
        ("CustomerId", "c"),
        ("UnitPrice", "1"),
        ("Quantity", "1"),
        ("PricingCurrency", "USD"),
        ("PartnerEarnedCreditPercentage", ""),
        ("CreditPercentage", ""),
        ("PricingPreTaxTotal", ""),
    ];
    let mut messages = Messages::default();
    let long = "9".repeat(200);
    for (column, text) in [
        ("UsageDate", ""),
        ("UsageDate", "yesterday"),
        ("UsageDate", "3/4/2026"),
        ("EntitlementId", ""),
        ("EntitlementId", long.as_str()),
        ("CustomerId", "a\u{7}"),
        ("UnitPrice", "1,5"),
        ("UnitPrice", long.as_str()),
        ("UnitPrice", "1e13"),
        ("Quantity", "\u{1b}[31m"),
        ("PricingCurrency", "US$"),
        ("PartnerEarnedCreditPercentage", "fifteen"),
        ("CreditPercentage", "150"),
        ("PricingPreTaxTotal", "n/a"),
    ] {
        let cells = plain.iter().map(|(name, usual)| (*name, if *name == column { text } else { *usual }));
        let mut record = Record::new(cells).unwrap();
        let issue = record.line().unwrap_err();
        assert_eq!(issue.column, column);
        messages.add(column, issue);
    }
    messages.add("columns", Record::new([("UsageDate", "2026-10-04")]).unwrap_err());
    insta::assert_snapshot!(messages.0);
}
