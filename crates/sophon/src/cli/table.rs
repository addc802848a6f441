//! Tables that fit the terminal.

use console::{Alignment, measure_text_width, pad_str, style, truncate_str};

use super::screen::facts;

/// Spaces between columns.
const GAP: usize = 2;
/// A column that gives way keeps this much.
const NARROWEST: usize = 12;

/// A table. One column gives way when the terminal is narrow.
pub struct Table {
    titles: Vec<&'static str>,
    gives_way: usize,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns, of which the one at `gives_way` is cut when there is not room for all.
    pub fn new(titles: &[&'static str], gives_way: usize) -> Self {
        Self { titles: titles.to_vec(), gives_way, rows: Vec::new() }
    }

    /// Adds a row, one cell a column.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.titles.len(), "one cell a column");
        self.rows.push(cells.into());
    }

    /// The text, in at most `width` columns; uncut if `None`. Where the columns do not fit beside each other, each row is a
    /// list of its cells.
    pub fn render(&self, width: Option<usize>) -> String {
        let widths = self.widths(width);
        if width.is_some_and(|width| total(&widths) > width) {
            return self.stacked();
        }
        let titles = self.titles.iter().map(|title| style(title).dim().to_string()).collect();
        let lines = std::iter::once(&titles).chain(&self.rows).map(|row| line(row, &widths));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn stacked(&self) -> String {
        let row = |cells: &Vec<String>| {
            let cells = self.titles.iter().copied().zip(cells.iter().cloned());
            facts(&cells.collect::<Vec<_>>())
        };
        self.rows.iter().map(row).collect::<Vec<_>>().join("\n\n")
    }

    fn widths(&self, width: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.titles.iter().map(|title| title.len()).collect();
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = measure_text_width(cell).max(*widest);
            }
        }
        let excess = width.map_or(0, |width| total(&widths).saturating_sub(width));
        if let Some(column) = widths.get_mut(self.gives_way) {
            *column = column.saturating_sub(excess).max(NARROWEST.min(*column));
        }
        widths
    }
}

/// Columns that these take, with what is between them.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let fitted = cells.iter().zip(widths).map(|(cell, width)| {
        let cut = truncate_str(cell, *width, "…");
        pad_str(&cut, *width, Alignment::Left, None).into_owned()
    });
    fitted.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["TITLE", "ID"], 0);
        table.row(["A very long title of a session".to_owned(), "ses_1".to_owned()]);
        table.row(["短い".to_owned(), "ses_22".to_owned()]);
        table
    }

    fn rendered(width: Option<usize>) -> String {
        console::strip_ansi_codes(&table().render(width)).into_owned()
    }

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        assert_eq!(
            rendered(None),
            "TITLE                           ID\n\
             A very long title of a session  ses_1\n\
             短い                            ses_22"
        );
    }

    #[test]
    fn the_column_that_gives_way_is_cut_to_fit() {
        let text = rendered(Some(24));
        assert_eq!(
            text,
            "TITLE             ID\n\
             A very long tit…  ses_1\n\
             短い              ses_22"
        );
        assert!(text.lines().all(|line| measure_text_width(line) <= 24));
    }

    #[test]
    fn what_does_not_fit_beside_each_other_stands_below_each_other_uncut() {
        assert_eq!(
            rendered(Some(18)),
            "TITLE  A very long title of a session\nID     ses_1\n\nTITLE  短い\nID     ses_22"
        );
    }
}
