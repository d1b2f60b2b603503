//! What must always hold of an Azure Credit Offer, for random figures and days.

use std::num::NonZeroU32;

use chrono::{Datelike, Days, NaiveDate};
use pec_core::credit_offer::{
    Agreement, AgreementError, BusinessCalendar, Forecast, Mode, MonthlyDrawdown, Offer, Plan, Readiness, Sizing,
    State, Step, Table, Timeline,
};
use pec_core::money::{Amount, Number, Rate};
use pec_core::programme::Programme;
use proptest::prelude::*;

const ON: &str = "2024-01-15";

fn number(cents: u64) -> Number {
    Number::new(i128::from(cents), 2)
}

fn amount(cents: u64) -> Amount {
    Amount::from_number(number(cents)).unwrap()
}

fn sum(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    amounts.into_iter().fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).unwrap())
}

fn share(percent: u8) -> Rate {
    Rate::from_percent(Number::new(i128::from(percent), 0)).unwrap()
}

fn programme() -> Programme {
    Programme::builtin().unwrap()
}

/// A drawdown of cents.
#[derive(Clone, Debug)]
struct Figures {
    credit: u64,
    acr: Vec<u64>,
    mode: Mode,
    percent: u8,
    expires_after: Option<u32>,
}

fn figures() -> impl Strategy<Value = Figures> {
    let mode = prop_oneof![Just(Mode::Deck), Just(Mode::Daily)];
    let acr = proptest::collection::vec(prop_oneof![Just(0), 0..60_000_u64], 1..24);
    (0..200_000_u64, acr, mode, 0..=100_u8, proptest::option::of(1..30_u32))
        .prop_map(|(credit, acr, mode, percent, expires_after)| Figures { credit, acr, mode, percent, expires_after })
}

impl Figures {
    fn table(&self) -> Table {
        let acr: Vec<_> = self.acr.iter().map(|month| number(*month)).collect();
        let drawdown = MonthlyDrawdown::new(number(self.credit), &acr)
            .mode(self.mode)
            .eligible_share(share(self.percent))
            .expires_after(self.expires_after.and_then(NonZeroU32::new));
        drawdown.table(&programme().on(ON.parse().unwrap()).unwrap()).unwrap()
    }
}

fn day() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2023, 7, 1).unwrap();
    (0..700_u64).prop_map(move |days| first + Days::new(days))
}

fn step() -> impl Strategy<Value = Step> {
    proptest::sample::select(Step::ALL.to_vec())
}

/// An agreement that took those of some random steps that were possible.
fn agreement() -> impl Strategy<Value = (Agreement, NaiveDate)> {
    (day(), proptest::collection::vec((step(), 0..20_u64), 0..60)).prop_map(|(mut today, steps)| {
        let mut agreement = Agreement::default();
        for (step, later) in steps {
            if agreement.take(step, today + Days::new(later)).is_ok() {
                today = today + Days::new(later);
            }
        }
        (agreement, today)
    })
}

