//! `renkei region`.

use super::{DatabaseArg, Failure, say};
use crate::region::service;
use clap::Subcommand;

#[derive(Subcommand)]
pub enum RegionCommand {
    /// Add a region with its hub / 圏域を、その在宅医療連携拠点とともに追加する
    ///
    /// The hub becomes an organisation of the region and the secretariat of its sheets.
    ///
    /// 拠点は圏域の機関になり、計画・評価表の事務局になります。
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples / 例:
  renkei region add 本庄市児玉郡
  renkei region add 北部圏域 --hub 北部在宅医療連携拠点"
    )]
    Add {
        /// Name of the region / 圏域の名前
        name: String,
        /// Name of its hub / 拠点の名前
        #[arg(long, default_value = service::HUB, value_name = "NAME")]
        hub: String,
        #[command(flatten)]
        database: DatabaseArg,
    },
}

impl RegionCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Add { name, hub, database } = self;
        let view = service::add(&database.open().await?, &name, &hub).await?;
        say(format!("圏域「{}」を追加しました（拠点：{}）。", view.region.name, hub.trim()));
        Ok(())
    }
}
