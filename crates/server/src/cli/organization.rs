//! `renkei organization`.

use super::{DatabaseArg, Failure, one_of, say};
use crate::region::service::{self, NewOrganization};
use clap::Subcommand;
use renkei_domain::OrganizationKind;

#[derive(Subcommand)]
pub enum OrganizationCommand {
    /// Add an organisation to a region / 機関を圏域に追加する
    ///
    /// An organisation of the same kind and name that is known from another region is the same one and joins this
    /// region too, unless --separate says otherwise.
    ///
    /// 種別と名前が同じ機関がほかの圏域にあれば、同じ機関としてこの圏域にも加わります（--separate なら別の機関にします）。
    #[command(
        verbatim_doc_comment,
        after_help = "\
Kinds / 種別:
  HUB 在宅医療連携拠点   MUNICIPALITY 市町村   HEALTH_CENTER 保健所
  SUPPORT_CENTER 地域包括支援センター   COUNCIL 協議会

Examples / 例:
  renkei organization add 本庄市 --kind MUNICIPALITY --region 本庄市児玉郡
  renkei organization add 本庄保健所 --kind HEALTH_CENTER --region 本庄市児玉郡 --short-name 保健所"
    )]
    Add {
        /// Name of the organisation / 機関の名前
        name: String,
        /// Its kind / 種別
        #[arg(long, value_parser = kind)]
        kind: OrganizationKind,
        /// Name of the region / 圏域の名前
        #[arg(long, value_name = "NAME")]
        region: String,
        /// Name for badges (本庄市 → 本庄 unless given) / 略称（なければ「市」「町」などを除いたもの）
        #[arg(long, value_name = "NAME")]
        short_name: Option<String>,
        /// Another organisation than that of the same name in another region / ほかの圏域の同じ名前の機関とは別の機関にする
        #[arg(long)]
        separate: bool,
        #[command(flatten)]
        database: DatabaseArg,
    },
}

impl OrganizationCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Add { name, kind, region, short_name, separate, database } = self;
        let db = database.open().await?;
        let new = NewOrganization { kind, name: &name, short_name: short_name.as_deref(), separate };
        let added = service::add_organization(&db, &region, new).await?;
        say(format!(
            "機関「{}」（略称：{}）を圏域「{}」に追加しました。",
            added.name,
            added.short_name,
            region.trim()
        ));
        Ok(())
    }
}

fn kind(code: &str) -> Result<OrganizationKind, String> {
    one_of(OrganizationKind::from_code, &OrganizationKind::ALL.map(OrganizationKind::code), code)
}
