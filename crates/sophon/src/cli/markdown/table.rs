//! Tables.

use console::{Alignment, Style, measure_text_width, pad_str, style};
use pulldown_cmark::{Event, Tag, TagEnd};

use super::Events;
use super::inline::inline;

/// Between two columns.
const GAP: &str = " │ ";

/// A table: its head and its rows, a line of text a cell.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Reads a table to its end.
pub fn read(events: &mut Events<'_>) -> Table {
    let mut table = Table { head: Vec::new(), rows: Vec::new() };
    let mut row = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::TableCell) => row.push(inline(events, Style::new()).one_line()),
            Event::End(TagEnd::TableHead) => table.head = std::mem::take(&mut row),
            Event::End(TagEnd::TableRow) => table.rows.push(std::mem::take(&mut row)),
            Event::End(TagEnd::Table) => break,
            _ => {}
        }
    }
    table
}

impl Table {
    /// Its lines: columns if they fit, or else each row as a list of its cells, so that nothing is cut.
    pub fn lines(&self, width: usize) -> Vec<String> {
        let widths = self.widths();
        let gaps = measure_text_width(GAP) * widths.len().saturating_sub(1);
        if widths.iter().sum::<usize>() + gaps > width {
            return self.stacked();
        }
        let row = |cells: &Vec<String>| {
            let padded = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| pad_str(cell, *width, Alignment::Left, None).into_owned());
            padded.collect::<Vec<_>>().join(&style(GAP).dim().to_string())
        };
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        let head = self.head.iter().map(|title| style(title).bold().to_string()).collect();
        let mut lines = vec![row(&head), style(rule.join("─┼─")).dim().to_string()];
        lines.extend(self.rows.iter().map(row));
        lines
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.head.iter().map(|title| measure_text_width(title)).collect();
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = measure_text_width(cell).max(*widest);
            }
        }
        widths
    }

    fn stacked(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                lines.push(String::new());
            }
            let cells = self.head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            lines.extend(cells.map(|(title, cell)| format!("{}: {cell}", style(title).bold())));
        }
        lines
    }
}
