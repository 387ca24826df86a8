//! HTML: the table alone, in a page of its own, with what the text does not say in `data-` attributes.

use super::{Document, markup};
use maud::{DOCTYPE, html};

/// For programs that paste the table, and for readers in a browser. Excel takes what has the format `\@` for text.
const STYLE: &str = "table{border-collapse:collapse}th,td{border:1px solid #333;padding:4px;text-align:left;\
    vertical-align:top}thead th{background:#e6e6e6}small,.note{font-size:smaller}.note{margin-left:1em}.level-2\
    {margin-left:2em}.scene{display:inline-block;border:1px solid #333;padding:0 2px;margin:1px}.text\
    {white-space:pre-wrap}th,td{mso-number-format:'\\@'}";

pub fn write(document: &Document) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                title { (document.title) "（" (document.region_name) "）" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                h1 { (document.title) }
                p { (document.region_name) "　" (document.moment()) }
                @for remark in document.remarks() { p { (remark) } }
                table
                    data-renkei="1"
                    data-region=(document.region)
                    data-fiscal-year=(document.fiscal_year.0)
                    data-snapshot=[document.snapshot.as_ref().map(|snapshot| snapshot.id)]
                {
                    thead { tr {
                        th scope="col" { (markup::item_heading(document)) }
                        @for column in &document.columns {
                            th
                                scope="col"
                                data-facet=(column.facet.code())
                                data-fiscal-year=(column.fiscal_year.0)
                                data-as-of=[column.as_of.as_deref()]
                            { (markup::heading(column)) }
                        }
                    } }
                    tbody { @for row in &document.rows {
                        tr data-code=(row.code) data-scenes=(markup::codes(row.scenes)) {
                            th scope="row" { (markup::item(row)) }
                            @for cell in &row.cells { td { @for entry in cell { (markup::entry(entry)) } } }
                        }
                    } }
                }
            }
        }
    };
    page.into_string()
}
