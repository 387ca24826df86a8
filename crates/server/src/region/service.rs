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
    let hub = NewOrganization { kind: OrganizationKind::Hub, name: hub, short_name: None, separate: true };
    join(&write, &region, hub).await?;
    let view =
        store::view(&*write, region.id).await?.ok_or_else(|| Fault::new("a new region is not there"))?;
    write.commit().await?;
    Ok(view)
}

/// What the command line gives for an organisation.
#[derive(Clone, Copy, Debug)]
pub struct NewOrganization<'a> {
    pub kind: OrganizationKind,
    pub name: &'a str,
    /// Unless given, made from the name.
    pub short_name: Option<&'a str>,
    /// Another one, though there is one of this kind and name in another region. A region's own hub always is.
    pub separate: bool,
}

/// An organisation joins a region. One of the same kind and name that is known from another region is the same one,
/// unless it is said to be a separate one.
pub async fn add_organization(db: &Db, region: &str, new: NewOrganization<'_>) -> Result<Organization, Stop> {
    let write = db.write().await?;
    let region = named(&write, region).await?;
    store::lock(&write, region.id).await?;
    let organization = join(&write, &region, new).await?;
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

async fn join(write: &Write, region: &Region, new: NewOrganization<'_>) -> Result<Organization, Stop> {
    let name = text::name("name", "機関の名前", new.name)?;
    let there = store::view(&**write, region.id).await?.ok_or_else(|| Refusal::not_found("圏域"))?;
    if there.organizations.iter().any(|other| other.name == name) {
        let message = format!("「{name}」はすでに圏域「{}」の機関です。", region.name);
        return Err(Refusal::invalid("name", message).into());
    }
    let mut namesakes = match new.separate {
        true => Vec::new(),
        false => store::namesakes(&**write, new.kind, &name).await?,
    };
    let organization = match (namesakes.pop(), namesakes.is_empty()) {
        (Some(known), true) => known,
        (Some(_), false) => {
            let message = format!(
                "ほかの圏域に「{name}」が2つ以上あります。別の機関としてなら追加できます（--separate）。"
            );
            return Err(Refusal::invalid("name", message).into());
        }
        (None, _) => found(write, new, name).await?,
    };
    store::join(write, region.id, organization.id).await?;
    let summary = format!("機関「{}」を追加", organization.name);
    let change = NewChange::organization(&organization, summary);
    change::service::append(write, region.id, &By::operator(), change).await?;
    Ok(organization)
}

/// A new organisation, of no region yet.
async fn found(write: &Write, new: NewOrganization<'_>, name: String) -> Result<Organization, Stop> {
    let short_name = new.short_name.unwrap_or(shortened(&name));
    let short_name = text::name("shortName", "機関の略称", short_name)?;
    let organization = Organization { id: clock::fresh(), kind: new.kind, name, short_name };
    store::insert_organization(write, &organization).await?;
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
