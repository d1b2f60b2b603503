//! Column names: what a header may be called, bound by name and never by position.

mod cost_details;
mod daily_usage;
mod focus;
mod kind;
mod misplaced;
mod price_list;

use std::borrow::Cow;

pub use daily_usage::Column;
pub(crate) use kind::FileKind;
pub(super) use misplaced::misplaced;
pub(crate) use price_list::PriceColumn;

use super::ReadErrorKind;
use kind::Named;

/// A header name with the differences that mean nothing taken away: case, spaces, `_`, `-`, a byte order mark.
pub(super) fn normal(name: &str) -> Cow<'_, str> {
    let drop = |c: char| c.is_whitespace() || matches!(c, '_' | '-' | '\u{feff}');
    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(name);
    }
    let kept = name.chars().filter(|c| !drop(*c));
    // Each name of each record given by names comes here, and nearly all are ASCII.
    let folded = if name.is_ascii() {
        kept.map(|c| c.to_ascii_lowercase()).collect()
    } else {
        kept.flat_map(char::to_lowercase).collect()
    };
    Cow::Owned(folded)
}

/// Is this an id, as each row has and no header?
fn is_id(header: &str) -> bool {
    header.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && header.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// What parts the decimals of a file's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Decimals {
    #[default]
    Point,
    Comma,
}

/// Which column of the input is which of ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binding {
    kind: FileKind,
    decimals: Decimals,
    /// For each column of the input, in order.
    columns: Vec<Option<Column>>,
    /// The header of each of our columns, as the input spells it, and how good a name it is.
    spelled: Vec<Option<(String, usize)>>,
    unknown: Vec<String>,
}

