//! What a result was filtered by, as text.

use super::Report;
use super::setting::{Text, heading, wrapped};
use super::text::named;

/// Writes what is looked at, where it is not everything.
pub(super) fn write(text: &mut Text, report: &Report) {
    let Some(filter) = &report.filter else { return };
    heading(text, "What is looked at");
    let mut tell = |what: &str, values: Option<Vec<String>>| {
        if let Some(values) = values {
            let values = if values.is_empty() { "none".to_owned() } else { values.join(", ") };
            wrapped(text, &format!("{what}: {values}"));
        }
    };
    tell(
        "customers",
        filter.customers.as_ref().map(|ids| ids.iter().map(|id| named(&report.customer_names, id)).collect()),
    );
    let subscriptions = filter.subscriptions.as_ref();
    tell(
        "Azure subscriptions",
        subscriptions.map(|ids| ids.iter().map(|id| named(&report.subscription_names, id)).collect()),
    );
    tell("reasons", filter.reasons.as_ref().map(|reasons| reasons.iter().map(ToString::to_string).collect()));
    tell("standings", filter.standings.as_ref().map(|standings| standings.iter().map(ToString::to_string).collect()));
    tell("from", filter.first_day.map(|day| vec![day.to_string()]));
    tell("until", filter.last_day.map(|day| vec![day.to_string()]));
    if report.row_issues > 0 {
        wrapped(text, "rows that could not be read may be anybody's: they are counted, and shown by the whole result");
    }
}
