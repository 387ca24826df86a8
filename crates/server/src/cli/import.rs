//! `renkei import`.

use super::{DatabaseArg, Failure, say};
use crate::import::service;
use clap::Args;
use renkei_domain::FiscalYear;
use std::path::PathBuf;

/// Import a sheet's file as a region's year / ファイルを圏域の計画・評価表として取り込む
///
/// The file is tab-separated UTF-8; its first row has the headings: the items, and the four facets 取組状況, 評価, 目標,
/// 計画. A region without items gets them from the file. The same file again changes nothing; a file that would
/// overwrite what people have edited since is refused, naming the entries. All or nothing.
///
/// ファイルはタブ区切り・UTF-8で、1行目が見出しです。同じファイルをもう一度取り込んでも何も変わりません。
/// 人が編集した取組を上書きすることになるファイルは、その取組を挙げて取りやめます。
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples / 例:
  renkei import r8.tsv --region 本庄市児玉郡 --fiscal-year R8
  renkei import r8.tsv --region 本庄市児玉郡 --fiscal-year 2026"
)]
pub struct Import {
    /// The file / ファイル
    file: PathBuf,
    /// Name of the region / 圏域の名前
    #[arg(long, value_name = "NAME")]
    region: String,
    /// Fiscal year of the sheet: 2026, R8, 令和8 / 表の年度
    #[arg(long, value_name = "YEAR", value_parser = year)]
    fiscal_year: FiscalYear,
    #[command(flatten)]
    database: DatabaseArg,
}

impl Import {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let path = self.file.display();
        let file = std::fs::read(&self.file)
            .map_err(|error| Failure(format!("ファイル「{path}」を読めません：{error}")))?;
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        let db = self.database.open().await?;
        let done = service::import(&db, &self.region, self.fiscal_year, &name, &file).await?;
        let year = self.fiscal_year;
        if done.sheet {
            say(format!("{year}の計画・評価表を作り、取組{}件を取り込みました。", done.created));
        } else if done == service::Imported::default() {
            say(format!("{year}の計画・評価表はファイルと同じです。何も変えていません。"));
        } else {
            let service::Imported { created, updated, deleted, .. } = done;
            say(format!(
                "{year}の計画・評価表に取り込みました：追加{created}件、変更{updated}件、削除{deleted}件。"
            ));
        }
        Ok(())
    }
}

pub(super) fn year(written: &str) -> Result<FiscalYear, String> {
    FiscalYear::parse(written).map_err(|fault| fault.to_string())
}
