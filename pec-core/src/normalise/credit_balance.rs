//! Balance reports of Azure credits to credits with their statements.
//!
//! Source: the Partner Center page `azure-credit-offer-balance` (07/27/2022, kvamseek/partner-center@85eb3c40) and its newer
//! names `PartnerTenantId` and `CustomerTenantId`. No sample was ever published.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::RowIssue;
use super::commas;
use super::list_days::Written;
use crate::day::UsageDay;
use crate::drawdown::{AzureCredit, Credits, CreditsError, Statement};
use crate::money::{Amount, Currency, Number};
use crate::read::{Input, ReadError, Saved, TableRow, read_table, table_columns};

table_columns! {
    /// A column of the balance report.
    BalanceColumn;
    needed: [CustomerId, InvoiceMonth, CreditAmount, BalanceAmount, EffectiveDate, ExpiryDate];
    numbers: [CreditAmount, BalanceAmount];
    days: [EffectiveDate, ExpiryDate];
    documented: ["partnerid", "partnertenantid", "partnername", "customername"];
    advice: "export the Azure Credit Offer balance with its header row (Partner Center > Billing > Azure Credit Offer balance)";
    /// The customer's tenant.
    CustomerId = "CustomerId" | "customertenantid",
    /// The month at whose end the balance was.
    InvoiceMonth = "InvoiceMonth",
    /// What kind of credit it is.
    CreditName = "CreditName",
    /// What was used since the grant.
    CreditAmount = "CreditAmount",
    /// `active` or `expired`.
    Status = "Status",
    /// What is left at the end of the month.
    BalanceAmount = "BalanceAmount",
    /// The currency.
    CurrencyCode = "CurrencyCode" | "currency",
    /// The agreement.
    AgreementId = "AgreementId",
    /// The first day.
    EffectiveDate = "EffectiveDate",
    /// The last day.
    ExpiryDate = "ExpiryDate" | "expirydate" | "expirationdate",
}

/// What was read of balance reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreditBalancesRead {
    /// The files, in the order they were given.
    pub files: Vec<CreditBalanceFacts>,
    /// Rows that could not be used.
    pub issues: Vec<RowIssue>,
}

/// Facts of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreditBalanceFacts {
    /// Its name.
    pub file: String,
    /// Its container.
    pub format: String,
    /// Rows, unreadable ones included.
    pub rows: u64,
}

/// Why balance reports cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CreditBalancesError {
    /// A file cannot be used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A credit cannot be.
    #[error(transparent)]
    Credits(#[from] CreditsError),
}

/// A month's end of a credit, and where it was read.
struct Month {
    statement: Statement,
    expired: bool,
    /// The cells of what was used and of what is left, for what only shows beside other rows.
    cells: [RowIssue; 2],
}

impl Month {
    fn used_is(&self, expected: &str) -> RowIssue {
        let [used, _] = &self.cells;
        RowIssue { expected: expected.to_owned(), ..used.clone() }
    }

    fn balance_is(&self, expected: String) -> RowIssue {
        let [_, balance] = &self.cells;
        RowIssue { expected, ..balance.clone() }
    }
}

/// A credit: customer, currency, agreement or name.
type Key = (String, Currency, String);

/// Reads balance reports; each month may be a file of its own.
///
/// What was granted is what was used and what is left, at the end of the last month in which the credit was active.
///
/// # Errors
///
/// [`CreditBalancesError`] where a file cannot be used, or its credits cannot be.
pub fn read<'a>(
    inputs: impl IntoIterator<Item = Input<'a>>,
) -> Result<(Credits, CreditBalancesRead), CreditBalancesError> {
    let mut found = CreditBalancesRead::default();
    let mut credits: BTreeMap<Key, (UsageDay, UsageDay, Vec<Month>)> = BTreeMap::new();
    for input in inputs {
        let file: Arc<str> = input.name().into();
        let table = read_table::<BalanceColumn>(input, &mut |number, row| {
            let read = row.map_err(|malformed| RowIssue::of_row(&file, number, malformed));
            match read.and_then(|row| balance_row(&file, row)) {
                Ok((key, (from, until), month)) => {
                    let credit = credits.entry(key).or_insert((from, until, Vec::new()));
                    credit.2.push(month);
                }
                Err(issue) => found.issues.push(issue),
            }
        })?;
        found.files.push(CreditBalanceFacts { file: table.name.to_string(), format: table.format(), rows: table.rows });
    }
    let credits = (credits.into_iter())
        .map(|((customer, currency, id), (from, until, months))| {
            let (granted, statements) = statements(months, &mut found.issues);
            AzureCredit::new(&id, &customer, currency, granted, from, until).with_statements(statements)
        })
        .collect();
    Ok((Credits::new(credits)?, found))
}

