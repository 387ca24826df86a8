//! Founding regions, and letting organisations join them.

use super::{Organization, Region, RegionView, store};
use crate::{
    Db, Fault,
    account::Viewer,
    change::{self, By, NewChange},
    clock,
    db::Write,
    refusal::{Refusal, Stop},
    text,
};
use renkei_domain::{OrganizationKind, RegionId};
use serde_json::json;

/// The name that a hub has unless it is given another.
pub const HUB: &str = "在宅医療連携拠点";

/// A region with all that is few in it.
pub async fn view(db: &Db, id: RegionId) -> Result<Option<RegionView>, Fault> {
    store::view(&db.read().await?, id).await
}

/// The regions that somebody reads, by name.
pub async fn read_by(db: &Db, viewer: &Viewer) -> Result<Vec<RegionView>, Fault> {
    let read = db.read().await?;
    let ids = match viewer.account.operator {
        true => store::all_ids(&read).await?,
        false => viewer.memberships.iter().map(|membership| membership.region.id).collect(),
    };
    store::views(&read, &ids).await
}

/// A new region with its hub.
pub async fn add(db: &Db, name: &str, hub: &str) -> Result<RegionView, Stop> {
    let name = text::name("name", "圏域の名前", name)?;
    let write = db.write().await?;
    if store::find_by_name(&*write, &name).await?.is_some() {
        return Err(Refusal::invalid("name", format!("圏域「{name}」はすでにあります。")).into());
    }
    let region = Region { id: clock::fresh(), name, seq: 0 };
    store::insert(&write, &region).await?;
    let summary = format!("圏域「{}」を追加", region.name);
    let founded = json!({ "name": region.name });
    change::service::append(
        &write,
        region.id,
        &By::operator(),
        NewChange::region(region.id, summary, founded),
    )
    .await?;
    join(&write, &region, OrganizationKind::Hub, hub, None).await?;
    let view =
        store::view(&*write, region.id).await?.ok_or_else(|| Fault::new("a new region is not there"))?;
    write.commit().await?;
    Ok(view)
}

/// An organisation joins a region. One of the same kind and name that is known from another region is the same one.
pub async fn add_organization(
    db: &Db,
    region: &str,
    kind: OrganizationKind,
    name: &str,
    short_name: Option<&str>,
) -> Result<Organization, Stop> {
    let write = db.write().await?;
    let region = named(&write, region).await?;
    store::lock(&write, region.id).await?;
    let organization = join(&write, &region, kind, name, short_name).await?;
    write.commit().await?;
    Ok(organization)
}

/// The region of this name.
pub async fn named(write: &Write, name: &str) -> Result<Region, Stop> {
    let found = store::find_by_name(&**write, name.trim()).await?;
    let hint = "`renkei region add` で追加できます。";
    Ok(found
        .ok_or_else(|| Refusal::invalid("region", format!("圏域「{}」がありません。{hint}", name.trim())))?)
}

async fn join(
    write: &Write,
    region: &Region,
    kind: OrganizationKind,
    name: &str,
    short_name: Option<&str>,
) -> Result<Organization, Stop> {
    let name = text::name("name", "機関の名前", name)?;
    let organization = match store::find_organization_by_name(&**write, kind, &name).await? {
        Some(known) => known,
        None => {
            let short_name = text::name("shortName", "機関の略称", short_name.unwrap_or(shortened(&name)))?;
            let organization = Organization { id: clock::fresh(), kind, name, short_name };
            store::insert_organization(write, &organization).await?;
            organization
        }
    };
    if store::regions_of(&**write, organization.id).await?.contains(&region.id) {
        let message = format!("「{}」はすでに圏域「{}」の機関です。", organization.name, region.name);
        return Err(Refusal::invalid("name", message).into());
    }
    store::join(write, region.id, organization.id).await?;
    let summary = format!("機関「{}」を追加", organization.name);
    change::service::append(
        write,
        region.id,
        &By::operator(),
        NewChange::organization(&organization, summary),
    )
    .await?;
    Ok(organization)
}

/// 本庄市 → 本庄, 本庄保健所 → 保健所, 在宅医療連携拠点 → 拠点.
fn shortened(name: &str) -> &str {
    for kind in ["拠点", "保健所", "協議会"] {
        if name.ends_with(kind) {
            return kind;
        }
    }
    let without = name.strip_suffix(['市', '町', '村', '区']).unwrap_or(name);
    if without.is_empty() { name } else { without }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened_for_badges() {
        let short = ["在宅医療連携拠点", "本庄市", "美里町", "本庄保健所", "市", "地域包括支援センター"]
            .map(shortened);
        assert_eq!(short, ["拠点", "本庄", "美里", "保健所", "市", "地域包括支援センター"]);
    }
}
