//! `renkei export`.

use super::{DatabaseArg, Failure, import::year, one_of, say};
use crate::export::{Format, Parameters, parameters::Encoding, service};
use clap::Args;
use renkei_domain::FiscalYear;
use std::path::PathBuf;

/// Export a region's sheet as a file / 圏域の計画・評価表をファイルに出力する
///
/// xlsx and docx look as on paper, tsv is what `renkei import` reads, csv has one row an entry, html is the table, json
/// has all that there is. The organisations' own entries are left out unless asked for. docs/export.md says more.
///
/// xlsxとdocxは紙と同じ体裁、tsvは取り込める形、csvは取組ごとに1行、htmlは表、jsonはすべてです。
/// 機関ごとの取組は、指定しなければ含めません。
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples / 例:
  renkei export --region 本庄市児玉郡 --fiscal-year R8 --format xlsx -o r8.xlsx
  renkei export --region 本庄市児玉郡 --fiscal-year R8 --snapshot 第1回協議会 --format docx -o r8.docx
  renkei export --region 本庄市児玉郡 --fiscal-year R8 --format csv --encoding cp932 -o r8.csv"
)]
pub struct Export {
    /// Name of the region / 圏域の名前
    #[arg(long, value_name = "NAME")]
    region: String,
    /// Fiscal year of the sheet: 2026, R8, 令和8 / 表の年度
    #[arg(long, value_name = "YEAR", value_parser = year)]
    fiscal_year: FiscalYear,
    /// Name or id of a snapshot; today's sheet if not given / 提出版の名前かID。指定しなければ今の表
    #[arg(long, value_name = "NAME")]
    snapshot: Option<String>,
    /// xlsx, docx, csv, tsv, html, json / 形式
    #[arg(long, value_parser = format)]
    format: Format,
    /// The file; one that is there is replaced / ファイル。あれば置き換える
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// With the organisations' own entries / 機関ごとの取組も含める
    #[arg(long)]
    organizations: bool,
    /// Of a csv: utf-8, cp932 / csvの文字コード
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: Encoding,
    /// Replace characters that cp932 lacks / cp932にない文字を置き換える
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    database: DatabaseArg,
}

impl Export {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let db = self.database.open().await?;
        let parameters = Parameters {
            organizations: self.organizations,
            encoding: self.encoding,
            replace: self.replace,
            ..Parameters::default()
        };
        let snapshot = self.snapshot.as_deref();
        let document =
            service::read_named(&db, &self.region, self.fiscal_year, snapshot, parameters.clone()).await?;
        let file = self.format.write(&document, &parameters)?;
        let path = self.output.display();
        std::fs::write(&self.output, file)
            .map_err(|error| Failure(format!("ファイル「{path}」に書けません：{error}")))?;
        let entries = document.entries().count();
        say(format!(
            "{}（{}）の取組{entries}件を「{path}」に出力しました。",
            document.title, document.region_name
        ));
        Ok(())
    }
}

fn format(code: &str) -> Result<Format, String> {
    let of = |code: &str| Format::from_code(&code.to_ascii_lowercase());
    one_of(of, &Format::ALL.map(Format::code), code)
}

fn encoding(code: &str) -> Result<Encoding, String> {
    let of = |code: &str| Encoding::from_code(&code.to_ascii_lowercase());
    one_of(of, &Encoding::ALL.map(Encoding::code), code)
}
