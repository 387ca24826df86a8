//! `renkei import`.

use super::{DatabaseArg, Failure, say};
use crate::import::reader::{NoticeKind, Report};
use crate::import::service;
use clap::Args;
use renkei_domain::FiscalYear;
use std::path::PathBuf;

/// Import a sheet's file as a region's year / ファイルを圏域の計画・評価表として取り込む
///
/// The file is an Excel, Word, OpenDocument, CSV, TSV, HTML or JSON file with the sheet's table; its head names the items,
/// and the four facets 取組状況, 評価, 目標, 計画. A region without items gets them from the file. The same file again
/// changes nothing; a file that would overwrite what people have edited since is refused, naming the entries. All or
/// nothing. What is not taken of a file is listed with its place. docs/import.md says more.
///
/// Excel、Word、OpenDocument、CSV、TSV、HTML、JSONの表を取り込みます。同じファイルをもう一度取り込んでも何も変わりません。
/// 人が編集した取組を上書きすることになるファイルは、その取組を挙げて取りやめます。取り込まないものは、場所とともに表示します。
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples / 例:
  renkei import r8.tsv --region 本庄市児玉郡 --fiscal-year R8
  renkei import r8.xlsx --region 本庄市児玉郡 --fiscal-year 2026 --dry-run"
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
    /// Only tell what would be done / 取り込まずに、結果だけを表示する
    #[arg(long)]
    dry_run: bool,
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
        let (done, report) =
            service::import(&db, &self.region, self.fiscal_year, &name, &file, self.dry_run).await?;
        tell(&report);
        let year = self.fiscal_year;
        let would = if self.dry_run {
            say(format!(
                "{}として読みました。試しに読んだだけで、何も変えていません。取り込むと次のようになります。",
                report.form.name()
            ));
            "（予定）"
        } else {
            ""
        };
        if done.sheet {
            say(format!("{year}の計画・評価表を作り、取組{}件を取り込みました。{would}", done.created));
        } else if done == service::Imported::default() {
            say(format!("{year}の計画・評価表はファイルと同じです。何も変えていません。"));
        } else {
            let service::Imported { created, updated, deleted, .. } = done;
            say(format!(
                "{year}の計画・評価表に取り込みました：追加{created}件、変更{updated}件、削除{deleted}件。{would}"
            ));
        }
        Ok(())
    }
}

/// What was made of the file.
fn tell(report: &Report) {
    for notice in &report.notices {
        let what = match notice.kind {
            NoticeKind::LeftOut => "取り込まないもの",
            NoticeKind::Taken => "確かめるもの",
        };
        let place = notice.place.to_string();
        let place = if place.is_empty() { "ファイル全体".to_owned() } else { place };
        say(format!("{what}：{place}：{}", notice.message));
    }
    if report.more_notices > 0 {
        say(format!("ほかに{}件あります。", report.more_notices));
    }
}

pub(super) fn year(written: &str) -> Result<FiscalYear, String> {
    FiscalYear::parse(written).map_err(|fault| fault.to_string())
}
