//! What was read of price lists, and what they cannot tell.

use super::setting::{Text, heading, line, visible, wrapped};
use super::text::{ISSUES_SHOWN, count, counted};
use crate::normalise::price_list::{Contradiction, PriceListFacts, PricesRead};

/// What was read, as text.
pub(super) fn write(text: &mut Text, read: &PricesRead) {
    if read.files.is_empty() {
        return;
    }
    heading(text, "What was read of price lists");
    for file in &read.files {
        write_file(text, file);
    }
    for Contradiction { product, sku, market, first_day } in read.contradictions.iter().take(ISSUES_SHOWN) {
        let place = if market.is_empty() { String::new() } else { format!(" in {market}") };
        wrapped(text, &visible(&format!("{product} {sku}{place} from {first_day}: rows contradict each other")));
    }
    let contradictions = read.contradictions.len() as u64;
    if contradictions > 0 {
        wrapped(text, &format!("{} not used, as rows contradict each other", counted(contradictions, "price")));
    }
    wrapped(
        text,
        "A list tells of its month and market: with the list of another, products that came, went or are sold elsewhere look as if they were not listed",
    );
    for issue in read.files.iter().flat_map(|file| &file.issues).take(ISSUES_SHOWN) {
        wrapped(text, &visible(&issue.to_string()));
    }
}

fn write_file(text: &mut Text, file: &PriceListFacts) {
    let mut parts = vec![file.format.clone(), counted(file.rows, "row")];
    for (number, what) in [
        (file.consumption, "of the Azure plan"),
        (file.third_party, "of third parties"),
        (file.marketplace, "of the marketplace"),
        (file.passed_over, "of reservations and licences, passed over"),
        (file.row_issues, "unreadable"),
    ] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    let joined = |names: Vec<String>| (!names.is_empty()).then(|| names.join(" "));
    parts.extend(joined(file.markets.iter().take(ISSUES_SHOWN).cloned().collect()));
    parts.extend(joined(file.currencies.iter().map(ToString::to_string).collect()));
    if let (Some(first), Some(last)) = (file.first_day, file.last_day) {
        parts.push(format!("prices of {first} to {last}"));
    }
    line(text, &visible(&format!("{}: {}", file.file, parts.join(", "))));
    if !file.unknown_columns.is_empty() {
        let names: Vec<_> = file.unknown_columns.iter().map(String::as_str).collect();
        wrapped(text, &format!("  columns not documented, passed over: {}", names.join(", ")));
    }
    if file.consumption + file.third_party == 0 {
        wrapped(text, "  has no prices of the Azure plan, so it tells nothing of what is not listed there");
    } else if !file.shows_absence {
        wrapped(text, "  has a row that does not tell its product, so nothing is taken to be absent on its days");
    }
}

#[cfg(test)]
mod tests {
    use crate::normalise::price_list::read;
    use crate::read::Input;
    use crate::report::setting::{Text, Width};

    #[test]
    fn what_was_read_and_what_it_cannot_tell() {
        let plan = "ProductId,SkuId,UnitPrice,Tags,Market,Mine,EffectiveStartDate,EffectiveEndDate\n\
                    A,1,1,Azure,US,,10/1/2026,10/31/2026\nA,1,2,Azure,US,,10/1/2026,10/31/2026\n\
                    B,1,1,ThirdParty,US,,10/1/2026,10/31/2026\nC,1,1,Reservation,US,,,\n,1,=1,Azure,US,,,\n";
        let market = "ProductId,SkuId,UnitPrice,Publisher\nM,1,1,Contoso\n";
        let inputs = [("plan.csv", plan), ("market.csv", market)];
        let (_, read) = read(inputs.map(|(name, text)| Input::new(name, text.as_bytes()))).unwrap();
        let mut text = Text::new(Width::FILE);
        super::write(&mut text, &read);
        let expected = "\
What was read of price lists
  plan.csv: CSV, 5 rows, 2 of the Azure plan, 1 of third parties, 1 of reservations and licences, passed over, 1 unreadable, US, USD, prices of 2026-10-01 to 2026-10-31
      columns not documented, passed over: Mine
      has a row that does not tell its product, so nothing is taken to be absent on its days
  market.csv: CSV, 1 row, 1 of the marketplace, USD, prices of 2000-01-01 to 2099-12-31
      has no prices of the Azure plan, so it tells nothing of what is not listed there
    A 0001 in US from 2026-10-01: rows contradict each other
    1 price not used, as rows contradict each other
    A list tells of its month and market: with the list of another, products that came, went or are
      sold elsewhere look as if they were not listed
    plan.csv: row 6, column `ProductId`: found ``, expected an id of at most 128 characters
";
        assert_eq!(text.finish(), expected);
    }
}
