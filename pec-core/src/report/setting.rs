//! How text is set: headings, lines, sentences broken between words, columns; for a file, or for a terminal as wide as it
//! is.

use std::fmt::Write as _;

/// The longest line that sentences of a file are broken to.
const FILE: usize = 99;

/// How wide a text is set.
///
/// ```
/// use pec_core::report::Width;
///
/// assert_eq!(Width::terminal(80).columns(), Some(80));
/// assert_eq!(Width::terminal(20).columns(), Some(60));
/// assert_eq!(Width::default().columns(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Width {
    columns: Option<usize>,
}

impl Width {
    /// For a file or a pipe, where equal reports are equal texts: sentences are broken into lines of at most 99 characters;
    /// lines that name ids stay whole, as do columns.
    pub const FILE: Self = Self { columns: None };

    /// The narrowest that figures and ids can be read in, and the widest that sentences can.
    const SANE: [usize; 2] = [60, 120];

    /// For a terminal of so many columns: nothing is wider but a word, such as a path, and a command to copy. Below 60 and
    /// above 120 it is set as for these.
    #[must_use]
    pub const fn terminal(columns: usize) -> Self {
        let [least, most] = Self::SANE;
        let columns = if columns < least {
            least
        } else if columns > most {
            most
        } else {
            columns
        };
        Self { columns: Some(columns) }
    }

    /// As many columns as a terminal has; none for a file.
    #[must_use]
    pub const fn columns(self) -> Option<usize> {
        self.columns
    }
}

/// A text that is being set.
#[derive(Debug)]
pub(super) struct Text {
    text: String,
    width: Width,
}

impl Text {
    pub(super) const fn new(width: Width) -> Self {
        Self { text: String::new(), width }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

pub(super) fn heading(text: &mut Text, title: &str) {
    if !text.text.is_empty() {
        text.push("");
    }
    let columns = text.width.columns.unwrap_or(usize::MAX);
    broken(text, "", &visible(title), "  ", columns);
}

/// A line that stays whole in a file.
pub(super) fn line(text: &mut Text, content: &str) {
    let content = visible(content.trim_end());
    let whole = format!("  {content}");
    match text.width.columns {
        Some(columns) if whole.chars().count() > columns => {
            let words = content.trim_start();
            // Beside an indentation that is made for wide lines, ids would not fit.
            let indent = " ".repeat((2 + content.chars().count() - words.chars().count()).min(columns / 6));
            broken(text, &indent, words, &format!("{indent}  "), columns);
        }
        _ => text.push(&whole),
    }
}

/// A line that stays whole everywhere: a command to copy.
pub(super) fn command(text: &mut Text, content: &str) {
    text.push(&format!("      {}", visible(content.trim_end())));
}

/// Sentences, broken between words.
pub(super) fn wrapped(text: &mut Text, content: &str) {
    let columns = text.width.columns.unwrap_or(FILE);
    broken(text, "    ", &visible(content), "      ", columns);
}

/// Words in lines of so many characters; a word that is longer has a line of its own.
fn broken(text: &mut Text, first: &str, content: &str, next: &str, columns: usize) {
    let mut current = first.to_owned();
    let mut blank = true;
    for word in content.split(' ') {
        let gap = usize::from(!blank);
        if !blank && current.chars().count() + gap + word.chars().count() > columns {
            text.push(current.trim_end());
            next.clone_into(&mut current);
        } else if gap == 1 {
            current.push(' ');
        }
        current.push_str(word);
        blank = false;
    }
    text.push(current.trim_end());
}

/// A column: on which side its cells stand, and how wide it is where there is room.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Left(usize),
    Right(usize),
}

/// The columns of a table, for all its rows.
#[derive(Debug)]
pub(super) struct Grid<'h> {
    columns: Vec<Column>,
    heads: &'h [&'h str],
    /// Not even the narrowest columns fit: rows are sentences.
    as_sentences: bool,
}

/// A table: its heads and its rows.
pub(super) fn table(text: &mut Text, columns: &[Column], heads: &[&str], rows: &[Vec<String>]) {
    let grid = Grid::fit(text, columns, heads, rows);
    grid.head(text);
    rows.iter().for_each(|row| grid.row(text, row));
}

