//! A decision in sentences.

use super::setting::visible;
use crate::eligibility::rule;
use crate::reconcile::{Decision, Standing};
use crate::usage::UsageLine;

/// Why a line has its standing: what was decided, each finding with the column that decided, its source, and what to do.
#[must_use]
pub fn explain(line: &UsageLine<'_>, decision: &Decision) -> String {
    let money = format!("list cost {} {}", decision.list_cost, line.currency);
    let standing = match decision.standing {
        Standing::Earned => format!("earned {} {} ({money})", decision.credit, line.currency),
        Standing::Missed => format!("missed {} {} ({money})", decision.potential_credit, line.currency),
        Standing::Lost => format!("lost {} {} ({money})", decision.potential_credit, line.currency),
        Standing::Unexpected => {
            format!("earned {} {} although it should not have ({money})", decision.credit, line.currency)
        }
        Standing::Unknown => {
            format!("did not earn {} {}, and it cannot be told why ({money})", decision.potential_credit, line.currency)
        }
        Standing::Excluded => format!("earns nothing by design ({money})"),
    };
    let scope = if line.resource.is_empty() { "a charge without a resource" } else { line.resource };
    let mut text = format!("{}: {}\n{standing}\n", line.day, visible(scope));
    for reason in decision.verdict.findings() {
        let rule = rule(reason.rule());
        let column = reason.column().map(|column| format!(" (column {column})"));
        let column = column.or_else(|| Some(format!(" ({})", reason.price_list()?))).unwrap_or_default();
        text.push_str(&format!(
            "- {}: {}{column}. {}: {}\n",
            rule.id,
            rule.sentence,
            rule.source.location(),
            rule.source.document()
        ));
        text.push_str(&format!("  {}{}\n", if rule.can_act { "to do: " } else { "" }, rule.remedy));
    }
    text
}