/// What was granted, and the statements that agree with it.
fn statements(mut months: Vec<Month>, issues: &mut Vec<RowIssue>) -> (Amount, Vec<Statement>) {
    months.sort_by_key(|month| month.statement);
    let whole = |month: &Month| month.statement.used.checked_add(month.statement.balance).unwrap_or_default();
    let active = months.iter().rev().find(|month| !month.expired).or(months.last());
    let granted = active.map(whole).unwrap_or_default();
    let mut kept: Vec<Statement> = Vec::new();
    for month in &months {
        let again = kept.last().filter(|last| last.month == month.statement.month);
        if whole(month) > granted {
            let expected = format!("no more used and left together than the {granted} of the last month");
            issues.push(month.balance_is(expected));
        } else if again.is_some_and(|last| *last != month.statement) {
            issues.push(month.used_is("what another row has for this credit and month"));
        } else if again.is_none() {
            kept.push(month.statement);
        }
    }
    (granted, kept)
}

type Row<'r> = TableRow<'r, BalanceColumn>;

fn balance_row(file: &Arc<str>, row: Row<'_>) -> Result<(Key, (UsageDay, UsageDay), Month), RowIssue> {
    let issue = |column, expected: &str| RowIssue::of_cell(file, row, column, expected);
    let text = |column| row.cell(column).text().map_err(|_| issue(column, "UTF-8 text"));
    let amount = |column| {
        let number = commas::number(&text(column)?, row.decimals).map_err(|expected| issue(column, &expected))?;
        let amount = Amount::product(number, Number::ONE).ok().filter(|amount| *amount >= Amount::ZERO);
        amount.ok_or_else(|| issue(column, "an amount of 0 or more"))
    };
    let day = |column| {
        let found = read_day(&text(column)?, row.saved);
        found.ok_or_else(|| issue(column, "a date such as `2026-10-04`, or `10/4/2026` with the month first"))
    };
    let customer = text(BalanceColumn::CustomerId)?.trim().to_ascii_lowercase();
    if customer.is_empty() || customer.len() > 128 || customer.chars().any(char::is_control) {
        return Err(issue(BalanceColumn::CustomerId, "the customer's tenant id"));
    }
    let currency = match text(BalanceColumn::CurrencyCode)? {
        blank if blank.is_empty() => Currency::USD,
        code => code.parse().map_err(|_| issue(BalanceColumn::CurrencyCode, "a currency code such as `USD`"))?,
    };
    let (agreement, name) = (text(BalanceColumn::AgreementId)?, text(BalanceColumn::CreditName)?);
    let id = [agreement.trim(), name.trim(), "credit"].into_iter().find(|id| !id.is_empty()).unwrap_or_default();
    let month = read_month(&text(BalanceColumn::InvoiceMonth)?, row.saved)
        .ok_or_else(|| issue(BalanceColumn::InvoiceMonth, "a month such as `2026-10`"))?;
    let (from, until) = (day(BalanceColumn::EffectiveDate)?, day(BalanceColumn::ExpiryDate)?);
    if until < from {
        return Err(issue(BalanceColumn::ExpiryDate, "a day not before `EffectiveDate`"));
    }
    let (used, balance) = (amount(BalanceColumn::CreditAmount)?, amount(BalanceColumn::BalanceAmount)?);
    let expired = text(BalanceColumn::Status)?.trim().eq_ignore_ascii_case("expired");
    let cells = [BalanceColumn::CreditAmount, BalanceColumn::BalanceAmount].map(|column| issue(column, ""));
    let key = (customer, currency, id.to_owned());
    Ok((key, (from, until), Month { statement: Statement::new(month, used, balance), expired, cells }))
}

fn read_day(text: &str, saved: Saved) -> Option<UsageDay> {
    Written::read(text)?.alone(saved)
}

