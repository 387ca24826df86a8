//! GraphQL over HTTP: one operation, one answer. The operations stand beside the code that asks them (`queries.rs`)
//! and are checked against the server's schema when they are compiled.

mod connection;
#[cfg(test)]
mod documents;
mod envelope;
mod scalar;
mod transport;

use connection::lost;
pub use connection::{Connection, is_online, listen, look_now, on_back_online, until_online, use_online};
pub(crate) use envelope::payload;
pub use envelope::{Failure, Payload, Refusal, RefusalCode, decode};
pub use scalar::{EnumValue, Id, NoteFields, NoteInput, scene_set, scene_values};
pub use transport::{forget_asked, tell};

use crate::{session, ui::dom};
use cynic::Operation;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use web_sys::{AbortSignal, FormData};

/// The data of a mutation whose only field goes by the name `answer`.
#[derive(Deserialize)]
struct Answered<P> {
    answer: P,
}

/// Sends an operation and decodes its data.
///
/// Refusals that a person can act on are data of their own (a payload's union member); what comes back as a
/// [`Failure`] is about the way there or about the request as such.
pub fn call<D: DeserializeOwned, V: Serialize>(
    operation: &Operation<D, V>,
) -> impl Future<Output = Result<D, Failure>> + use<D, V> {
    let request = request(operation);
    async { decode(&send(request, transport::TIMEOUT_MS).await?) }
}

/// [`call`] for what a person waits for with an empty page: gives up after a few seconds.
pub fn call_briefly<D: DeserializeOwned, V: Serialize>(
    operation: &Operation<D, V>,
) -> impl Future<Output = Result<D, Failure>> + use<D, V> {
    let request = request(operation);
    async { decode(&send(request, transport::SHORT_TIMEOUT_MS).await?) }
}

/// The request for an operation, to [`ask`] later and perhaps again.
pub fn request(operation: &impl Serialize) -> String {
    // Variables are made of texts, numbers and lists: there is none that JSON cannot say.
    serde_json::to_string(operation).unwrap_or_default()
}

/// Sends a request; the answer as the server wrote it, to [`decode`] and to keep.
pub async fn ask(request: String) -> Result<String, Failure> {
    send(request, transport::TIMEOUT_MS).await
}

/// Sends a mutation once. What it has made, if it was not refused.
pub async fn attempt<P: Payload>(request: &str) -> Result<P::Done, Failure> {
    let Answered { answer } = decode::<Answered<P>>(&ask(request.to_owned()).await?)?;
    answer.outcome().map_err(Failure::from)
}

/// Sends a mutation until it is answered: waits for a server that is away, and for a person whose session has
/// expired. What it has made, if it was not refused.
pub async fn deliver<P: Payload>(request: &str, waiting: &dyn Fn()) -> Result<P::Done, Failure> {
    let account = session::viewer().map(|viewer| viewer.id);
    // It goes on in the same person's name alone.
    let same = || session::viewer().map(|viewer| viewer.id) == account;
    loop {
        match attempt::<P>(request).await {
            Err(Failure::Offline) => {
                waiting();
                until_online().await;
                if !same() {
                    return Err(Failure::SignedOut);
                }
            }
            Err(Failure::SignedOut) => {
                if !(session::require_sign_in().await && same()) {
                    return Err(Failure::SignedOut);
                }
            }
            outcome => return outcome,
        }
    }
}

/// Is the server there, now? If it is not, it is looked for until it is.
pub async fn is_reachable() -> bool {
    let healthy = transport::healthy().await;
    if !healthy {
        lost();
    }
    healthy
}

async fn send(body: String, timeout_ms: u32) -> Result<String, Failure> {
    noted(transport::post(body, timeout_ms).await)
}

/// Posts a form to another of the server's addresses: the status and the text of the answer. `given_up` ends it, and
/// says nothing of the server.
pub async fn post_form(
    path: &str,
    form: FormData,
    given_up: Option<&AbortSignal>,
) -> Result<(u16, String), Failure> {
    let answer = transport::post_form(path, form, given_up).await;
    if given_up.is_some_and(AbortSignal::aborted) { answer } else { noted(answer) }
}

/// A server that has not answered is looked for.
fn noted<T>(answer: Result<T, Failure>) -> Result<T, Failure> {
    if matches!(answer, Err(Failure::Offline)) {
        lost();
    }
    answer
}

/// A fresh UUID (version 4) for a mutation. Asks the browser's `crypto.getRandomValues`, which unlike `randomUUID`
/// also answers where the page came over plain HTTP.
pub fn request_id() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = dom::window().crypto() {
        // Fails only beyond 65,536 bytes.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
