//! Drafts in the API.

use super::{Spot, Typed, service};
use crate::{
    Fault,
    api::{
        complexity,
        context::RequestContext,
        error,
        scalars::{self, CareScene, DateTime, Facet},
    },
    draft,
    refusal::{
        Refusal,
        api::{Refused, answer},
    },
};
use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject, Union};
use renkei_domain::DraftId;
use std::sync::Arc;

/// Of a draft, what may be long.
const TEXTS: [&str; 2] = ["outline", "merged"];

#[derive(Default)]
pub struct Queries;

#[Object(name = "DraftQueries")]
impl Queries {
    /// 自分の下書き。新しい順。ほかの人には見えません。
    /// The viewer's own drafts, the newest first; nobody else sees them.
    #[graphql(complexity = "complexity::ONCE + complexity::list(20, child_complexity)")]
    async fn drafts(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "この表（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）の下書きだけ。Of this sheet alone."
        )]
        sheet_id: Option<ID>,
    ) -> Result<Vec<Draft>, Error> {
        let sheet = sheet_id.as_ref().map(scalars::id);
        let asked = ctx.look_ahead();
        let texts = TEXTS.iter().any(|text| asked.field(text).exists());
        Ok(RequestContext::of(ctx).drafts(sheet, texts).await?.into_iter().map(Draft).collect())
    }
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "DraftMutations")]
impl Mutations {
    /// 下書きを預けます。表を読める人なら預けられます。変更履歴には残りません。
    /// Keeps what is being typed. Whoever reads the sheet may; it is no change.
    async fn save_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "入力中の文と場所。What is being typed, and where.")] input: SaveDraftInput,
    ) -> Result<SaveDraftPayload, Error> {
        let context = RequestContext::of(ctx);
        answer(async {
            let identity = context.writer()?;
            let (entry, item) = (input.entry_id.as_ref(), input.item_id.as_ref());
            let place = scalars::entry_or_cell(entry, item, input.facet, input.fiscal_year);
            let (place, device) = (place.ok_or_else(no_place)?, input.device_id.to_string());
            let spot = Spot { sheet: scalars::id(&input.sheet_id), place, device };
            let typed = Typed {
                outline: storable(input.outline),
                explicit_scenes: scalars::scene_set(input.explicit_scenes.unwrap_or_default()),
                owner: input.owner_id.as_ref().map(scalars::id),
                after: input.after_entry_id.as_ref().map(scalars::id),
                version: input.version,
                merged: input.merged.map(storable),
                typed_at: input.typed_at.0,
            };
            let draft = service::save(&context.db, &identity, spot, typed).await?;
            Ok(DraftKept { draft: Draft(draft.into()) }.into())
        })
        .await
    }

    /// 下書きを破棄します。なければそのままです。typedAt より後に入力されていれば、残して false を返します。
    /// Lets a draft go, if there is one; false if it was typed in after `typedAt`, and stays, or if nobody is signed in.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どの下書きか。Which draft.")] input: DiscardDraftInput,
    ) -> Result<bool, Error> {
        let context = RequestContext::of(ctx);
        context.writes().map_err(error::refused)?;
        let Some(identity) = context.identity() else { return Ok(false) };
        let (entry, item) = (input.entry_id.as_ref(), input.item_id.as_ref());
        let place = scalars::entry_or_cell(entry, item, input.facet, input.fiscal_year);
        let Some(place) = place else { return Ok(true) };
        let spot = Spot { sheet: scalars::id(&input.sheet_id), place, device: input.device_id.to_string() };
        let typed_at = input.typed_at.map(|typed_at| typed_at.0);
        service::discard(&context.db, &identity, &spot, typed_at).await.map_err(error::stopped)
    }
}

/// 下書きを預けます。場所は entryId、新しい取組なら itemId と facet と fiscalYear。同じ人・表・場所・端末の下書きは1つです。
/// What is being typed. The place: `entryId`, or `itemId`, `facet` and `fiscalYear` of a new entry. There is one draft
/// for each account, sheet, place and device.
#[derive(InputObject)]
struct SaveDraftInput {
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    sheet_id: ID,
    /// ブラウザーが自分に付けた名前（例 8c1d55）。100文字まで。
    /// The name that a browser gave itself, at most 100 characters.
    device_id: ID,
    /// どの取組か（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。新しい取組なら null。
    /// Of which entry; null for a new one.
    entry_id: Option<ID>,
    /// 新しい取組なら、その事業項目（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The item of a new entry.
    item_id: Option<ID>,
    /// 新しい取組なら、その欄。
    /// The facet of a new entry.
    facet: Option<Facet>,
    /// 新しい取組なら、その年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of a new entry.
    fiscal_year: Option<i32>,
    /// 入力したまま。200,000文字まで。
    /// As typed, at most 200,000 characters; it is not parsed.
    outline: String,
    /// 明示する場面。
    /// Scenes of its own.
    #[graphql(default_with = "Some(Vec::new())")]
    explicit_scenes: Option<Vec<CareScene>>,
    /// 主体の機関（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。null：共同。
    /// To whom it is to belong; null: joint.
    owner_id: Option<ID>,
    /// この取組（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）の次に置きます。
    /// Right behind this entry.
    after_entry_id: Option<ID>,
    /// 編集を始めたときの版。新しい取組なら0。
    /// The version that the text began with; 0 for a new entry.
    version: i32,
    /// ほかの人の文と合わせるために入力した文。
    /// What was typed to combine it with somebody else's text.
    merged: Option<String>,
    /// 端末の時計で、いつ入力したか（例 2026-02-06T01:23:45.678Z）。預けてあるものより前なら、何も変えません。
    /// When, by the device's clock; earlier than what is kept: nothing changes.
    typed_at: DateTime,
}