proptest! {
    #[test]
    fn prop_what_is_granted_is_used_expired_or_left(figures in figures()) {
        let table = figures.table();
        let mut start = amount(figures.credit);
        for month in &table.months {
            prop_assert_eq!(month.balance_start, start);
            prop_assert_eq!(sum([month.used, month.expired, month.balance_end]), start);
            prop_assert_eq!(sum([month.used, month.above]), month.acr);
            start = month.balance_end;
        }
        let totals = table.totals;
        prop_assert_eq!(sum([totals.used, totals.expired, totals.balance]), totals.granted);
        prop_assert_eq!(sum(table.months.iter().map(|month| month.used)), totals.used);
    }

    #[test]
    fn prop_every_dollar_is_paid_once(figures in figures()) {
        let value = figures.table().value;
        for side in [value.with, value.without] {
            prop_assert_eq!(sum([side.credit, side.pec, side.invoice]), side.acr);
        }
        prop_assert_eq!(value.with.acr, value.without.acr);
        // What nobody is charged for is Microsoft's share of it and the credit that was not earned.
        prop_assert_eq!(sum([value.value_to_partner, value.pec_forgone]), value.value_to_customer);
    }

    #[test]
    fn prop_cents_are_cut_by_less_than_one_and_never_up(figures in figures()) {
        let cent = amount(1);
        for month in figures.table().months {
            for (shown, exact) in [(month.pec, month.pec_exact), (month.invoice, month.invoice_exact)] {
                let exact = exact.unwrap_or(shown);
                prop_assert!(shown <= exact && exact.checked_sub(shown).unwrap() < cent);
                prop_assert!(shown.decimals() <= 2);
            }
            let exact = sum([month.pec_exact.unwrap_or(month.pec), month.invoice_exact.unwrap_or(month.invoice)]);
            prop_assert_eq!(exact, month.above);
        }
    }

    #[test]
    fn prop_credit_and_pec_never_meet_on_one_dollar(figures in figures()) {
        for month in figures.table().months {
            prop_assert!(month.used.is_zero() || month.above.is_zero() || month.balance_end.is_zero());
            if month.above.is_zero() { prop_assert!(month.pec.is_zero() && month.invoice.is_zero()); }
        }
    }

    #[test]
    fn prop_more_credit_never_costs_more(figures in figures(), more in 0..100_000_u64) {
        let larger = Figures { credit: figures.credit + more, ..figures.clone() };
        let (small, large) = (figures.table(), larger.table());
        prop_assert!(large.totals.invoice <= small.totals.invoice);
        prop_assert!(large.totals.used >= small.totals.used);
    }

    #[test]
    fn prop_the_flat_rate_is_at_least_the_share(figures in figures()) {
        let of = |mode| Figures { mode, ..figures.clone() }.table();
        let (deck, daily) = (of(Mode::Deck), of(Mode::Daily));
        prop_assert!(deck.totals.pec >= daily.totals.pec);
        let other: Vec<_> = deck.months.iter().zip(&daily.months).filter(|(a, b)| a.pec_exact != b.pec_exact || a.pec != b.pec).collect();
        prop_assert!(other.len() <= 1, "only the month in which the balance ends differs");
    }

    #[test]
    fn prop_months_split_and_carried_forward_are_one_table(figures in figures(), at in 1..24_usize) {
        let figures = Figures { expires_after: None, ..figures };
        let whole = figures.table();
        let at = at.min(figures.acr.len());
        let (first, rest) = whole.months.split_at(at);
        let balance = first.last().unwrap().balance_end;
        if let Some(begin) = rest.first() { prop_assert_eq!(begin.balance_start, balance); }
        let used = sum(first.iter().map(|month| month.used));
        let left = figures.acr[at..].to_vec();
        if !left.is_empty() {
            let cents = figures.credit - u64::try_from(used.at_scale(2).unwrap().as_i128()).unwrap();
            let second = Figures { credit: cents, acr: left, ..figures.clone() }.table();
            let rows = |months: &[pec_core::credit_offer::Month]| months.iter().map(|month| (month.acr, month.used, month.pec, month.invoice, month.balance_end)).collect::<Vec<_>>();
            prop_assert_eq!(rows(&second.months), rows(rest));
        }
    }

    #[test]
    fn prop_size_is_a_tenth_from_the_threshold_on(cents in prop_oneof![0..1_000_000_u64, 499_900..500_100_u64]) {
        let programme = programme();
        let sizing = Sizing::new(number(cents), Rate::ONE, &programme.on(ON.parse().unwrap()).unwrap()).unwrap();
        prop_assert_eq!(sizing.eligible, cents >= 500_000);
        let tenfold = sum(std::iter::repeat_n(sizing.credit, 10));
        prop_assert_eq!(tenfold, if sizing.eligible { amount(cents) } else { Amount::ZERO });
        prop_assert_eq!(sum([sizing.acr, sizing.shortfall]), sizing.acr.max(sizing.threshold));
    }

    #[test]
    fn prop_a_balance_ends_where_its_table_does(balance in 1..100_000_u64, pace in 1..60_000_u64, others in proptest::collection::vec(0..60_000_u64, 0..6)) {
        let mut acr: Vec<_> = others.iter().map(|month| number(*month)).collect();
        acr.push(number(pace));
        let found = Forecast::new(number(balance), &acr, NaiveDate::from_ymd_opt(2024, 2, 1)).unwrap();
        for end in [found.earliest, found.latest] {
            let Some(month) = end.month.filter(|month| *month <= 600) else { continue };
            let cents = u64::try_from(end.monthly_acr.at_scale(2).unwrap().as_i128()).unwrap();
            let months = vec![cents; usize::try_from(month).unwrap()];
            let table = Figures { credit: balance, acr: months, mode: Mode::Deck, percent: 100, expires_after: None }.table();
            let ended = table.months.iter().find(|row| row.balance_end.is_zero()).map(|row| row.month);
            prop_assert_eq!(ended, Some(month));
            let day = end.day.unwrap();
            prop_assert_eq!(i64::from(day.year()) * 12 + i64::from(day.month0()), 2024 * 12 + 1 + i64::from(month) - 1);
        }
        let months = [found.earliest, found.likely, found.latest].map(|end| end.month.unwrap_or(u32::MAX));
        prop_assert!(months.is_sorted());
    }

    #[test]
    fn prop_a_step_is_taken_or_told_what_is_allowed((agreement, today) in agreement(), step in step(), later in 0..40_u64) {
        let on = today + Days::new(later);
        let (state, _) = agreement.state(on);
        let mut after = agreement.clone();
        match after.take(step, on) {
            Ok(()) => prop_assert_eq!(Some(after.state(on).0), state.after(step)),
            Err(error) => {
                prop_assert!(state.after(step).is_none());
                prop_assert_eq!(&after, &agreement, "a refused step changes nothing");
                let not_allowed = matches!(error, AgreementError::NotAllowed { .. });
                prop_assert!(not_allowed);
                for (allowed, _) in state.allowed() {
                    let named = format!("`{allowed}`");
                    prop_assert!(error.to_string().contains(&named), "{}", error);
                }
            }
        }
    }

    #[test]
    fn prop_nothing_is_accepted_after_the_month_of_publication((agreement, today) in agreement(), later in 0..90_u64) {
        let on = today + Days::new(later);
        let (state, since) = agreement.state(on);
        if state == State::Published {
            prop_assert!(agreement.deadline() >= Some(on));
            prop_assert_eq!(since.map(|day| day.month()), Some(on.month()));
        }
        for taken in agreement.taken().windows(2).filter(|pair| pair[1].step == Step::Accept) {
            prop_assert_eq!((taken[0].step, taken[0].on.month(), taken[0].on.year()), (Step::Publish, taken[1].on.month(), taken[1].on.year()));
        }
    }

    #[test]
    fn prop_windows_are_in_order_and_on_business_days((agreement, today) in agreement(), later in 0..30_u64, off in proptest::collection::vec(day(), 0..20)) {
        let today = today + Days::new(later);
        let calendar: BusinessCalendar = off.into_iter().collect();
        let timeline = Timeline::new(&agreement, &calendar, today).unwrap();
        let none: BusinessCalendar = std::iter::empty().collect();
        let sooner = Timeline::new(&agreement, &none, today).unwrap();
        prop_assert_eq!(timeline.windows.len(), sooner.windows.len());
        for (window, plain) in timeline.windows.iter().zip(&sooner.windows) {
            prop_assert!(window.earliest >= today && window.latest.is_none_or(|latest| latest >= window.earliest));
            prop_assert!(window.earliest >= plain.earliest && window.latest >= plain.latest, "holidays make nothing sooner");
            if matches!(window.step, Step::PassReview | Step::Publish) {
                prop_assert!(calendar.is_business_day(window.earliest) && calendar.is_business_day(window.latest.unwrap()));
            }
        }
        prop_assert!(timeline.windows.windows(2).all(|pair| pair[0].earliest <= pair[1].earliest));
    }

    #[test]
    fn prop_a_fact_more_never_makes_it_unknown(facts in proptest::collection::vec(proptest::option::of(any::<bool>()), 8), known in 0..8_usize) {
        let names = ["us_smb", "billing_details_current", "agreement_accepted", "agreement_signed", "customer_registered", "customer_agreement_confirmed", "reseller_relationship", "provider_reseller_relationship"];
        let readiness = |facts: &[Option<bool>]| {
            let lines = |range: std::ops::Range<usize>| range.filter_map(|at| Some(format!("{} = {}\n", names[at], facts[at]?))).collect::<String>();
            let text = format!(
                "[deal]\nincremental_acr = \"5000\"\nscenario = \"acceleration\"\n[customer]\nsegment = \"commercial\"\n{}[partner]\nkind = \"indirect_reseller\"\n{}[request]\nsubmitted_by = \"indirect_reseller\"\n",
                lines(0..3), lines(3..8)
            );
            let offer = Offer::from_toml("offer.toml", &text).unwrap();
            Plan::new(&offer, &programme().on(ON.parse().unwrap()).unwrap()).unwrap().readiness
        };
        let expected = if facts.contains(&Some(false)) { Readiness::NotReady } else if facts.contains(&None) { Readiness::Unknown } else { Readiness::Ready };
        prop_assert_eq!(readiness(&facts), expected);
        let mut more = facts.clone();
        more[known] = Some(more[known].unwrap_or(true));
        prop_assert!(expected == Readiness::Unknown || readiness(&more) == expected);
    }
}