impl Binding {
    /// Binds the headers of an input.
    pub(crate) fn new<'n>(headers: impl IntoIterator<Item = &'n str>) -> Result<Self, ReadErrorKind> {
        let headers: Vec<_> = headers.into_iter().map(|header| header.trim().trim_start_matches('\u{feff}')).collect();
        // Of what is no header, what it lacks says nothing.
        let is_row = headers.iter().any(|header| is_id(header));
        Self::of(&headers).map_err(|error| if is_row { ReadErrorKind::NoHeader } else { error })
    }

    fn of(headers: &[&str]) -> Result<Self, ReadErrorKind> {
        let kind = FileKind::of(headers)?;
        let mut binding = Self { kind, spelled: vec![None; Column::COUNT], ..Self::default() };
        for header in headers {
            let column = binding.bind(header)?;
            binding.columns.push(column);
        }
        let missing = binding.missing();
        if missing.is_empty() {
            return Ok(binding);
        }
        let is_own = |name: &str| Column::named(name).is_some();
        Err(misplaced(headers, is_own)
            .unwrap_or_else(|| ReadErrorKind::MissingColumns { missing, advice: kind.advice() }))
    }

    /// The column of a header. Where a kind has several names of one meaning, a better one takes the place of another.
    fn bind(&mut self, header: &str) -> Result<Option<Column>, ReadErrorKind> {
        let (column, rank) = match self.kind.named(header) {
            Named::Column(column, rank) => (column, rank),
            Named::Documented => return Ok(None),
            Named::Unknown => {
                if !header.is_empty() {
                    self.unknown.push(header.to_owned());
                }
                return Ok(None);
            }
        };
        let Some(spelled) = self.spelled.get_mut(column as usize) else { return Ok(None) };
        match spelled {
            Some((first, best)) if *best == rank => {
                return Err(ReadErrorKind::DuplicateColumn { first: first.clone(), second: header.to_owned() });
            }
            Some((_, best)) if *best < rank => return Ok(None),
            Some(_) => self.columns.iter_mut().filter(|bound| **bound == Some(column)).for_each(|bound| *bound = None),
            None => {}
        }
        *spelled = Some((header.to_owned(), rank));
        Ok(Some(column))
    }

    /// Which column a name of a later record is, and whether it is none that anybody knows.
    pub(crate) fn named(&self, name: &str) -> (Option<Column>, bool) {
        match self.kind.named(name) {
            Named::Column(column, rank) => {
                let best = self.spelled.get(column as usize).and_then(Option::as_ref).map_or(rank, |(_, best)| *best);
                (Some(column).filter(|_| best == rank), false)
            }
            Named::Documented => (None, false),
            Named::Unknown => (None, true),
        }
    }

    /// The same, with the cells of other columns than these passed over; refused where what they are wanted for needs more.
    pub(crate) fn only(mut self, wanted: Columns) -> Result<Self, ReadErrorKind> {
        for column in &mut self.columns {
            *column = column.filter(|column| wanted.any(Columns::of(&[*column])));
        }
        if wanted.any(Columns::of(&Column::BILLING)) { self.needing(&Column::INVOICED) } else { Ok(self) }
    }

    /// The same, where it has these columns; an input without rows has shown none.
    fn needing(self, needed: &[Column]) -> Result<Self, ReadErrorKind> {
        let missing = needed.iter().filter(|column| !self.columns.is_empty() && !self.has(**column));
        let missing: Vec<_> = missing.map(|column| column.name().to_owned()).collect();
        if missing.is_empty() {
            Ok(self)
        } else {
            Err(ReadErrorKind::MissingColumns { missing, advice: self.kind.advice() })
        }
    }

    /// The same, of text that holds the bound columns alone.
    #[cfg(feature = "parquet")]
    pub(crate) fn bound_alone(mut self) -> Self {
        self.columns.retain(Option::is_some);
        self
    }

    /// The same, of a file with this decimal sign.
    pub(crate) fn with_decimals(self, decimals: Decimals) -> Self {
        Self { decimals, ..self }
    }

    pub(crate) const fn decimals(&self) -> Decimals {
        self.decimals
    }

    /// The place of a column in the input.
    #[cfg(feature = "xlsx")]
    pub(crate) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|bound| *bound == Some(column))
    }

    fn missing(&self) -> Vec<String> {
        let mut missing: Vec<_> = Column::NEEDED
            .iter()
            .filter(|column| !self.has(**column))
            .map(|column| self.spelled(*column).to_owned())
            .collect();
        if !Column::FLAGS.iter().any(|column| self.has(*column)) {
            missing.push(Column::FLAGS.map(Column::name).join("` or `")); // other kinds are refused before
        }
        missing
    }

    pub(crate) fn has(&self, column: Column) -> bool {
        self.spelled.get(column as usize).is_some_and(Option::is_some)
    }

    /// The header of one of our columns: as the input spells it, else as Microsoft does.
    pub(crate) fn spelled(&self, column: Column) -> &str {
        let spelled = self.spelled.get(column as usize).and_then(Option::as_ref);
        spelled.map_or_else(|| self.kind.name(column), |(spelled, _)| spelled)
    }

    /// What kind of file it is.
    pub(crate) const fn kind(&self) -> FileKind {
        self.kind
    }

    /// Columns that would say more and are not there, as Microsoft spells them.
    pub(crate) fn would_say_more(&self) -> impl Iterator<Item = &'static str> {
        let missing = Column::ALL.iter().filter(|column| self.kind.says_more(**column) && !self.has(**column));
        missing.map(|column| self.kind.name(*column))
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
    pub(crate) const USUAL: Self = Self(!Self::of(&Column::PRODUCT_IDS).with(Self::of(&Column::BILLING)).0);

    /// All columns that price lists are asked by.
    pub(crate) const LISTED: Self = Self::USUAL.with(Self::of(&Column::PRODUCT_IDS));

    /// All columns that a comparison with an invoice needs.
    pub(crate) const INVOICED: Self = Self::USUAL.with(Self::of(&Column::INVOICED)).with(Self::of(&Column::BILLING));

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
        assert!(matches!(FileKind::DailyUsage.named("Service Info 1"), Named::Documented));
        assert!(matches!(FileKind::DailyUsage.named("MyColumn"), Named::Unknown));
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
