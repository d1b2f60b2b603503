//! Days of the calendar, as far as a month of usage needs them.

use std::fmt;

/// A day of the Gregorian calendar; prints as `2025-10-04`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Day {
    /// The first day of a month; years outside 2000 to 2099 and months outside 1 to 12 are
    /// brought to the nearest.
    pub(super) fn first_of(year: u16, month: u8) -> Self {
        Self { year: year.clamp(2000, 2099), month: month.clamp(1, 12), day: 1 }
    }

    /// Number of days in this day's month.
    pub(super) const fn days_in_month(self) -> u8 {
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.year.is_multiple_of(4) => 29,
            2 => 28,
            _ => 31,
        }
    }

    /// The same month, another day.
    pub(super) const fn with_day(self, day: u8) -> Self {
        Self { day, ..self }
    }

    /// The last day of the month before, less `back` days (at most 20).
    pub(super) const fn before_month(self, back: u8) -> Self {
        let before = match self.month {
            1 => Self { year: self.year - 1, month: 12, day: 1 },
            month => Self { month: month - 1, day: 1, ..self },
        };
        let back = if back > 20 { 20 } else { back };
        before.with_day(before.days_in_month() - back)
    }

    /// Writes `10/4/2025`.
    pub(super) fn write_us(self, out: &mut Vec<u8>) {
        for part in [self.month, self.day] {
            if part >= 10 {
                out.push(b'0' + part / 10);
            }
            out.push(b'0' + part % 10);
            out.push(b'/');
        }
        self.write_year(out);
    }

    /// Writes `2025-10-04T00:00:00Z`.
    pub(super) fn write_iso(self, out: &mut Vec<u8>) {
        self.write_year(out);
        for part in [self.month, self.day] {
            out.extend_from_slice(&[b'-', b'0' + part / 10, b'0' + part % 10]);
        }
        out.extend_from_slice(b"T00:00:00Z");
    }

    fn write_year(self, out: &mut Vec<u8>) {
        for divisor in [1000, 100, 10, 1] {
            out.push(b'0' + u8::try_from(self.year / divisor % 10).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn days_print_in_both_forms() {
        let mut out = Vec::new();
        let day = Day::first_of(2024, 2).with_day(29);
        day.write_us(&mut out);
        out.push(b' ');
        day.write_iso(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), "2/29/2024 2024-02-29T00:00:00Z");
        assert_eq!(day.to_string(), "2024-02-29");
    }

    #[test]
    fn months_end_where_they_should() {
        assert_eq!(Day::first_of(2024, 2).days_in_month(), 29);
        assert_eq!(Day::first_of(2025, 2).days_in_month(), 28);
        assert_eq!(Day::first_of(2025, 1).before_month(0).to_string(), "2024-12-31");
        assert_eq!(Day::first_of(2025, 3).before_month(1).to_string(), "2025-02-27");
        assert_eq!(Day::first_of(1, 77).to_string(), "2000-12-01");
    }
}
