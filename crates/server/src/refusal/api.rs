//! Refusals in the API: members of each payload's union.

use super::{Refusal, Stop};
use crate::api::scalars::RefusalCode;
use async_graphql::{Error, Object};

pub struct Refused(Refusal);

/// What a mutation is answered with: what came of it, or why it was refused.
pub async fn answer<P: From<Refused>>(done: impl Future<Output = Result<P, Stop>>) -> Result<P, Error> {
    done.await.or_else(|stop| match stop {
        Stop::Refused(refusal) => Ok(Refused(refusal).into()),
        Stop::Fault(fault) => Err(fault.into()),
    })
}

/// 受け付けられなかったこと。理由と、どうすればよいかを日本語で伝えます。
/// What was refused, and why, in words for whoever asked.
#[Object(name = "Refusal")]
impl Refused {
    /// 理由の種類。
    /// The kind of reason, for programs.
    async fn code(&self) -> RefusalCode {
        self.0.code.into()
    }

    /// 理由。
    /// The reason, for people.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// 関係する入力の項目。
    /// The field of the input that it is about.
    async fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }
}
