//! Founding regions, and letting organisations join them.

use super::{Organization, Region, RegionView, store};
use crate::{
    Db, Fault,
    account::Viewer,
    change::{self, By, NewChange},
    clock,
    db::{Read, Write},
    handout,
    refusal::{Refusal, Stop},
    sheet, text,
};
use itertools::Itertools;
use renkei_domain::{OrganizationId, OrganizationKind, RegionId, search::SearchTerms, text::fold};
use serde_json::json;

/// The name that a hub has unless it is given another.
pub const HUB: &str = "在宅医療連携拠点";

/// A region with all that is few in it.
pub async fn view(read: &Read, id: RegionId) -> Result<Option<RegionView>, Fault> {
    Ok(views(read, &[id]).await?.pop())
}

/// A region, held until the transaction ends: its changes happen one after the other.
pub async fn hold(write: &Write, id: RegionId) -> Result<Option<RegionView>, Fault> {
    match store::lock(write, id).await? {
        Some(region) => view(write, region.id).await,
        None => Ok(None),
    }
}

/// A region whose sheets have been read already.
pub async fn view_with(
    read: &Read,
    id: RegionId,
    sheets: Vec<sheet::SheetHead>,
) -> Result<Option<RegionView>, Fault> {
    let Some((region, organizations)) = store::find(read, &[id]).await?.pop() else { return Ok(None) };
    let handouts = handout::of_regions(read, &[id]).await?;
    Ok(Some(RegionView { region, organizations, sheets, handouts }))
}

/// The region of this name.
pub async fn find_named(read: &Read, name: &str) -> Result<Option<RegionView>, Fault> {
    match store::find_by_name(read, name.trim()).await? {
        Some(region) => view(read, region.id).await,
        None => Ok(None),
    }
}

/// The same; refused if there is none.
pub async fn named(read: &Read, name: &str) -> Result<RegionView, Stop> {
    let name = name.trim();
    let message = || format!("圏域「{name}」がありません。`renkei region add` で追加できます。");
    Ok(find_named(read, name).await?.ok_or_else(|| Refusal::invalid("region", message()))?)
}

/// The same, held until the transaction ends.
pub async fn hold_named(write: &Write, name: &str) -> Result<RegionView, Stop> {
    if let Some(region) = store::find_by_name(&**write, name.trim()).await? {
        store::lock(write, region.id).await?;
    }
    named(write, name).await
}

/// The regions that somebody reads, by name.
pub async fn read_by(db: &Db, viewer: &Viewer) -> Result<Vec<RegionView>, Fault> {
    let read = db.read().await?;
    let ids: Vec<RegionId> = match memberships(viewer) {
        Some(ids) => ids,
        None => store::names(&read, None, None, None).await?.into_iter().map(|(id, _)| id).collect(),
    };
    views(&read, &ids).await
}

/// The first `rows` of the regions that somebody reads, by name: those in whose names all of these words are found, and
/// behind a name.
pub async fn page_read_by(
    db: &Db,
    viewer: &Viewer,
    words: &SearchTerms,
    after: Option<&str>,
    rows: usize,
) -> Result<Vec<RegionView>, Fault> {
    let read = db.read().await?;
    let most = if words.is_empty() { Some(u64::try_from(rows)?) } else { None };
    let names = store::names(&read, memberships(viewer).as_deref(), after, most).await?;
    let found = names.into_iter().filter(|(_, name)| words.all_found_in(&fold(name)));
    let ids: Vec<RegionId> = found.map(|(id, _)| id).take(rows).collect();
    views(&read, &ids).await
}

/// The regions in which somebody holds a role; `None`: they read all regions.
fn memberships(viewer: &Viewer) -> Option<Vec<RegionId>> {
    let ids = viewer.memberships.iter().map(|membership| membership.region.id);
    (!viewer.account.operator).then(|| ids.collect())
}

/// An organisation of a region that somebody reads.
pub async fn organization(
    db: &Db,
    viewer: &Viewer,
    id: OrganizationId,
) -> Result<Option<Organization>, Fault> {
    let Some(organization) = store::find_organization(db.direct(), id).await? else { return Ok(None) };
    let regions = store::regions_of(db.direct(), id).await?;
    Ok(regions.into_iter().any(|region| viewer.reads(region)).then_some(organization))
}

/// A new region with its hub.
pub async fn add(db: &Db, name: &str, hub: &str) -> Result<RegionView, Stop> {
    let name = text::name("name", "圏域の名前", name)?;
    let write = db.write().await?;
    if store::find_by_name(&*write, &name).await?.is_some() {
        return Err(Refusal::invalid("name", format!("圏域「{name}」はすでにあります。")).into());
    }
    let region = Region { id: clock::fresh(), name, seq: 0, changed_at: clock::now() };
    store::insert(&write, &region).await?;
    let summary = format!("圏域「{}」を追加", region.name);
    let change = NewChange::region(region.id, summary, json!({ "name": region.name }));
    change::service::append(&write, region.id, &By::operator(), change).await?;
    let gone = || Fault::new("a new region is not there");
    let founded = view(&write, region.id).await?.ok_or_else(gone)?;
    let hub = NewOrganization { kind: OrganizationKind::Hub, name: hub, short_name: None, separate: true };
    join(&write, &founded, hub).await?;
    let founded = view(&write, region.id).await?.ok_or_else(gone)?;
    write.commit().await?;
    Ok(founded)
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
    let region = hold_named(&write, region).await?;
    let organization = join(&write, &region, new).await?;
    write.commit().await?;
    Ok(organization)
}

/// Whole regions, by name: three statements however many.
pub async fn views(read: &Read, ids: &[RegionId]) -> Result<Vec<RegionView>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let regions = store::find(read, ids).await?;
    let mut sheets = sheet::heads(read, ids).await?.into_iter().into_group_map_by(|sheet| sheet.region);
    let mut handouts =
        handout::of_regions(read, ids).await?.into_iter().into_group_map_by(|handout| handout.region);
    let view = |(region, organizations): (Region, _)| RegionView {
        organizations,
        sheets: sheets.remove(&region.id).unwrap_or_default(),
        handouts: handouts.remove(&region.id).unwrap_or_default(),
        region,
    };
    Ok(regions.into_iter().map(view).collect())
}

async fn join(write: &Write, region: &RegionView, new: NewOrganization<'_>) -> Result<Organization, Stop> {
    let name = text::name("name", "機関の名前", new.name)?;
    if region.organizations.iter().any(|other| other.name == name) {
        let message = format!("「{name}」はすでに圏域「{}」の機関です。", region.region.name);
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
    let id = region.region.id;
    store::join(write, id, organization.id).await?;
    let summary = format!("機関「{}」を追加", organization.name);
    let change = NewChange::organization(&organization, summary);
    change::service::append(write, id, &By::operator(), change).await?;
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
