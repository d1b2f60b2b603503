//! Where a value was read, and how firmly it stands.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;

/// How firmly a value stands on its source.
///
/// Source: the marks D, I and C of the fact sheet's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Microsoft says so.
    Documented,
    /// No page says so; it is concluded from what pages do say.
    Inferred,
    /// Pages disagree, and one reading was chosen.
    Conflicting,
}

impl Status {
    /// The word used for it in the parameter files and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Conflicting => "conflicting",
        }
    }

    /// The status a word stands for.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Documented, Self::Inferred, Self::Conflicting].into_iter().find(|status| status.as_str() == word)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The document a value or a rule rests on.
///
/// Source: every parameter and every role list of the programme files names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    document: Cow<'static, str>,
    dated: NaiveDate,
    location: Cow<'static, str>,
    status: Status,
    note: Option<Cow<'static, str>>,
}

impl Source {
    /// A source from its document, the document's own date, and the rules of the fact sheet it stands for.
    #[must_use]
    pub const fn new(
        document: Cow<'static, str>,
        dated: NaiveDate,
        location: Cow<'static, str>,
        status: Status,
        note: Option<Cow<'static, str>>,
    ) -> Self {
        Self { document, dated, location, status, note }
    }

    /// The page, with the public copy that was read.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.document
    }

    /// The date the document bears.
    #[must_use]
    pub const fn dated(&self) -> NaiveDate {
        self.dated
    }

    /// The rules of the fact sheet, such as `R67, R68`.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }

    /// How firmly the value stands on the document.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// What a reader should know besides: the other reading, or what the document leaves open.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

/// One line for a report: document, date, rules and status.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, dated, location, status, note: _ } = self;
        write!(f, "{document}, {dated}, {location} ({status})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_status_read_back() {
        for status in [Status::Documented, Status::Inferred, Status::Conflicting] {
            assert_eq!(Status::from_word(status.as_str()), Some(status));
        }
        assert_eq!(Status::from_word("Documented"), None);
    }

    #[test]
    fn a_source_reads_as_one_line() {
        let source =
            Source::new(Cow::Borrowed("page.md"), NaiveDate::default(), Cow::Borrowed("R67"), Status::Inferred, None);
        assert_eq!(source.to_string(), "page.md, 1970-01-01, R67 (inferred)");
        assert_eq!(source.note(), None);
    }
}