/// The first day of a month, as `2026-10`, `202610`, `10/2026`, `October 2026` or any day of it.
fn read_month(text: &str, saved: Saved) -> Option<UsageDay> {
    let text = text.trim();
    if let Some(day) = read_day(text, saved) {
        return UsageDay::from_ymd(day.date().year(), day.date().month(), 1);
    }
    let forms = [
        ("%Y-%m-%d", format!("{text}-01")),
        ("%Y%m%d", format!("{text}01")),
        ("%d/%m/%Y", format!("01/{text}")),
        ("%d %B %Y", format!("1 {text}")),
    ];
    let found = forms.iter().find_map(|(form, text)| NaiveDate::parse_from_str(text, form).ok())?;
    UsageDay::from_ymd(found.year(), found.month(), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "PartnerID,CustomerID,InvoiceMonth,CreditName,CreditAmount,Status,BalanceAmount,CurrencyCode,AgreementID,EffectiveDate,ExpiryDate\n";
    const NEW_HEADER: &str = "PartnerTenantId,CustomerTenantId,InvoiceMonth,CreditName,CreditAmount,Status,BalanceAmount,CurrencyCode,AgreementId,EffectiveDate,ExpiryDate\n";
    const ROWS: &str = "p,C,2026-08,ACO,75.00,active,425.00,USD,a1,2026-08-01,2027-07-31\n\
                        p,C,2026-09,ACO,160.00,active,340.00,USD,a1,2026-08-01,2027-07-31\n";

    fn read_text(text: &str) -> (Credits, CreditBalancesRead) {
        read([Input::new("balance.csv", text.as_bytes())]).unwrap()
    }

    #[test]
    fn both_headers_are_one() {
        let (old, found) = read_text(&format!("{HEADER}{ROWS}"));
        assert_eq!(old, read_text(&format!("{NEW_HEADER}{ROWS}")).0);
        let [credit] = old.all() else { panic!("{old:?}") };
        assert_eq!(
            (credit.id.as_str(), credit.customer.as_str(), credit.granted.to_string()),
            ("a1", "c", "500.00".into())
        );
        assert_eq!(credit.statements.len(), 2);
        assert!(found.issues.is_empty());
    }

    #[test]
    fn an_expired_month_does_not_tell_the_grant() {
        let rows = format!("{ROWS}p,c,2026-10,ACO,200.00,expired,0.00,USD,a1,2026-08-01,2026-10-31\n");
        let (credits, found) = read_text(&format!("{HEADER}{rows}"));
        assert_eq!(credits.all()[0].granted.to_string(), "500.00");
        assert_eq!((credits.all()[0].statements.len(), found.issues.len()), (3, 0));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let rows = "p,c,soon,ACO,1,active,1,USD,a1,2026-08-01,2027-07-31\n\
                    p,c,2026-08,ACO,-1,active,1,USD,a1,2026-08-01,2027-07-31\n\
                    p,c,2026-08,ACO,1,active,9,USD,a1,2026-08-01,2027-07-31\n\
                    p,c,2026-08,ACO,2,active,8,USD,a1,2026-08-01,2027-07-31\n\
                    p,c,2026-09,ACO,3,active,4,USD,a1,2026-08-01,2027-07-31\n\
                    p,c,2026-09,ACO,3,active,4,US,a1,2026-08-01,2027-07-31\n\
                    p,,2026-09,ACO,3,active,4,USD,a1,2026-08-01,2027-07-31\n\
                    p,c,2026-09,ACO,3,active,4,USD,a1,2026-08-01,2026-07-31\n";
        let (credits, found) = read_text(&format!("{HEADER}{rows}"));
        let issues: Vec<_> =
            found.issues.iter().map(|issue| format!("{} {} {}", issue.row, issue.column, issue.found)).collect();
        assert_eq!(
            issues,
            [
                "2 InvoiceMonth soon",
                "3 CreditAmount -1",
                "7 CurrencyCode US",
                "8 CustomerID ",
                "9 ExpiryDate 2026-07-31",
                "4 BalanceAmount 9",
                "5 BalanceAmount 8",
            ]
        );
        assert_eq!(credits.all()[0].granted.to_string(), "7.00");
    }

    #[test]
    fn months_in_their_forms() {
        for text in ["2026-10", "202610", "10/2026", "October 2026", "Oct 2026", "10/1/2026", "2026-10-31T00:00:00Z"] {
            assert_eq!(
                read_month(text, Saved::AsExported).map(|day| day.to_string()).as_deref(),
                Some("2026-10-01"),
                "{text}"
            );
        }
        assert_eq!(read_month("13/2026", Saved::AsExported), None);
    }
}
