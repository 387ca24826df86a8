//! Comments: threads on an entry or a cell, beside the sheet; and a page of those that wait for the viewer.

mod compose;
mod draft;
mod threads;
mod waiting;

pub use draft::{follow, left, send_what_waits, unsent};
pub use threads::threads;
pub use waiting::{page as waiting_page, set_waiting, waiting_link};

use crate::{
    api::{self, Failure},
    json::Json,
    session,
    ui::dom,
};

/// Milliseconds between two looks whether the server is back.
const LOOK_MS: i32 = 250;

/// Sends a mutation until it is answered: waits for a server that is away, and for a person whose session has
/// expired. Its answer, if it was not refused.
pub async fn deliver(request: &str, waiting: &dyn Fn()) -> Result<Json, Failure> {
    let account = session::viewer().map(|viewer| viewer.id);
    loop {
        let data = api::ask(request.to_owned()).await.and_then(|answer| api::data(&answer));
        let answer = data.map(|mut data| data.take("answer"));
        match answer {
            Err(Failure::Offline) => {
                waiting();
                while !api::is_online() {
                    dom::pause(LOOK_MS).await;
                }
            }
            Ok(refusal) if refusal.text("code") == "SIGNED_OUT" => sign_in(account).await?,
            Err(Failure::SignedOut) => sign_in(account).await?,
            Ok(refusal) if refusal.text("__typename") == "Refusal" => {
                return Err(Failure::Refused(refusal.text("message").to_owned()));
            }
            answer => return answer,
        }
    }
}

/// Goes on in the same person's name alone.
async fn sign_in(account: Option<renkei_domain::AccountId>) -> Result<(), Failure> {
    let same = || session::viewer().map(|viewer| viewer.id) == account;
    if session::require_sign_in().await && same() { Ok(()) } else { Err(Failure::SignedOut) }
}
