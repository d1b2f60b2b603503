//! A known file in the place of another, told by names that only its kind has.

use super::{FileKind, ReadErrorKind, normal};

/// Names that a kind of file has together, what it is, and where it belongs.
const KNOWN: [([&str; 2], &str, &str); 4] = [
    (["usagedate", "entitlementid"], "daily rated usage", USAGE),
    (["billablequantity", "subtotal"], "an invoice reconciliation file", "give it as the invoice of a tie-out"),
    (["effectivestartdate", "skuid"], "a price list", "give it as a price list, beside the usage"),
    (["code", "description"], ERROR, AGAIN),
];
const USAGE: &str = "give it as usage";
const ERROR: &str = "an error that a service answered with, and no export";
const AGAIN: &str = "sign in and export again";

/// What a file without the columns it needs is, where it is known and another kind than the one that knows `is_own` names.
pub(in crate::read) fn misplaced(headers: &[&str], is_own: impl Fn(&str) -> bool) -> Option<ReadErrorKind> {
    let names: Vec<_> = headers.iter().map(|header| normal(header)).collect();
    let has = |name: &str| names.iter().any(|header| header == name);
    let is_other =
        |telling: &[&str; 2]| telling.iter().all(|name| has(name)) && !telling.iter().all(|name| is_own(name));
    let known = KNOWN.iter().find(|(telling, ..)| is_other(telling));
    if let Some((_, recognised, place)) = known {
        return Some(ReadErrorKind::Misplaced { recognised, place });
    }
    if names.len() < 4 && (has("error") || (has("code") && has("message"))) {
        return Some(ReadErrorKind::Misplaced { recognised: ERROR, place: AGAIN });
    }
    match FileKind::of(headers) {
        Ok(kind) if kind != FileKind::DailyUsage && !is_own("entitlementid") => {
            Some(ReadErrorKind::Misplaced { recognised: kind.as_str(), place: USAGE })
        }
        _ => None,
    }
}
