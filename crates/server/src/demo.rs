//! The sample region (本庄市児玉郡) with its real sheet, and accounts to look at it with. Loaded once.

use crate::{
    Db, account,
    account::service::NewAccount,
    handout, import,
    refusal::Stop,
    region::{self, RegionView, service::NewOrganization},
};
use renkei_domain::{FiscalYear, OrganizationKind, Role};

pub const PASSWORD: &str = "renkei-demo";
pub const REGION: &str = "本庄市児玉郡";
pub const YEAR: FiscalYear = FiscalYear(2026);

const SHEET: &[u8] = include_bytes!("../../../sample/honjo-kodama-r8.tsv");
const SHEET_FILE: &str = "honjo-kodama-r8.tsv";

/// Beside the hub, which comes with the region.
const ORGANIZATIONS: [(OrganizationKind, &str); 5] = [
    (OrganizationKind::Municipality, "本庄市"),
    (OrganizationKind::Municipality, "美里町"),
    (OrganizationKind::Municipality, "神川町"),
    (OrganizationKind::Municipality, "上里町"),
    (OrganizationKind::HealthCenter, "本庄保健所"),
];

const HANDOUTS: [(u32, &str); 3] = [(2, "相談支援の状況"), (3, "多職種連携関連の事業"), (4, "重点取組内容")];

/// All with the same [`PASSWORD`].
pub const ACCOUNTS: [NewAccount<'static>; 8] = [
    account("hub", "拠点 担当者", region::service::HUB, Role::Editor),
    account("hub-approver", "拠点 承認者", region::service::HUB, Role::Approver),
    account("honjo", "本庄市 担当者", "本庄市", Role::Editor),
    account("misato", "美里町 担当者", "美里町", Role::Editor),
    account("kamikawa", "神川町 担当者", "神川町", Role::Editor),
    account("kamisato", "上里町 担当者", "上里町", Role::Editor),
    account("hokenjo", "保健所 担当者", "本庄保健所", Role::Viewer),
    NewAccount {
        operator: true, ..account("admin", "システム管理者", region::service::HUB, Role::Admin)
    },
];

const fn account(
    login: &'static str,
    name: &'static str,
    organization: &'static str,
    role: Role,
) -> NewAccount<'static> {
    NewAccount { login, name, organization, region: REGION, role, operator: false }
}

/// Adds what is missing of the sample, and changes nothing that is there.
pub async fn load(db: &Db) -> Result<(), Stop> {
    let known = region::service::find_named(&db.read().await?, REGION).await?;
    let region = match known {
        Some(region) => region,
        None => region::service::add(db, REGION, region::service::HUB).await?,
    };
    add_organizations(db, &region).await?;
    if region.sheet_of(YEAR).is_none() {
        import::service::import(db, REGION, YEAR, SHEET_FILE, SHEET, false).await?;
    }
    for (number, title) in HANDOUTS {
        if !region.handouts_of(YEAR).any(|handout| handout.number == number) {
            handout::service::add(db, region.region.id, YEAR, number, title).await?;
        }
    }
    for account in ACCOUNTS {
        if !account::service::is_known(db, account.login).await? {
            account::service::add(db, account, Some(PASSWORD)).await?;
        }
    }
    Ok(())
}

async fn add_organizations(db: &Db, region: &RegionView) -> Result<(), Stop> {
    for (kind, name) in ORGANIZATIONS {
        if !region.organizations.iter().any(|organization| organization.name == name) {
            let new = NewOrganization { kind, name, short_name: None, separate: true };
            region::service::add_organization(db, REGION, new).await?;
        }
    }
    Ok(())
}
