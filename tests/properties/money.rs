//! Amounts are exact, whatever their digits.

use pec_core::money::{Amount, ListCost, Number, Rate, Rounding};
use proptest::prelude::*;

use crate::strategies::decimal;
use crate::support::padded;

/// A product by hand: the digits as a string, multiplied as on paper.
fn by_hand(a: &str, b: &str) -> String {
    let parts = |text: &str| {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits: Vec<u32> =
            format!("{whole}{decimals}").bytes().rev().map(|digit| u32::from(digit - b'0')).collect();
        (negative, digits, decimals.len())
    };
    let ((a_negative, a, a_decimals), (b_negative, b, b_decimals)) = (parts(a), parts(b));
    let mut product = vec![0_u32; a.len() + b.len()];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            product[i + j] += x * y;
        }
    }
    for place in 0..product.len() - 1 {
        product[place + 1] += product[place] / 10;
        product[place] %= 10;
    }
    let decimals = a_decimals + b_decimals;
    while product.len() <= decimals {
        product.push(0);
    }
    let digits: String = product.iter().rev().map(|digit| char::from(b'0' + u8::try_from(*digit).unwrap())).collect();
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let whole = whole.trim_start_matches('0');
    let shown = padded(&format!("{}.{fraction}", if whole.is_empty() { "0" } else { whole }));
    if a_negative != b_negative && shown != "0.00" { format!("-{shown}") } else { shown }
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

proptest! {
    #[test]
    fn prop_products_are_those_on_paper(price in decimal(6), quantity in decimal(6)) {
        let cost = ListCost::new(number(&price), number(&quantity)).unwrap();
        prop_assert_eq!(cost.amount().to_string(), by_hand(&price, &quantity));
    }

    #[test]
    fn prop_credit_is_rate_times_list_cost(price in decimal(6), quantity in decimal(6), millionths in 0..=1_000_000_i128) {
        let cost = ListCost::new(number(&price), number(&quantity)).unwrap();
        let fraction = Number::new(millionths, 6);
        let credit = cost.share(Rate::from_fraction(fraction).unwrap());
        prop_assert_eq!(credit.to_string(), by_hand(&cost.amount().to_string(), &fraction.to_string()));
    }

    #[test]
    fn prop_numbers_come_back_as_written(text in decimal(18)) {
        let trimmed = |text: &str| {
            let padded = padded(text);
            let (sign, digits) = padded.strip_prefix('-').map_or(("", padded.as_str()), |digits| ("-", digits));
            let digits = match digits.trim_start_matches('0') { rest if rest.starts_with('.') => format!("0{rest}"), rest => rest.to_owned() };
            if digits == "0.00" { digits } else { format!("{sign}{digits}") }
        };
        prop_assert_eq!(padded(&number(&text).to_string()), trimmed(&text));
    }

    #[test]
    fn prop_other_spellings_of_a_number_are_the_same(text in decimal(9), zeros in 0..5_usize, shift in 0..6_usize) {
        let plain = number(&text);
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
        let leading = format!("{sign}{}{digits}", "0".repeat(zeros));
        prop_assert_eq!(number(&leading), plain);
        let point = if text.contains('.') { "" } else { "." };
        let trailing = format!("{text}{point}{}", "0".repeat(zeros));
        prop_assert_eq!(number(&trailing), plain);
        let shifted = format!("{}e+{shift}", by_hand(&text, &format!("0.{}1", "0".repeat(shift))));
        prop_assert_eq!(number(&shifted).to_string(), by_hand(&text, "0.1").parse::<Number>().unwrap().to_string());
    }

    #[test]
    fn prop_a_cut_is_never_larger_and_never_a_cent_off(text in decimal(9)) {
        let amount = Amount::from_number(number(&text)).unwrap();
        let cut = amount.rounded(2, Rounding::TowardZero);
        prop_assert!(cut.abs() <= amount.abs());
        prop_assert!(amount.checked_sub(cut).unwrap().abs() < Amount::from_number(number("0.01")).unwrap());
        prop_assert_eq!(cut.rounded(2, Rounding::HalfEven), cut);
    }

    #[test]
    fn prop_what_is_no_number_is_refused(text in "[0-9.eE+\\-,_$ %xN]{0,12}") {
        let mut rest = text.strip_prefix(['+', '-']).unwrap_or(&text);
        let digits = |rest: &mut &str| { let all = rest.len(); *rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()); all - rest.len() };
        let mut seen = digits(&mut rest);
        if let Some(after) = rest.strip_prefix('.') { rest = after; seen += digits(&mut rest); }
        let mut valid = seen > 0;
        if let Some(after) = rest.strip_prefix(['e', 'E']) {
            rest = after.strip_prefix(['+', '-']).unwrap_or(after);
            valid &= digits(&mut rest) > 0;
        }
        valid &= rest.is_empty();
        let parsed = text.parse::<Number>();
        let not_a_number = matches!(parsed, Err(pec_core::money::NumberError::NotANumber));
        prop_assert_eq!(!not_a_number, valid, "{:?}", parsed);
    }
}
