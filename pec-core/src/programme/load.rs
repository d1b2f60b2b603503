//! Reads the programme from its two TOML texts.
//!
//! Amounts are TOML strings and are read from their text, so that no binary float is ever in between.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::value::Datetime;

use super::dated::{Dated, Entry, EntryProblem};
use super::error::ProgrammeError;
use super::parameters::{Coverage, Incident, Parameters, UnlistedRole};
use super::roles::{RoleList, RoleProblem, UncheckedRole};
use super::scalar;
use super::source::{Source, Status};

/// The built-in parameters.
pub(super) const PARAMETERS: &str = include_str!("parameters.toml");
/// The built-in role list.
pub(super) const ROLES: &str = include_str!("roles.toml");

const PARAMETERS_FILE: &str = "parameters.toml";
const ROLES_FILE: &str = "roles.toml";

const A_DAY: &str = "a day without quotes, such as 2018-11-01";
const A_STATUS: &str = "\"documented\", \"inferred\" or \"conflicting\"";
const TRUE_OR_FALSE: &str = "true or false without quotes";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParametersText {
    credit_rate: Option<DatedText>,
    usage_day_zone: Option<DatedText>,
    coverage: Option<DatedText>,
    management_group_reaches: Option<DatedText>,
    unlisted_role: Option<DatedText>,
    lighthouse_marketplace_needs_link: Option<DatedText>,
    money_decimals: Option<DatedText>,
    pricing_currency: Option<DatedText>,
    aco_ratio: Option<DatedText>,
    aco_threshold: Option<DatedText>,
    #[serde(default)]
    incidents: Vec<IncidentText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatedText {
    verified_through: Datetime,
    entries: Vec<EntryText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryText {
    effective_from: Datetime,
    value: toml::Value,
    status: String,
    source: SourceText,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceText {
    document: String,
    dated: Datetime,
    location: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IncidentText {
    first_day: Datetime,
    last_day: Datetime,
    what: String,
    status: String,
    source: SourceText,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RolesText {
    list_date: Datetime,
    verified_through: Datetime,
    status: String,
    source: SourceText,
    note: Option<String>,
    roles: Vec<RoleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleText {
    id: String,
    eligible: bool,
    name: String,
    note: Option<String>,
}

/// Reads the text of `parameters.toml`.
pub(super) fn parameters(text: &str) -> Result<Parameters, ProgrammeError> {
    let file: ParametersText = parse(PARAMETERS_FILE, text)?;

    let rate = "a fraction from 0 to 1 as text, such as \"0.15\"";
    let zone = "\"UTC\" or a fixed offset, such as \"+01:00\"";
    let coverage = "\"whole_day\", \"single_grant\" or \"any_part_of_day\"";
    let unlisted = "\"undetermined\" or \"not_eligible\"";
    let decimals = "a number of decimals from 0 to 28 as text, such as \"2\"";
    let currency = "three upper-case letters, such as \"USD\"";
    let above_zero = "an amount above 0 as text, such as \"10\"";
    let not_negative = "an amount of 0 or more as text, such as \"5000\"";

    Ok(Parameters {
        credit_rate: dated(file.credit_rate, "credit_rate", rate, |value| {
            scalar::amount(value).filter(|rate| *rate <= Decimal::ONE)
        })?,
        usage_day_zone: dated(file.usage_day_zone, "usage_day_zone", zone, scalar::offset)?,
        coverage: dated(file.coverage, "coverage", coverage, |value| match value.as_str()? {
            "whole_day" => Some(Coverage::WholeDay),
            "single_grant" => Some(Coverage::SingleGrant),
            "any_part_of_day" => Some(Coverage::AnyPartOfDay),
            _ => None,
        })?,
        management_group_reaches: dated(
            file.management_group_reaches,
            "management_group_reaches",
            TRUE_OR_FALSE,
            toml::Value::as_bool,
        )?,
        unlisted_role: dated(file.unlisted_role, "unlisted_role", unlisted, |value| match value.as_str()? {
            "undetermined" => Some(UnlistedRole::Undetermined),
            "not_eligible" => Some(UnlistedRole::NotEligible),
            _ => None,
        })?,
        lighthouse_marketplace_needs_link: dated(
            file.lighthouse_marketplace_needs_link,
            "lighthouse_marketplace_needs_link",
            TRUE_OR_FALSE,
            toml::Value::as_bool,
        )?,
        money_decimals: dated(file.money_decimals, "money_decimals", decimals, scalar::decimals)?,
        pricing_currency: dated(file.pricing_currency, "pricing_currency", currency, scalar::currency)?,
        aco_ratio: dated(file.aco_ratio, "aco_ratio", above_zero, |value| {
            scalar::amount(value).filter(|ratio| !ratio.is_zero())
        })?,
        aco_threshold: dated(file.aco_threshold, "aco_threshold", not_negative, scalar::amount)?,
        incidents: incidents(file.incidents)?,
    })
}

/// Reads the text of `roles.toml`.
pub(super) fn roles(text: &str) -> Result<RoleList, ProgrammeError> {
    let file: RolesText = parse(ROLES_FILE, text)?;
    let list_date = day(ROLES_FILE, "list_date", &file.list_date)?;
    let verified_through = day(ROLES_FILE, "verified_through", &file.verified_through)?;
    let source = source(ROLES_FILE, "", file.source, &file.status, file.note)?;

    let ids: Vec<String> = file.roles.iter().map(|role| role.id.clone()).collect();
    let unchecked = file.roles.into_iter().map(|role| UncheckedRole {
        name: role.name,
        id: role.id,
        eligible: role.eligible,
        note: role.note,
    });
    RoleList::new(unchecked.collect(), list_date, verified_through, source).map_err(|problem| {
        let (position, expected) = match problem {
            RoleProblem::NotAGuid(position) => (position, "the GUID of a role definition"),
            RoleProblem::Repeated(position) => (position, "each role definition id once"),
        };
        let found = ids.get(position).cloned().unwrap_or_default();
        wrong(ROLES_FILE, format!("roles[{position}].id"), found, expected)
    })
}

/// Reads TOML of a given shape; an error names the line.
fn parse<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, ProgrammeError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        ProgrammeError::Unreadable {
            file,
            line: line + 1,
            text: text.lines().nth(line).unwrap_or_default().trim().to_owned(),
            problem: error.message().trim().replace('\n', ", "),
        }
    })
}

/// Reads one parameter; `read` answers nothing for a value that is not `expected`.
fn dated<T>(
    text: Option<DatedText>,
    key: &'static str,
    expected: &'static str,
    read: impl Fn(&toml::Value) -> Option<T>,
) -> Result<Dated<T>, ProgrammeError> {
    let missing = |key: String, expected| ProgrammeError::MissingKey { file: PARAMETERS_FILE, key, expected };
    let text = text.ok_or_else(|| missing(key.to_owned(), "its table, as in the built-in file"))?;
    let verified_key = format!("{key}.verified_through");
    let verified_through = day(PARAMETERS_FILE, &verified_key, &text.verified_through)?;

    let mut entries = Vec::with_capacity(text.entries.len());
    for (position, entry) in text.entries.into_iter().enumerate() {
        let at = format!("{key}.entries[{position}].");
        let value = read(&entry.value)
            .ok_or_else(|| wrong(PARAMETERS_FILE, format!("{at}value"), scalar::as_written(&entry.value), expected))?;
        entries.push(Entry {
            effective_from: day(PARAMETERS_FILE, &format!("{at}effective_from"), &entry.effective_from)?,
            value,
            source: source(PARAMETERS_FILE, &at, entry.source, &entry.status, entry.note)?,
        });
    }
    Dated::new(key, entries, verified_through).map_err(|problem| match problem {
        EntryProblem::Empty => missing(format!("{key}.entries"), "at least one entry"),
        EntryProblem::Repeated(day) => wrong(
            PARAMETERS_FILE,
            format!("{key}.entries"),
            format!("{day} twice"),
            "one entry for each day on which the value changes",
        ),
    })
}

fn incidents(texts: Vec<IncidentText>) -> Result<Vec<Incident>, ProgrammeError> {
    let mut incidents = Vec::with_capacity(texts.len());
    for (position, text) in texts.into_iter().enumerate() {
        let at = format!("incidents[{position}].");
        let first_day = day(PARAMETERS_FILE, &format!("{at}first_day"), &text.first_day)?;
        let last_key = format!("{at}last_day");
        let last_day = day(PARAMETERS_FILE, &last_key, &text.last_day)?;
        if last_day < first_day {
            let expected = "the day of `first_day` or a later one";
            return Err(wrong(PARAMETERS_FILE, last_key, last_day.to_string(), expected));
        }
        incidents.push(Incident {
            first_day,
            last_day,
            what: text.what,
            source: source(PARAMETERS_FILE, &at, text.source, &text.status, text.note)?,
        });
    }
    incidents.sort_by_key(|incident| (incident.first_day, incident.last_day));
    Ok(incidents)
}

/// Reads a source; `at` is the key it stands under, with its dot, or nothing.
fn source(
    file: &'static str,
    at: &str,
    text: SourceText,
    status: &str,
    note: Option<String>,
) -> Result<Source, ProgrammeError> {
    Ok(Source::new(
        Cow::Owned(text.document),
        day(file, &format!("{at}source.dated"), &text.dated)?,
        Cow::Owned(text.location),
        Status::from_word(status).ok_or_else(|| wrong(file, format!("{at}status"), status.to_owned(), A_STATUS))?,
        note.map(Cow::Owned),
    ))
}

/// A day that is needed.
fn day(file: &'static str, key: &str, found: &Datetime) -> Result<NaiveDate, ProgrammeError> {
    scalar::day(found).ok_or_else(|| wrong(file, key.to_owned(), found.to_string(), A_DAY))
}

fn wrong(file: &'static str, key: String, found: String, expected: &'static str) -> ProgrammeError {
    ProgrammeError::WrongValue { file, key, found: found.replace('\n', " "), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of<T>(read: Result<T, ProgrammeError>) -> String {
        read.map_or_else(|error| error.to_string(), |_| "fine".to_owned())
    }

    /// The message for the built-in parameters with one change.
    fn message(from: &str, to: &str) -> String {
        assert!(PARAMETERS.contains(from), "{from}");
        text_of(parameters(&PARAMETERS.replacen(from, to, 1)))
    }

    /// The message for the built-in roles with one change.
    fn roles_message(from: &str, to: &str) -> String {
        assert!(ROLES.contains(from), "{from}");
        text_of(roles(&ROLES.replacen(from, to, 1)))
    }

    #[test]
    fn a_wrong_value_is_named_with_its_key() {
        for (from, to, expected) in [
            (
                "value = \"0.15\"",
                "value = 0.15",
                "`parameters.toml`: `credit_rate.entries[0].value` is `0.15`; write a fraction from 0 to 1 as text, such as \"0.15\"",
            ),
            (
                "value = \"0.15\"",
                "value = \"15\"",
                "`parameters.toml`: `credit_rate.entries[0].value` is `15`; write a fraction from 0 to 1 as text, such as \"0.15\"",
            ),
            (
                "value = \"UTC\"",
                "value = \"CET\"",
                "`parameters.toml`: `usage_day_zone.entries[0].value` is `CET`; write \"UTC\" or a fixed offset, such as \"+01:00\"",
            ),
            (
                "value = \"USD\"",
                "value = \"usd\"",
                "`parameters.toml`: `pricing_currency.entries[0].value` is `usd`; write three upper-case letters, such as \"USD\"",
            ),
            (
                "value = true",
                "value = \"true\"",
                "`parameters.toml`: `management_group_reaches.entries[0].value` is `true`; write true or false without quotes",
            ),
            (
                "status = \"conflicting\"",
                "status = \"unsure\"",
                "`parameters.toml`: `coverage.entries[0].status` is `unsure`; write \"documented\", \"inferred\" or \"conflicting\"",
            ),
            (
                "effective_from = 2018-11-01",
                "effective_from = 2018-11-01T00:00:00Z",
                "`parameters.toml`: `credit_rate.entries[0].effective_from` is `2018-11-01T00:00:00Z`; write a day without quotes, such as 2018-11-01",
            ),
            (
                "last_day = 2022-11-13",
                "last_day = 2022-11-12",
                "`parameters.toml`: `incidents[0].last_day` is `2022-11-12`; write the day of `first_day` or a later one",
            ),
        ] {
            assert_eq!(message(from, to), expected);
        }
    }

    #[test]
    fn a_missing_key_is_named() {
        assert_eq!(
            text_of(parameters("")),
            "`parameters.toml` has no `credit_rate`; add its table, as in the built-in file"
        );
        let table = "[credit_rate]\nverified_through = 2023-10-23\nentries = []";
        assert_eq!(
            text_of(parameters(table)),
            "`parameters.toml` has no `credit_rate.entries`; add at least one entry"
        );
    }

    #[test]
    fn two_entries_may_not_start_on_one_day() {
        let entry = "effective_from = 2018-11-01\nvalue = \"0.15\"\nstatus = \"documented\"\nsource = { document = \"x\", dated = 2018-11-01, location = \"R67\" }\n\n[[credit_rate.entries]]\neffective_from = 2018-11-01";
        assert_eq!(
            message("effective_from = 2018-11-01", entry),
            "`parameters.toml`: `credit_rate.entries` is `2018-11-01 twice`; write one entry for each day on which the value changes"
        );
    }

    #[test]
    fn unreadable_text_is_named_with_its_line() {
        for (text, expected) in [
            (
                "\n[credit_rate]\nverified_through = \"soon\"\n",
                "`parameters.toml` line 3, `verified_through = \"soon\"`: ",
            ),
            ("\n\nrate = 1\n", "`parameters.toml` line 3, `rate = 1`: unknown field `rate`"),
            ("[credit_rate\n", "`parameters.toml` line 1, `[credit_rate`: "),
        ] {
            let message = text_of(parameters(text));
            assert!(message.starts_with(expected), "{message}");
            assert!(message.ends_with("; correct that line"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
        let entry =
            "[credit_rate]\nverified_through = 2023-10-23\n[[credit_rate.entries]]\neffective_from = 2018-11-01\n";
        assert_eq!(
            text_of(parameters(entry)),
            "`parameters.toml` line 3, `[[credit_rate.entries]]`: missing field `value`; correct that line"
        );
    }

    #[test]
    fn a_role_needs_a_guid_of_its_own() {
        let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
        assert!(roles_message(owner, "Owner").ends_with(".id` is `Owner`; write the GUID of a role definition"));
        let reader = "ACDD72A7-3385-48EF-BD42-F606FBA81AE7";
        assert!(roles_message(owner, reader).ends_with("; write each role definition id once"));
    }
}