/// Between a column that stands to the right and the one before it.
const GAP: usize = 2;

impl Column {
    const fn width(self) -> usize {
        match self {
            Self::Left(width) | Self::Right(width) => width,
        }
    }

    /// The width that a cell needs.
    fn of(self, cell: &str, is_first: bool) -> usize {
        let gap = if is_first || matches!(self, Self::Left(_)) { 0 } else { GAP };
        cell.chars().count() + gap
    }

    const fn narrower(self) -> Self {
        match self {
            Self::Left(width) => Self::Left(width.saturating_sub(1)),
            Self::Right(width) => Self::Right(width.saturating_sub(1)),
        }
    }

    fn at_least(self, least: usize) -> Self {
        match self {
            Self::Left(width) => Self::Left(width.max(least)),
            Self::Right(width) => Self::Right(width.max(least)),
        }
    }
}

impl<'h> Grid<'h> {
    /// Columns as wide as they are asked to be, where the text is wide enough: else each gives up what its longest cell does
    /// not need, the one with the most to spare first. `heads` stand above them, each word below the other where that helps;
    /// empty where nothing does.
    pub(super) fn fit(text: &Text, asked: &[Column], heads: &'h [&'h str], rows: &[Vec<String>]) -> Self {
        let mut fitted = Self { columns: asked.to_vec(), heads, as_sentences: false };
        let Some(room) = text.width.columns.map(|columns| columns.saturating_sub(2)) else { return fitted };
        let needed: Vec<usize> = asked
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let words = heads.get(place).into_iter().flat_map(|head| head.split(' '));
                let cells = rows.iter().filter_map(|row| row.get(place).map(String::as_str));
                cells.chain(words).map(|cell| column.of(cell, place == 0)).max().unwrap_or_default()
            })
            .collect();
        for (column, needed) in fitted.columns.iter_mut().zip(&needed) {
            *column = column.at_least(*needed);
        }
        while fitted.columns.iter().map(|column| column.width()).sum::<usize>() > room {
            let spare = |(place, column): (usize, &Column)| {
                let spare = column.width().saturating_sub(needed.get(place).copied().unwrap_or_default());
                (spare, std::cmp::Reverse(place))
            };
            let widest = fitted.columns.iter().enumerate().map(spare).max();
            let Some((1.., std::cmp::Reverse(place))) = widest else {
                fitted.as_sentences = true;
                return fitted;
            };
            if let Some(column) = fitted.columns.get_mut(place) {
                *column = column.narrower();
            }
        }
        fitted
    }

    /// The heads.
    pub(super) fn head(&self, text: &mut Text) {
        if self.as_sentences {
            return;
        }
        let lines: Vec<Vec<&str>> = (self.heads.iter().zip(&self.columns).enumerate())
            .map(|(place, (head, column))| {
                let is_too_wide = head.chars().count() + usize::from(place > 0) > column.width();
                if is_too_wide { head.split(' ').collect() } else { vec![*head] }
            })
            .collect();
        let height = lines.iter().map(Vec::len).max().unwrap_or_default();
        for line in 0..height {
            // The last word stands on the last line.
            let cell = |words: &Vec<&str>| {
                let at = (line + words.len()).checked_sub(height);
                at.and_then(|at| words.get(at)).map_or_else(String::new, |word| (*word).to_owned())
            };
            let cells: Vec<_> = lines.iter().map(cell).collect();
            self.set(text, &cells);
        }
    }

    /// A row.
    pub(super) fn row(&self, text: &mut Text, cells: &[String]) {
        if !self.as_sentences {
            return self.set(text, cells);
        }
        let named = |(head, cell): (&&str, &String)| (!cell.is_empty()).then(|| format!("{head} {cell}"));
        match (self.heads, cells) {
            ([_, heads @ ..], [first, cells @ ..]) => {
                let named: Vec<_> = heads.iter().zip(cells).filter_map(named).collect();
                line(text, &format!("{first}: {}", named.join(", ")));
            }
            (_, cells) => line(text, &cells.iter().map(|cell| cell.trim()).collect::<Vec<_>>().join(" ")),
        }
    }

    fn set(&self, text: &mut Text, cells: &[String]) {
        let mut row = String::from("  ");
        for (column, cell) in self.columns.iter().zip(cells) {
            // Writing to a text does not fail.
            let _ = match column {
                Column::Left(width) => write!(row, "{cell:<width$}"),
                Column::Right(width) => write!(row, "{cell:>width$}"),
            };
        }
        text.push(visible(&row).trim_end());
    }
}

