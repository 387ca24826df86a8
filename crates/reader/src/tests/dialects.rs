//! A sheet printed in any dialect of the format is read as the same sheet.

use super::{YEAR, read};
use proptest::prelude::*;
use renkei_domain::outline::{Mark, marked};
use renkei_domain::{
    ColumnReading, Date, EntryText, Facet, FiscalYear, Note, NoteKind, RowReading, SceneSet, SheetReading,
};

/// A way to write a sheet down.
#[derive(Clone, Copy, Debug)]
struct Dialect {
    /// What stands round each entry and note: in front, behind, and between lines of one text.
    lines: (&'static str, &'static str),
    entry: &'static str,
    asterisk: &'static str,
    dot: &'static str,
    line_break: &'static str,
    bom: bool,
    quoted: bool,
    scenes: (&'static str, &'static str),
    repeated_header: bool,
}

fn dialects() -> impl Strategy<Value = Dialect> {
    let lines = prop::sample::select(
        &[
            ("", " "),
            ("<li>", ""),
            ("<li>", "</li>\u{a0}"),
            ("<p>", "</p>"),
            ("<p>", ""),
            ("", "<br>"),
            ("", "<br/> "),
            ("<div>　", "</div>"),
        ][..],
    );
    let scenes = prop::sample::select(
        &[
            ("<div>", "</div>"),
            ("<b>", "</b>"),
            ("<td>", ""),
            ("【", "】"),
            ("<br>", ""),
            (" ", ""),
            ("□", " "),
            ("（", "）"),
        ][..],
    );
    (
        (lines, scenes),
        prop::sample::select(&["○", "◯", "○ ", "<b>○</b>", "&#9675;　"][..]),
        prop::sample::select(&["*", "＊", "※", "* ", "※&nbsp;"][..]),
        prop::sample::select(&["・", "･", "・　"][..]),
        prop::sample::select(&["\n", "\r\n", "\r", "\n\n"][..]),
        any::<(bool, bool, bool)>(),
    )
        .prop_map(
            |((lines, scenes), entry, asterisk, dot, line_break, (bom, quoted, repeated_header))| Dialect {
                lines,
                entry,
                asterisk,
                dot,
                line_break,
                bom,
                quoted,
                scenes,
                repeated_header,
            },
        )
}

impl Dialect {
    fn print(&self, sheet: &SheetReading) -> String {
        let mut header = vec![with_footnote(&sheet.item_heading, &sheet.item_footnote)];
        header.extend(sheet.columns.iter().map(|column| {
            let day = column
                .as_of
                .map(|day| format!("（{}）", renkei_domain::era::format_as_of(day)))
                .unwrap_or_default();
            with_footnote(&format!("{}{day}", escaped(&column.heading)), &column.footnote)
        }));
        let header = self.row(&header);
        let mut file = if self.bom { format!("\u{feff}{header}") } else { header.clone() };
        for row in &sheet.rows {
            let scenes: String = row
                .scenes
                .iter()
                .map(|scene| format!("{}{}{}", self.scenes.0, scene.name(), self.scenes.1))
                .collect();
            let mut fields = vec![format!("（{}）{}{scenes}", row.code, escaped(&row.title))];
            fields.extend(row.cells.iter().map(|cell| self.cell(cell)));
            file.push_str(&self.row(&fields));
            if self.repeated_header {
                file.push_str(&header);
            }
        }
        file
    }

    fn row(&self, fields: &[String]) -> String {
        let fields = fields.iter().map(|field| {
            if self.quoted { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() }
        });
        fields.collect::<Vec<_>>().join("\t") + self.line_break
    }

    fn cell(&self, entries: &[EntryText]) -> String {
        let mut cell = String::new();
        for entry in entries {
            self.line(&mut cell, self.entry, &entry.body);
            let mut under_asterisk = false;
            for (mark, note) in marked(&entry.notes) {
                // As in the outline, a blank line brings a dot up.
                if note.kind == NoteKind::Dot && note.depth == 0 && under_asterisk {
                    cell.push_str("<br><br>");
                }
                under_asterisk = note.kind == NoteKind::Asterisk || note.depth == 1;
                let mark = match note.kind {
                    NoteKind::Asterisk => self.asterisk,
                    NoteKind::Dot => self.dot,
                    NoteKind::Numbered => &mark,
                };
                self.line(&mut cell, mark, &note.text);
            }
        }
        cell
    }

