//! Prints the page of rules, parameters and roles, which is kept as `pec-core/docs/rules.md`.
//!
//! ```text
//! cargo run --example rules_page > pec-core/docs/rules.md
//! ```

use std::error::Error;
use std::fmt::{self, Write};

use chrono::NaiveDate;
use pec_core::eligibility::rules;
use pec_core::programme::{Coverage, InForce, Programme, Source, UnlistedRole, Value};

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", page()?);
    Ok(())
}

/// The page as Markdown.
pub fn page() -> Result<String, Box<dyn Error>> {
    let programme = Programme::builtin()?;
    let mut page = String::from(
        "<!-- Written by `cargo run --example rules_page`; change the code, not this page. -->\n\n\
         # Rules, parameters and roles\n\n\
         `R59` and `ACO4` are numbers of the project's collected facts; the document beside them is what they were read in. \
         A status is *documented* (Microsoft says so), *inferred* (no page says so; concluded here) or *conflicting* \
         (pages disagree and one reading was chosen).\n\n",
    );
    write_rules(&mut page)?;
    write_parameters(&mut page, &programme)?;
    write_incidents(&mut page, &programme)?;
    write_roles(&mut page, &programme)?;
    Ok(page)
}

fn write_rules(page: &mut String) -> fmt::Result {
    page.push_str(
        "## Rules\n\n\
         Every rule answers for every line; of the findings the one with the lowest rank is the primary one. Ranks 6 and 8 \
         need a price list. Rules of the groups partner, access and undetermined rest on a partner file and \
         access evidence; without them, every line that is not excluded by design is `no_access_evidence`. A line with a finding \
         of another group has none of the group undetermined.\n\n\
         | rank | id | finds | group | can act | what to do |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in rules() {
        let can_act = if rule.can_act { rule.owner.to_string() } else { "nobody".to_owned() };
        writeln!(
            page,
            "| {} | `{}` | {} | {} | {can_act} | {} |",
            rule.rank, rule.id, rule.sentence, rule.group, rule.remedy
        )?;
    }
    page.push_str("\nSources:\n\n");
    for rule in rules() {
        writeln!(page, "- `{}`: {}", rule.id, cited(&rule.source))?;
    }
    Ok(())
}

/// What a parameter says on a day: its value as text, its source, and how far that was read.
type Answer<'p> = Option<(String, &'p Source, NaiveDate)>;

/// A parameter's name and how to ask for it.
type Parameter = (&'static str, fn(InForce<'_>) -> Answer<'_>);

fn write_parameters(page: &mut String, programme: &Programme) -> fmt::Result {
    page.push_str(
        "\n## Parameters\n\n\
         A value holds from the day under *from* on. After *read through* it is still used, and reports say that it is not \
         verified. `credit_rate` bears on every line; `coverage`, `management_group_reaches`, `unlisted_role` and \
         `lighthouse_marketplace_needs_link` on what access evidence shows; the others belong to invoices and the Azure Credit \
         Offer and decide nothing yet.\n\n\
         | parameter | from | value | read through | source |\n| --- | --- | --- | --- | --- |\n",
    );
    let parameters: [Parameter; 10] = [
        ("credit_rate", |on| answer(Some(on.credit_rate()), ToString::to_string)),
        ("pricing_currency", |on| answer(Some(on.pricing_currency()), ToString::to_string)),
        ("usage_day_zone", |on| answer(Some(on.usage_day_zone()), |zone| format!("UTC{zone}"))),
        ("coverage", |on| answer(Some(on.coverage()), |coverage| covered(*coverage).to_owned())),
        ("unlisted_role", |on| answer(Some(on.unlisted_role()), |role| unlisted(*role).to_owned())),
        ("management_group_reaches", |on| answer(Some(on.management_group_reaches()), ToString::to_string)),
        ("lighthouse_marketplace_needs_link", |on| {
            answer(Some(on.lighthouse_marketplace_needs_link()), ToString::to_string)
        }),
        ("money_decimals", |on| answer(Some(on.money_decimals()), ToString::to_string)),
        ("aco_ratio", |on| answer(on.aco_ratio().ok(), ToString::to_string)),
        ("aco_threshold", |on| answer(on.aco_threshold().ok(), |value| format!("{value} USD"))),
    ];
    let days = || NaiveDate::from_ymd_opt(2000, 1, 1).into_iter().flat_map(|first| first.iter_days().take(100 * 366));
    for (name, of) in parameters {
        let mut before: Answer<'_> = None;
        for day in days() {
            let now = programme.on(day).ok().and_then(of);
            if let Some((value, source, read_through)) = &now
                && now != before
            {
                writeln!(page, "| `{name}` | {day} | {value} | {read_through} | {} |", cited(source))?;
            }
            before = now;
        }
    }
    Ok(())
}

fn answer<'p, T>(value: Option<Value<'p, T>>, text: impl Fn(&T) -> String) -> Answer<'p> {
    value.map(|value| (text(value.value), value.source, value.verified_through))
}

fn covered(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::WholeDay => "access on the whole day",
        Coverage::SingleGrant => "one grant on the whole day",
        Coverage::AnyPartOfDay => "access on any part of the day",
    }
}

fn unlisted(role: UnlistedRole) -> &'static str {
    match role {
        UnlistedRole::Undetermined => "undetermined",
        UnlistedRole::NotEligible => "not eligible",
    }
}

fn write_incidents(page: &mut String, programme: &Programme) -> fmt::Result {
    page.push_str(
        "\n## Incidents\n\nUsage days whose flags Microsoft said were wrong for a time. No rule uses them yet.\n\n",
    );
    for incident in programme.incidents() {
        writeln!(
            page,
            "- {} to {}: {}. {}",
            incident.first_day(),
            incident.last_day(),
            incident.what(),
            cited(incident.source())
        )?;
    }
    Ok(())
}

fn write_roles(page: &mut String, programme: &Programme) -> fmt::Result {
    let list = programme.role_list();
    let earning = list.iter().filter(|role| role.is_eligible()).count();
    writeln!(
        page,
        "\n## Roles\n\n{earning} Azure roles of the list earn, {} do not. The list bears the date {} and was read through {}. A role is matched \
         on its id, never on its name.\n\nSource: {}\n",
        list.iter().len() - earning,
        list.list_date(),
        list.verified_through(),
        cited(list.source())
    )?;
    page.push_str("| role | id | earns |\n| --- | --- | --- |\n");
    for role in list.iter() {
        writeln!(page, "| {} | `{}` | {} |", role.name(), role.id(), if role.is_eligible() { "yes" } else { "no" })?;
    }
    Ok(())
}

/// A source with its note.
fn cited(source: &Source) -> String {
    source.note().map_or_else(|| source.to_string(), |note| format!("{source}: {note}"))
}
