//! How the keyboard moves through the grid: by cell to the sides, by entry up and down.

/// A place that can hold the focus. The headings are row 0, the items' cells column 0; hidden columns have no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub row: usize,
    pub column: usize,
    /// Which of the cell's shown entries; 0 in a cell without one.
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Left,
    Right,
    Up,
    Down,
    RowStart,
    RowEnd,
    GridStart,
    GridEnd,
    PageUp,
    PageDown,
}

/// How many rows and columns there are (headings and item cells counted), and how many entries a cell shows.
pub struct Extent<F> {
    pub rows: usize,
    pub columns: usize,
    pub lines: F,
}

impl<F: Fn(usize, usize) -> usize> Extent<F> {
    /// The place that a step leads to; at the edge, the same.
    pub fn after(&self, spot: Spot, step: Step) -> Spot {
        let Spot { row, column, line } = spot;
        let (last_row, last_column) = (self.rows.saturating_sub(1), self.columns.saturating_sub(1));
        match step {
            Step::Left => self.settled(row, column.saturating_sub(1), line),
            Step::Right => self.settled(row, (column + 1).min(last_column), line),
            Step::Up if line > 0 => self.settled(row, column, line - 1),
            Step::Up if row == 0 => spot,
            Step::Up => self.settled(row - 1, column, usize::MAX),
            Step::Down if line + 1 < self.lines(row, column) => self.settled(row, column, line + 1),
            Step::Down if row == last_row => spot,
            Step::Down => self.settled(row + 1, column, 0),
            Step::RowStart => self.settled(row, 0, 0),
            Step::RowEnd => self.settled(row, last_column, 0),
            Step::GridStart => self.settled(0, 0, 0),
            Step::GridEnd => self.settled(last_row, last_column, usize::MAX),
            Step::PageUp => self.settled(row.saturating_sub(1), column, 0),
            Step::PageDown => self.settled((row + 1).min(last_row), column, 0),
        }
    }

    /// The same place in another cell, on the nearest line that is there.
    fn settled(&self, row: usize, column: usize, line: usize) -> Spot {
        Spot { row, column, line: line.min(self.lines(row, column).saturating_sub(1)) }
    }

    fn lines(&self, row: usize, column: usize) -> usize {
        if row == 0 || column == 0 { 0 } else { (self.lines)(row, column) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two items, two columns; cells show 2, 0 / 1, 3 entries.
    fn walk(from: (usize, usize, usize), step: Step) -> (usize, usize, usize) {
        let lines = |row: usize, column: usize| [[2, 0], [1, 3]][row - 1][column - 1];
        let extent = Extent { rows: 3, columns: 3, lines };
        let Spot { row, column, line } =
            extent.after(Spot { row: from.0, column: from.1, line: from.2 }, step);
        (row, column, line)
    }

    #[test]
    fn up_and_down_go_by_entry_and_then_to_the_next_row() {
        assert_eq!(walk((1, 1, 0), Step::Down), (1, 1, 1));
        assert_eq!(walk((1, 1, 1), Step::Down), (2, 1, 0));
        assert_eq!(walk((2, 1, 0), Step::Down), (2, 1, 0));
        assert_eq!(walk((2, 1, 0), Step::Up), (1, 1, 1));
        assert_eq!(walk((1, 1, 0), Step::Up), (0, 1, 0));
        assert_eq!(walk((0, 1, 0), Step::Up), (0, 1, 0));
        assert_eq!(walk((2, 2, 0), Step::Up), (1, 2, 0));
    }

    #[test]
    fn left_and_right_go_by_cell() {
        assert_eq!(walk((2, 2, 2), Step::Left), (2, 1, 0));
        assert_eq!(walk((2, 1, 0), Step::Left), (2, 0, 0));
        assert_eq!(walk((2, 0, 0), Step::Left), (2, 0, 0));
        assert_eq!(walk((1, 1, 1), Step::Right), (1, 2, 0));
        assert_eq!(walk((1, 2, 0), Step::Right), (1, 2, 0));
    }

    #[test]
    fn ends_of_rows_and_of_the_grid() {
        assert_eq!(walk((2, 2, 1), Step::RowStart), (2, 0, 0));
        assert_eq!(walk((1, 1, 1), Step::RowEnd), (1, 2, 0));
        assert_eq!(walk((2, 2, 1), Step::GridStart), (0, 0, 0));
        assert_eq!(walk((0, 0, 0), Step::GridEnd), (2, 2, 2));
        assert_eq!(walk((1, 1, 1), Step::PageDown), (2, 1, 0));
        assert_eq!(walk((2, 1, 0), Step::PageUp), (1, 1, 0));
    }
}