/// Without control characters, and without those that turn the direction of a line: what stands in a file must not be
/// obeyed by a terminal.
pub(super) fn visible(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |c: char| if c.is_control() || turns(c) { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    fn set(width: Width, with: impl Fn(&mut Text)) -> String {
        let mut text = Text::new(width);
        with(&mut text);
        text.finish()
    }

    #[test]
    fn a_file_keeps_lines_whole_and_a_terminal_breaks_them() {
        let content =
            format!("{:20}Contoso (c0ffee00-0000-4000-8000-000000000001), subscription {}", "", "x".repeat(36));
        let file = set(Width::FILE, |text| line(text, &content));
        assert_eq!(file, format!("  {content}\n"));
        for columns in [60, 80, 110] {
            let shown = set(Width::terminal(columns), |text| line(text, &content));
            assert!(shown.lines().count() > 1 && shown.lines().all(|line| line.chars().count() <= columns), "{shown}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&shown), words(&content));
        }
        assert_eq!(set(Width::terminal(120), |text| line(text, "short")), "  short\n");
    }

    #[test]
    fn a_word_that_is_too_long_has_its_own_line_and_a_command_is_never_broken() {
        let path = format!("/{}", "p".repeat(70));
        let shown = set(Width::terminal(60), |text| wrapped(text, &format!("see {path} there")));
        assert_eq!(shown, format!("    see\n      {path}\n      there\n"));
        let long = "az role assignment create ".repeat(9);
        assert_eq!(set(Width::terminal(60), |text| command(text, &long)), format!("      {}\n", long.trim_end()));
    }

    #[test]
    fn columns_give_up_what_their_cells_do_not_need() {
        let columns = [Column::Left(40), Column::Right(20), Column::Right(20)];
        let heads = ["", "credit possible", "lines"];
        let cells = rows(&[&["earned", "1,234.50", "7"], &["all", "2.00"]]);
        let shown = |width| set(width, |text| table(text, &columns, &heads, &cells));
        let file = shown(Width::FILE);
        assert_eq!(file.lines().count(), 3);
        assert!(file.lines().take(2).all(|line| line.chars().count() == 82), "{file}");
        assert_eq!(shown(Width::terminal(82)), file);
        let narrow = shown(Width::terminal(60));
        assert!(narrow.lines().take(2).all(|line| line.chars().count() == 60), "{narrow}");
    }

    #[test]
    fn heads_are_stacked_and_at_last_rows_are_sentences() {
        let columns = [Column::Left(10), Column::Right(30), Column::Right(30)];
        let heads = ["month", "balance start", "balance end"];
        let cells = rows(&[&["1", &"9".repeat(25), &"8".repeat(19)]]);
        let shown = |cells: &[Vec<String>]| set(Width::terminal(60), |text| table(text, &columns, &heads, cells));
        let stacked = shown(&cells);
        assert!(stacked.lines().all(|line| line.chars().count() <= 60), "{stacked}");
        let wide = rows(&[&["1", &"9".repeat(40), &"8".repeat(30)]]);
        let expected = format!("  1: balance start {},\n    balance end {}\n", "9".repeat(40), "8".repeat(30));
        assert_eq!(shown(&wide), expected);
    }

    #[test]
    fn what_would_steer_a_terminal_is_shown() {
        let told = |text: &mut Text| wrapped(text, "a\u{1b}[2J\u{202e}b");
        assert_eq!(set(Width::FILE, told), "    a\\u{1b}[2J\\u{202e}b\n");
    }
}
