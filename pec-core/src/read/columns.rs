//! Column names: what a header may be called, bound by name and never by position.

mod daily_usage;

use std::borrow::Cow;

pub use daily_usage::Column;

use super::ReadErrorKind;

/// Names that mean nothing to us although Microsoft documents them; any other unbound name is reported.
pub(crate) fn known(name: &str) -> bool {
    let name = normal(name);
    daily_usage::DOCUMENTED.contains(&name.as_ref())
}

/// A header name with the differences that mean nothing taken away: case, spaces, `_`, `-`, a byte order mark.
pub(super) fn normal(name: &str) -> Cow<'_, str> {
    let drop = |c: char| c.is_whitespace() || matches!(c, '_' | '-' | '\u{feff}');
    if name.chars().any(|c| drop(c) || !c.is_ascii_lowercase()) {
        Cow::Owned(name.chars().filter(|c| !drop(*c)).flat_map(char::to_lowercase).collect())
    } else {
        Cow::Borrowed(name)
    }
}

/// Which column of the input is which of ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binding {
    /// For each column of the input, in order.
    columns: Vec<Option<Column>>,
    /// The header of each of our columns, as the input spells it.
    spelled: Vec<Option<String>>,
    unknown: Vec<String>,
}

impl Binding {
    /// Binds the headers of an input.
    pub(crate) fn new<'n>(headers: impl IntoIterator<Item = &'n str>) -> Result<Self, ReadErrorKind> {
        let mut binding = Self { spelled: vec![None; Column::COUNT], ..Self::default() };
        for header in headers {
            let header = header.trim().trim_start_matches('\u{feff}');
            let column = Column::named(header);
            if let Some(spelled) = column.and_then(|column| binding.spelled.get_mut(column as usize)) {
                if let Some(first) = spelled {
                    return Err(ReadErrorKind::DuplicateColumn { first: first.clone(), second: header.to_owned() });
                }
                *spelled = Some(header.to_owned());
            } else if !known(header) && !header.is_empty() {
                binding.unknown.push(header.to_owned());
            }
            binding.columns.push(column);
        }
        let missing = binding.missing();
        if missing.is_empty() { Ok(binding) } else { Err(ReadErrorKind::MissingColumns { missing, advice: ADVICE }) }
    }

    /// The same, with the cells of other columns than these passed over.
    pub(crate) fn only(mut self, wanted: Columns) -> Self {
        for column in &mut self.columns {
            *column = column.filter(|column| wanted.any(Columns::of(&[*column])));
        }
        self
    }

    fn missing(&self) -> Vec<String> {
        let mut missing: Vec<_> =
            Column::NEEDED.iter().filter(|column| !self.has(**column)).map(|column| column.name().to_owned()).collect();
        if !Column::FLAGS.iter().any(|column| self.has(*column)) {
            missing.push(Column::FLAGS.map(Column::name).join("` or `"));
        }
        missing
    }

    pub(crate) fn has(&self, column: Column) -> bool {
        self.spelled.get(column as usize).is_some_and(Option::is_some)
    }

    /// The header of one of our columns: as the input spells it, else as Microsoft does.
    pub(crate) fn spelled(&self, column: Column) -> &str {
        self.spelled.get(column as usize).and_then(Option::as_deref).unwrap_or_else(|| column.name())
    }

    pub(crate) fn columns(&self) -> &[Option<Column>] {
        &self.columns
    }

    pub(crate) fn unknown(&self) -> &[String] {
        &self.unknown
    }
}

/// A set of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns(u64);

const _: () = assert!(Column::COUNT <= u64::BITS as usize);

impl Columns {
    /// No column.
    pub(crate) const NONE: Self = Self(0);
    /// All columns.
    pub(crate) const ALL: Self = Self(u64::MAX);

    /// All columns but those that are only read where something is asked by them.
    pub(crate) const USUAL: Self = Self(!Self::of(&Column::PRODUCT_IDS).0);

    /// These columns.
    pub(crate) const fn of(columns: &[Column]) -> Self {
        let (mut set, mut rest) = (0_u64, columns);
        while let [first, others @ ..] = rest {
            set |= 1 << *first as u64;
            rest = others;
        }
        Self(set)
    }

    /// The columns of both sets.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Is one of `columns` in the set?
    pub(crate) const fn any(self, columns: Self) -> bool {
        self.0 & columns.0 != 0
    }
}

const ADVICE: &str = "export daily rated usage with its header row (Partner Center > Billing > Billing history > Daily rated usage; the v2 export with attribute set `full`)";

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDED: [&str; 5] = ["UsageDate", "EntitlementId", "UnitPrice", "Quantity", "CreditType"];

    #[test]
    fn spellings() {
        for (header, column) in [
            ("Usage Date", Column::UsageDate),
            ("usageDate", Column::UsageDate),
            ("Reseller MPNID", Column::ResellerMpnId),
            ("Tier2MpnId", Column::ResellerMpnId),
            ("ResellerMpnId (Tier 2)", Column::ResellerMpnId),
            ("Consumed Quantity", Column::Quantity),
            ("RESOURCE_URI", Column::ResourceUri),
            ("rateOfPartnerEarnedCredit", Column::PartnerEarnedCreditPercentage),
            ("Pricing pretax total", Column::PricingPreTaxTotal),
            ("\u{feff}CustomerId", Column::CustomerId),
        ] {
            assert_eq!(Column::named(header), Some(column), "{header}");
        }
        assert_eq!(Column::named("PricingPreTaxTotals"), None);
        assert!(known("Service Info 1") && !known("MyColumn"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Binding::new(["UsageDate", "Quantity"]).unwrap_err().to_string();
        for name in ["`EntitlementId`", "`UnitPrice`", "`PartnerEarnedCreditPercentage`"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn two_columns_of_one_meaning_are_refused() {
        let headers = NEEDED.iter().copied().chain(["Consumed Quantity"]);
        assert!(matches!(Binding::new(headers), Err(ReadErrorKind::DuplicateColumn { .. })));
    }

    #[test]
    fn unknown_columns_are_listed() {
        let binding = Binding::new(NEEDED.iter().copied().chain(["Mine", "ServiceInfo1"])).unwrap();
        assert_eq!(binding.unknown(), ["Mine"]);
        assert_eq!(binding.spelled(Column::UsageDate), "UsageDate");
    }
}
