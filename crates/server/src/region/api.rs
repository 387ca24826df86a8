//! Regions and organisations in the API.

use crate::{
    Fault,
    account::api::Account,
    api::{
        complexity,
        context::RequestContext,
        error::bad_argument,
        page::{self, PageInfo},
        scalars::{self, OrganizationKind},
    },
    handout::api::Handout,
    region::{self, RegionView},
    sheet::api::{Item, Sheet},
};
use async_graphql::{Context, Error, ID, Object, SimpleObject};
use renkei_domain::{OrganizationId, RegionId, limits, search::SearchTerms};
use std::sync::Arc;

#[derive(Clone)]
pub struct Region {
    region: region::Region,
    /// Read when it is needed, where only the name is at hand.
    view: Option<Arc<RegionView>>,
}

#[derive(Clone)]
pub struct Organization(pub region::Organization);

impl Region {
    pub fn whole(view: Arc<RegionView>) -> Self {
        Region { region: view.region.clone(), view: Some(view) }
    }

    pub fn named(region: region::Region) -> Self {
        Region { region, view: None }
    }

    async fn view(&self, ctx: &Context<'_>) -> Result<Arc<RegionView>, Error> {
        match &self.view {
            Some(view) => Ok(view.clone()),
            None => Ok(RequestContext::of(ctx).region_of_shown(self.region.id).await?),
        }
    }
}

/// 圏域：在宅医療連携拠点を共にする市町村の集まり。
/// A region: municipalities that share a hub.
#[Object]
impl Region {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.region.id.to_string().into()
    }

    /// 圏域の名前。
    /// Its name.
    async fn name(&self) -> &str {
        &self.region.name
    }

    /// 圏域の機関。加わった順。
    /// Its organisations, in the order in which they joined.
    #[graphql(complexity = "complexity::list(10, child_complexity)")]
    async fn organizations(&self, ctx: &Context<'_>) -> Result<Vec<Organization>, Error> {
        let view = self.view(ctx).await?;
        Ok(view.organizations.iter().cloned().map(Organization).collect())
    }

    /// 圏域のアカウント。名前順。コメントの宛先にできます。
    /// The accounts that hold a role in it, by name; comments can mention them.
    #[graphql(complexity = "complexity::list(50, child_complexity)")]
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<Account>, Error> {
        let view = self.view(ctx).await?;
        let members = RequestContext::of(ctx).members(view.region.id).await?;
        Ok(members.into_iter().map(Account).collect())
    }

    /// いちばん新しい表の事業項目。
    /// Its items as of the newest sheet.
    #[graphql(complexity = "complexity::list(8, child_complexity)")]
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<Item>, Error> {
        let view = self.view(ctx).await?;
        let Some(newest) = view.sheets.first() else { return Ok(Vec::new()) };
        let sheet = RequestContext::of(ctx).sheet(newest.region, newest.fiscal_year).await?;
        Ok(sheet.map(|sheet| sheet.view.frame.rows.iter().cloned().map(Item).collect()).unwrap_or_default())
    }

    /// その年度の協議会資料。番号順。
    /// The year's handouts, by number.
    #[graphql(complexity = "complexity::list(5, child_complexity)")]
    async fn handouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "年度（西暦。例 2026は令和8年度）。The fiscal year of the common era.")]
        fiscal_year: i32,
    ) -> Result<Vec<Handout>, Error> {
        let view = self.view(ctx).await?;
        Ok(view.handouts_of(scalars::year(fiscal_year)).cloned().map(Handout).collect())
    }

    /// 計画・評価表。新しい年度から。
    /// Its sheets, newest year first.
    #[graphql(complexity = "complexity::list(3, child_complexity)")]
    async fn sheets(&self, ctx: &Context<'_>) -> Result<Vec<Sheet>, Error> {
        let view = self.view(ctx).await?;
        Ok(view.sheets.iter().map(|head| Sheet::listed(head.clone(), view.clone())).collect())
    }
}

/// 機関。
/// An organisation.
#[Object]
impl Organization {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// 種別。
    /// Its kind.
    async fn kind(&self) -> OrganizationKind {
        self.0.kind.into()
    }

    /// 名前。
    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// 略称（例 本庄）。
    /// Its name for badges.
    async fn short_name(&self) -> &str {
        &self.0.short_name
    }
}

