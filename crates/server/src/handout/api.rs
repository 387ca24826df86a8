//! Handouts in the API.

use super::service;
use crate::{Fault, api::context::RequestContext, handout};
use async_graphql::{ID, Object};
use renkei_domain::HandoutId;

#[derive(Clone)]
pub struct Handout(pub handout::Handout);

/// 資料：協議会に出す文書。
/// A document laid before the council.
#[Object]
impl Handout {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// 資料番号（資料3なら3）。
    /// Its number.
    async fn number(&self) -> u32 {
        self.0.number
    }

    /// 題名。
    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }
}

pub async fn find(context: &RequestContext, id: HandoutId) -> Result<Option<Handout>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    Ok(service::find(&context.db, &viewer, id).await?.map(Handout))
}