/// どの下書きを破棄するか。
/// Which draft to let go.
#[derive(InputObject)]
struct DiscardDraftInput {
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    sheet_id: ID,
    /// ブラウザーが自分に付けた名前（例 8c1d55）。
    /// The name that the browser gave itself.
    device_id: ID,
    /// どの取組か（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。新しい取組なら null。
    /// Of which entry; null for a new one.
    entry_id: Option<ID>,
    /// 新しい取組なら、その事業項目（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The item of a new entry.
    item_id: Option<ID>,
    /// 新しい取組なら、その欄。
    /// The facet of a new entry.
    facet: Option<Facet>,
    /// 新しい取組なら、その年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of a new entry.
    fiscal_year: Option<i32>,
    /// これより後（例 2026-02-06T01:23:45.678Z）に入力されていれば破棄しません。
    /// Only if nothing was typed after this.
    typed_at: Option<DateTime>,
}

/// 下書きを預けた結果。
/// What became of a draft.
#[derive(Union)]
enum SaveDraftPayload {
    Kept(DraftKept),
    Refused(Refused),
}

/// 預かりました。もっと後に入力したものを預かっていれば、それを返します。
/// Kept; or what was kept already, if it was typed later.
#[derive(SimpleObject)]
struct DraftKept {
    /// 預かっている下書き。
    /// What is kept.
    draft: Draft,
}

pub struct Draft(Arc<draft::Draft>);

/// 下書き：入力して、まだ保存していない文。本人だけに見えます。
/// What somebody typed and has not saved yet; they alone see it.
#[Object]
impl Draft {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// 計画・評価表のID。
    /// The sheet's id.
    async fn sheet_id(&self) -> ID {
        self.0.spot.sheet.to_string().into()
    }

    /// ブラウザーが自分に付けた名前。
    /// The name that the browser gave itself.
    async fn device_id(&self) -> ID {
        self.0.spot.device.clone().into()
    }

    /// どの取組か。新しい取組なら null です。
    /// Of which entry; null for a new one.
    async fn entry_id(&self) -> Option<ID> {
        self.0.spot.place.entry().map(|entry| entry.to_string().into())
    }

    /// 新しい取組なら、その事業項目。
    /// The item of a new entry.
    async fn item_id(&self) -> Option<ID> {
        self.0.spot.place.cell().map(|cell| cell.item.to_string().into())
    }

    /// 新しい取組なら、その欄。
    /// The facet of a new entry.
    async fn facet(&self) -> Option<Facet> {
        self.0.spot.place.cell().map(|cell| cell.facet.into())
    }

    /// 新しい取組なら、その年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of a new entry.
    async fn fiscal_year(&self) -> Option<i32> {
        self.0.spot.place.cell().map(|cell| cell.fiscal_year.0)
    }

    /// 入力したままの文。
    /// As typed.
    async fn outline(&self) -> &str {
        &self.0.typed.outline
    }

    /// 明示する場面。
    /// Scenes of its own.
    async fn explicit_scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.0.typed.explicit_scenes)
    }

    /// 主体の機関のID。共同なら null です。
    /// To whom it is to belong; null: joint.
    async fn owner_id(&self) -> Option<ID> {
        self.0.typed.owner.map(|owner| owner.to_string().into())
    }

    /// この取組（ID）の次に置きます。
    /// Right behind this entry.
    async fn after_entry_id(&self) -> Option<ID> {
        self.0.typed.after.map(|after| after.to_string().into())
    }

    /// 編集を始めたときの版。
    /// The version that the text began with.
    async fn version(&self) -> i32 {
        self.0.typed.version
    }

    /// ほかの人の文と合わせるために入力した文。
    /// What was typed to combine it with somebody else's text.
    async fn merged(&self) -> Option<&str> {
        self.0.typed.merged.as_deref()
    }

    /// いつ入力したか（端末の時計）。
    /// When it was typed, by the device's clock.
    async fn typed_at(&self) -> DateTime {
        DateTime(self.0.typed.typed_at)
    }
}

/// One of the viewer's own.
pub async fn find(context: &RequestContext, id: DraftId) -> Result<Option<Draft>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    Ok(service::find(&context.db, &viewer, id).await?.map(|draft| Draft(draft.into())))
}

/// PostgreSQL takes every character but this one, which no keyboard has.
fn storable(text: String) -> String {
    text.replace('\0', "\u{fffd}")
}

fn no_place() -> Refusal {
    let message = "下書きの場所として、entryId か、itemId・facet・fiscalYear のすべてを指定してください。";
    Refusal::invalid("entryId", message)
}