/// 圏域の1ページ。
/// A page of regions.
#[derive(Default, SimpleObject)]
pub struct RegionConnection {
    /// このページの圏域。
    /// The regions of this page.
    edges: Vec<RegionEdge>,
    /// 前後にページがあるか。
    /// Where the page lies.
    page_info: PageInfo,
}

/// ページの1件。
/// One of a page.
#[derive(SimpleObject)]
struct RegionEdge {
    /// この1件の位置（例 本庄市児玉郡）。after に渡すと、その次から読みます。
    /// To go on from behind it: pass it as `after`.
    cursor: String,
    /// 圏域。
    /// The region.
    node: Region,
}

impl RegionConnection {
    /// A page of at most `rows`, of regions that are one more if there is a next page.
    fn page(regions: Vec<Region>, rows: usize, first_page: bool) -> Self {
        let edge = |node: Region| RegionEdge { cursor: node.region.name.clone(), node };
        let mut edges: Vec<_> = regions.into_iter().map(edge).collect();
        let page_info = PageInfo::cut(&mut edges, rows, !first_page, |edge| &edge.cursor);
        RegionConnection { edges, page_info }
    }
}

#[derive(Default)]
pub struct Queries;

#[Object(name = "RegionQueries")]
impl Queries {
    /// 閲覧できる圏域。名前順。サインインしていなければ空です。
    /// The regions that the viewer may read, by name; none when signed out.
    #[graphql(complexity = "complexity::list(10, child_complexity)")]
    async fn regions(&self, ctx: &Context<'_>) -> Result<Vec<Region>, Error> {
        let context = RequestContext::of(ctx);
        let Some(viewer) = context.viewer() else { return Ok(Vec::new()) };
        let views = region::service::read_by(&context.db, &viewer).await?;
        Ok(views.into_iter().map(Arc::new).map(Region::whole).collect())
    }

    /// 閲覧できる圏域の1ページ。名前順。一度に100件まで。サインインしていなければ空です。
    /// A page of the regions that the viewer may read, by name, at most 100 at a time; none when signed out.
    #[graphql(complexity = "complexity::page(first, child_complexity)")]
    async fn region_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "圏域の名前をさがす語（例 児玉）。空白で区切ると、すべてを含むもの。200文字まで。Words, all of them in the region's name; at most 200 characters."
        )]
        text: Option<String>,
        #[graphql(
            default_with = "Some(20)",
            desc = "一度に読む件数。100まで（例 50）。How many at a time, at most 100."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "続きから読むときの、前の答えの cursor（例 本庄市児玉郡）。To go on from behind an earlier cursor."
        )]
        after: Option<String>,
    ) -> Result<RegionConnection, Error> {
        let (rows, text) = (page::rows(first)?, text.unwrap_or_default());
        if text.chars().count() > limits::SEARCH_CHARS {
            return Err(bad_argument(format!("text は{}文字までです。", limits::SEARCH_CHARS)));
        }
        let context = RequestContext::of(ctx);
        let Some(viewer) = context.viewer() else { return Ok(RegionConnection::default()) };
        let (words, after) = (SearchTerms::parse(&text), after.as_deref());
        let views = region::service::page_read_by(&context.db, &viewer, &words, after, rows + 1).await?;
        let regions = views.into_iter().map(Arc::new).map(Region::whole);
        Ok(RegionConnection::page(regions.collect(), rows, after.is_none()))
    }

    /// 圏域。閲覧できなければ null です。
    /// A region; null if it is not there or not readable.
    async fn region(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "圏域のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。The region's id.")] id: ID,
    ) -> Result<Option<Region>, Error> {
        Ok(find(RequestContext::of(ctx), scalars::id(&id)).await?)
    }
}

/// A region that the viewer reads.
pub async fn find(context: &RequestContext, id: RegionId) -> Result<Option<Region>, Fault> {
    Ok(context.region(id).await?.map(Region::whole))
}

/// An organisation of a region that the viewer reads.
pub async fn find_organization(
    context: &RequestContext,
    id: OrganizationId,
) -> Result<Option<Organization>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    Ok(region::service::organization(&context.db, &viewer, id).await?.map(Organization))
}
