//! Pages without a script: a sheet as it is printed, which is also how it is read where the client cannot run, and the
//! sign-in form, the list of sheets and the refusals on the way there.
//!
//! Each item is a table of its own with a head that says 「（ア）続き」. Browsers repeat it where a page ends; where the row
//! begins, the item's title stands in its place.

use super::{Document, Format, Parameters, document::widths, markup, parameters::Paper};
use crate::region::RegionView;
use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use renkei_domain::{FiscalYear, RegionId};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("print.css");

/// A page, and the Content-Security-Policy under which it shows itself whole and does nothing else.
pub struct Page {
    pub html: String,
    pub policy: String,
}

/// Where the pages stand.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    pub region: RegionId,
    pub year: FiscalYear,
    /// As it was asked, still encoded, without `?`.
    pub query: &'a str,
}

/// A sheet.
pub fn sheet(document: &Document, parameters: &Parameters, address: Address<'_>) -> Page {
    let columns = document.columns.len() + 1;
    let body = html! {
        (bar(parameters, address))
        main {
            header {
                h1 { (document.title) }
                p { (document.region_name) "　" (document.fiscal_year) "　" (document.moment()) }
                @for remark in document.remarks() { p.remark { (remark) } }
            }
            table.sheet {
                (column_widths(columns))
                thead { tr {
                    th scope="col" { (markup::item_heading(document)) }
                    @for column in &document.columns { th scope="col" { (markup::heading(column)) } }
                } }
                tfoot { tr { td colspan=(columns) {} } }
                tbody { @for row in &document.rows {
                    tr { td colspan=(columns) {
                        table.item {
                            (column_widths(columns))
                            thead aria-hidden="true" { tr {
                                th { (row.continued()) }
                                @for _ in &document.columns { th {} }
                            } }
                            tbody { tr {
                                th scope="row" { div.cover {} div.flow { div { (markup::item(row)) } } }
                                @for cell in &row.cells {
                                    td { div.flow { @for entry in cell { (markup::entry(entry)) } } }
                                }
                            } }
                        }
                    } }
                } }
            }
        }
    };
    page(&document.title, &(STYLE.to_owned() + &page_style(document, parameters.paper)), &body)
}

/// The form that leads to `next`, an address of these pages.
pub fn sign_in(next: &str, login: &str, error: Option<&str>) -> Page {
    let body = html! {
        main.plain {
            h1 { "計画・評価表を見る" }
            p { "サインインすると、計画・評価表をこのまま読み、印刷できます。" }
            @if let Some(error) = error { p.error role="alert" { (error) } }
            form method="post" action="/export/sign-in" {
                input type="hidden" name="next" value=(next);
                label {
                    "ログイン名"
                    input name="login" value=(login) autocomplete="username" autocapitalize="none" required;
                }
                label {
                    "パスワード"
                    input name="password" type="password" autocomplete="current-password" required;
                }
                button { "サインイン" }
            }
            p { a href="/" { "編集もできる画面へ" } }
        }
    };
    page("サインイン", STYLE, &body)
}

/// The sheets that somebody may read.
pub fn list(regions: &[RegionView]) -> Page {
    let body = html! {
        main.plain {
            div.bar { (sign_out()) }
            h1 { "計画・評価表" }
            @if regions.is_empty() { p { "見ることのできる圏域がありません。管理者に確かめてください。" } }
            @for region in regions {
                h2 { (region.region.name) }
                ul { @for sheet in &region.sheets {
                    li { a href=(path(region.region.id, sheet.fiscal_year, "print")) { (sheet.title) } }
                } }
            }
        }
    };
    page("計画・評価表", STYLE, &body)
}

/// Why something is not shown.
pub fn refusal(message: &str) -> Page {
    let body = html! {
        main.plain {
            h1 { "表示できません" }
            p.error role="alert" { (message) }
            p { a href="/export" { "計画・評価表の一覧へ" } }
        }
    };
    page("表示できません", STYLE, &body)
}

/// `/export/…/2026/print`
pub fn path(region: RegionId, year: FiscalYear, form: &str) -> String {
    format!("/export/{region}/{}/{form}", year.0)
}

fn page(title: &str, style: &str, body: &Markup) -> Page {
    let hash = STANDARD.encode(Sha256::digest(style));
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) "｜連携" }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    Page { html: page.into_string(), policy }
}

/// What is seen on the screen alone: other paper, files, the way out.
fn bar(parameters: &Parameters, address: Address<'_>) -> Markup {
    let Address { region, year, query } = address;
    let to = |form: &str, query: String| {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", path(region, year, form))
    };
    let with = |name: &str, value: &str| {
        let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name));
        others.chain([format!("{name}={value}").as_str()]).collect::<Vec<_>>().join("&")
    };
    let own = !parameters.organizations;
    html! {
        nav.bar {
            strong { "印刷はCtrl+P" }
            @for paper in Paper::ALL {
                @if paper == parameters.paper { span { (paper.name()) "横" } }
                @else { a href=(to("print", with("paper", paper.code()))) { (paper.name()) "横にする" } }
            }
            a href=(to("print", with("organizations", if own { "true" } else { "false" }))) {
                @if own { "機関ごとの取組も載せる" } @else { "機関ごとの取組を載せない" }
            }
            @for format in Format::ALL { a href=(to(format.code(), query.to_owned())) { (format.name()) } }
            a href="/export" { "ほかの表" }
            a href=(format!("/regions/{region}/sheets/{}", year.0)) { "編集の画面へ" }
            (sign_out())
        }
    }
}

fn sign_out() -> Markup {
    html! { form method="post" action="/export/sign-out" { button { "サインアウト" } } }
}

fn column_widths(columns: usize) -> Markup {
    html! { colgroup { @for nth in 0..columns { col.(format!("c{nth}")); } } }
}

/// Paper, page numbers and widths: what differs from one page to another.
fn page_style(document: &Document, paper: Paper) -> String {
    let left = css_string(&format!("{}　{}", document.title, document.region_name));
    let right = css_string(&document.moment());
    let (size, text) = match paper {
        Paper::A3 => ("A3", "9.5pt"),
        Paper::A4 => ("A4", "7.5pt"),
    };
    let mut style = format!(
        "@page {{ size: {size} landscape; margin: 14mm 10mm 12mm; font-size: 8pt;\n\
         @top-left {{ content: {left}; font-size: 8pt }}\n\
         @top-right {{ content: {right}; font-size: 8pt }}\n\
         @bottom-center {{ content: counter(page) \" / \" counter(pages); font-size: 8pt }} }}\n\
         @page :first {{ @top-left {{ content: none }} @top-right {{ content: none }} }}\n\
         @media print {{ body {{ font-size: {text} }} }}\n"
    );
    let widths = widths(&document.columns);
    for (nth, width) in widths.iter().enumerate() {
        style.push_str(&format!(".c{nth} {{ width: {width:.3}% }}\n"));
    }
    style.push_str(&format!(".cover {{ width: calc({:.3}% - 0.25mm) }}\n", widths[0]));
    style
}

/// A string of CSS in which nothing but letters and digits stands as it is.
fn css_string(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        c if c.is_alphanumeric() => c.to_string(),
        c => format!("\\{:x} ", c as u32),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
