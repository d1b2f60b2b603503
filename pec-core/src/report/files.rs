//! What was read of usage, as text.

use super::same_usage::SameUsageBecause;
use super::setting::{Text, heading, line, wrapped};
use super::text::{cents, count, counted};
use super::{NamedFile, Report, SameUsage};
use crate::ledger::{FileFacts, NotAzurePlanByName, PaidTotals, TotalsAre};

/// How many names are shown; all of them are in the JSON.
const NAMES_SHOWN: usize = 4;

pub(super) fn write(text: &mut Text, report: &Report) {
    heading(text, "What was read");
    for NamedFile { file, facts } in &report.files {
        let days = match (facts.first_day, facts.last_day) {
            (Some(first), Some(last)) => format!(", usage of {first} to {last}"),
            _ => String::new(),
        };
        let issues =
            if facts.row_issues > 0 { format!(", {} unreadable", count(facts.row_issues)) } else { String::new() };
        // Nearly every file is of one kind; the others are named.
        let kind = match facts.kind.as_str() {
            "" | "daily rated usage" => String::new(),
            other => format!("{other}, "),
        };
        line(text, &format!("{file}: {kind}{}, {}{issues}{days}", facts.format, counted(facts.rows, "row")));
        for (what, columns) in [
            ("not documented, passed over", &facts.unknown_columns),
            ("not there, so less can be told", &facts.missing_columns),
        ] {
            if !columns.is_empty() {
                let names: Vec<_> = columns.iter().map(String::as_str).collect();
                wrapped(text, &format!("columns {what}: {}", names.join(", ")));
            }
        }
        write_partial(text, facts);
        write_totals(text, &facts.paid_totals);
        write_untold(text, facts);
        write_doubted(text, facts);
    }
    write_not_azure_plan(text, report);
    report.same_usage.iter().for_each(|same| write_same(text, same));
}

/// What of a file is not here, or not as it was.
fn write_partial(text: &mut Text, facts: &FileFacts) {
    if facts.part_of_answer {
        wrapped(
            text,
            "this is a part of an answer: it has a link to a next page, counts more records than it holds, or breaks off; what \
             is not in it is in no sum: give its other pages too",
        );
    }
    if facts.not_utf8_lines > 0 {
        let lines = counted(facts.not_utf8_lines, "line");
        wrapped(
            text,
            &format!(
                "{lines} with names that are not UTF-8, perhaps saved by a spreadsheet: what cannot be read of them is \
                 shown as \u{fffd}; all else is read"
            ),
        );
    }
}

/// What a file cannot tell of the credit, or has lost.
fn write_untold(text: &mut Text, facts: &FileFacts) {
    if facts.untold_lines > 0 && facts.untold_lines == facts.rows - facts.row_issues {
        wrapped(
            text,
            "no line says whether a credit was applied, so all count as not paid: was it exported by the customer, or at \
             retail prices?",
        );
    }
    let inferred = facts.inferred_from_price;
    if inferred.lines > 0 {
        wrapped(
            text,
            &format!(
                "inferred from price: {} without a flag {} priced as if {} had been credited; that is no proof, and {} as not paid",
                counted(inferred.lines, "line"),
                if inferred.lines == 1 { "is" } else { "are" },
                cents(inferred.credit),
                if inferred.lines == 1 { "it counts" } else { "they count" },
            ),
        );
    }
    if facts.amounts_were_doubles {
        wrapped(
            text,
            "amounts were stored as binary numbers, which carry 15 to 17 digits; they are read as the file shows them",
        );
    }
}

/// What was believed where the file may be wrong.
fn write_doubted(text: &mut Text, facts: &FileFacts) {
    if facts.contradicting_lines > 0 {
        let lines = counted(facts.contradicting_lines, "line");
        wrapped(
            text,
            &format!(
                "{lines} whose `CreditType` says the opposite of the partner earned credit column: the column is believed"
            ),
        );
    }
    let other = &facts.other_rates;
    if other.lines > 0 {
        let lines = counted(other.lines, "line");
        let rates: Vec<_> = other.rates.iter().map(ToString::to_string).collect();
        wrapped(
            text,
            &format!(
                "{lines} paid at another rate than the programme's, which is believed: {} (1 is the whole cost)",
                rates.join(", ")
            ),
        );
    }
}

/// Plans that may be Azure plans by another name.
fn write_not_azure_plan(text: &mut Text, report: &Report) {
    let of_files = report.files.iter().map(|file| file.facts.not_azure_plan_by_name);
    let NotAzurePlanByName { lines, paid_lines, .. } =
        of_files.fold(NotAzurePlanByName::default(), NotAzurePlanByName::with);
    if lines == 0 {
        return;
    }
    let paid = match paid_lines {
        0 => String::new(),
        1 => ", and 1 of them was paid, as if it was one".to_owned(),
        _ => format!(", and {} of them were paid, as if they were some", count(paid_lines)),
    };
    let (lines, are) = (counted(lines, "line"), if lines == 1 { "is" } else { "are" });
    wrapped(
        text,
        &format!(
            "{lines} {are} not_azure_plan by the name of the plan alone (`SubscriptionDescription`): no other column tells an Azure \
             plan that a customer renamed{paid}"
        ),
    );
}

/// Inputs that may be one usage twice.
fn write_same(text: &mut Text, same: &SameUsage) {
    let names: Vec<_> = same.files.iter().take(NAMES_SHOWN).map(String::as_str).collect();
    let more = match same.files.len().saturating_sub(NAMES_SHOWN) {
        0 => String::new(),
        more => format!(" and {} more", count(more as u64)),
    };
    let what = match same.because {
        SameUsageBecause::OtherKind => "are of different kinds and have the same days",
        SameUsageBecause::SameSums => "have the same rows, days and list cost",
    };
    let (first, last) = (same.first_day, same.last_day);
    wrapped(
        text,
        &format!(
            "{}{more} {what}, {first} to {last}: all lines count; if they are the same usage, leave one of them out",
            names.join(", ")
        ),
    );
}

fn write_totals(text: &mut Text, totals: &PaidTotals) {
    let are = match totals.totals_are() {
        TotalsAre::Untold => return,
        TotalsAre::Net => "after the credit (net)",
        TotalsAre::Gross => "before the credit (gross): what was credited does not show in them",
        TotalsAre::Mixed => "partly before and partly after the credit",
    };
    wrapped(
        text,
        &format!(
            "pre-tax totals of paid lines are {are}; credit by flag {}, by amount {}",
            cents(totals.credit_by_flag),
            cents(totals.credit_by_amount)
        ),
    );
}