    fn line(&self, cell: &mut String, mark: &str, text: &str) {
        cell.push_str(self.lines.0);
        cell.push_str(mark);
        cell.push_str(&escaped(text));
        cell.push_str(self.lines.1);
    }
}

fn with_footnote(heading: &str, footnote: &Option<String>) -> String {
    let footnote =
        footnote.as_ref().map(|text| format!(" <small>*{}</small>", escaped(text))).unwrap_or_default();
    format!("{heading}{footnote}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Words that may stand side by side without one of them opening a note.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "在宅医療", "・", "介護", "○", "*", "①", "、", "看取り", "「", "<b>", "&amp;", "\"", " 3", "　第1回", "\u{a0}",
    "  R7/6/16", "ｶﾞ", "Ａ", "（", "𠮷", "<3", "\u{200b}あ", "が",
];

/// A text of one line in which no mark stands apart from the word before it.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..8).prop_map(|words| {
        let mut text = "本".to_owned();
        let mut first = true;
        for word in words {
            let mark = word.chars().next().and_then(Mark::of).is_some();
            // Anything may come first, a mark too.
            if std::mem::take(&mut first) && mark {
                text.clear();
            }
            if !(mark && text.ends_with(|c: char| c.is_whitespace() || c == '>' || c == ';')) {
                text.push_str(word);
            }
        }
        text.trim().to_owned()
    })
}

fn entry() -> impl Strategy<Value = EntryText> {
    let kind = prop::sample::select(&[NoteKind::Asterisk, NoteKind::Numbered, NoteKind::Dot][..]);
    let notes = prop::collection::vec((kind, text(), any::<bool>()), 0..6).prop_map(|notes| {
        let mut under_asterisk = false;
        let notes = notes.into_iter().map(|(kind, text, deep)| {
            let depth = u8::from(kind == NoteKind::Dot && under_asterisk && deep);
            under_asterisk = kind == NoteKind::Asterisk || depth == 1;
            Note { kind, text, depth }
        });
        notes.collect::<Vec<_>>()
    });
    (text(), notes).prop_map(|(body, notes)| EntryText { body, notes, explicit_scenes: SceneSet::EMPTY })
}

fn rows() -> impl Strategy<Value = Vec<RowReading>> {
    let cells = prop::collection::vec(prop::collection::vec(entry(), 0..4), 4);
    let row = ((0..16_u8).prop_map(SceneSet::from_bits), cells);
    prop::collection::vec(row, 1..5).prop_map(|rows| {
        let codes = ["ア", "ｲ", "U", "4"];
        let titles =
            ["医療・介護の資源の把握", "看取りに関する「看取り」の推進", "研修  （予定）", "情報 <共有>"];
        let rows = rows.into_iter().enumerate().map(|(index, (scenes, cells))| RowReading {
            code: codes[index].to_owned(),
            title: titles[index].to_owned(),
            scenes,
            cells,
            line: 0,
        });
        rows.collect()
    })
}

fn sheet() -> impl Strategy<Value = SheetReading> {
    let order = Just(Facet::ALL.to_vec()).prop_shuffle();
    let footnote = prop::option::of(Just("資料4を参照（P53）".to_owned()));
    let as_of = prop::option::of(prop::sample::select(vec![
        Date::new(2025, 12, 31).expect("a day"),
        Date::new(2025, 12, 6).expect("a day"),
    ]));
    (order, footnote, as_of, any::<bool>(), rows()).prop_map(|(facets, footnote, as_of, dated, rows)| {
        let columns = facets.into_iter().map(|facet| {
            let fiscal_year = FiscalYear(YEAR.0 + facet.year_offset());
            let year = if dated { fiscal_year.to_string() } else { String::new() };
            let heading = format!("{year}{}", facet.name());
            ColumnReading { facet, fiscal_year, heading, as_of, footnote: footnote.clone() }
        });
        SheetReading {
            item_heading: "事業項目と4つの場面分類".to_owned(),
            item_footnote: footnote.clone(),
            columns: columns.collect(),
            rows,
        }
    })
}

proptest! {
    #[test]
    fn what_is_printed_in_any_dialect_is_read_again(sheet in sheet(), dialect in dialects()) {
        let file = dialect.print(&sheet);
        let mut reading = read(file.as_bytes(), YEAR).map_err(|fault| TestCaseError::fail(format!("{fault}\n{file}")))?;
        for row in &mut reading.rows {
            row.line = 0;
        }
        prop_assert_eq!(reading, sheet, "{}", file);
    }
}
