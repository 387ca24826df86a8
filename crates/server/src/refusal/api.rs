//! Refusals in the API: members of each payload's union.

use super::{Refusal, Stop};
use crate::api::scalars::RefusalCode;
use async_graphql::{Error, SimpleObject};

/// 受け付けられなかったこと。理由と、どうすればよいかを日本語で伝えます。
/// What was refused, and why, in words for whoever asked.
#[derive(SimpleObject)]
#[graphql(name = "Refusal")]
pub struct Refused {
    /// 理由の種類。
    /// The kind of reason, for programs.
    code: RefusalCode,
    /// 理由。
    /// The reason, for people.
    message: String,
    /// 関係する入力の項目。
    /// The field of the input that it is about.
    field: Option<String>,
}

impl From<Refusal> for Refused {
    fn from(Refusal { code, message, field }: Refusal) -> Self {
        Refused { code: code.into(), message, field: field.map(Into::into) }
    }
}

/// What a mutation is answered with: what came of it, or why it was refused.
pub async fn answer<P: From<Refused>>(done: impl Future<Output = Result<P, Stop>>) -> Result<P, Error> {
    done.await.or_else(|stop| match stop {
        Stop::Refused(refusal) => Ok(Refused::from(refusal).into()),
        Stop::Fault(fault) => Err(fault.into()),
    })
}
