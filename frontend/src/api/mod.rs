//! GraphQL over HTTP: one operation, one answer.

mod connection;
mod envelope;
mod transport;

use connection::lost;
pub use connection::{is_online, listen, look_now, use_online};
pub use envelope::{Failure, data};

use serde::{Serialize, de::DeserializeOwned};

/// Sends a document's only operation and decodes its `data`.
///
/// Refusals that a person can act on are data of their own (a payload's union member, see [`crate::json`]); what
/// comes back as a [`Failure`] is about the way there or about the request as such.
pub fn call<V: Serialize, D: DeserializeOwned>(
    document: &'static str,
    variables: V,
) -> impl Future<Output = Result<D, Failure>> {
    let request = request(document, &variables);
    async { decode(&send(request, transport::TIMEOUT_MS).await?) }
}

/// [`call`] for what a person waits for with an empty page: gives up after a few seconds.
pub fn call_briefly<V: Serialize, D: DeserializeOwned>(
    document: &'static str,
    variables: V,
) -> impl Future<Output = Result<D, Failure>> {
    let request = request(document, &variables);
    async { decode(&send(request, transport::SHORT_TIMEOUT_MS).await?) }
}

/// The request for an operation, to [`ask`] later and perhaps again.
pub fn request<V: Serialize>(document: &'static str, variables: &V) -> String {
    envelope::request(document, variables)
}

/// Sends a request; the answer as the server wrote it, to [`decode`] and to keep.
pub async fn ask(request: String) -> Result<String, Failure> {
    send(request, transport::TIMEOUT_MS).await
}

/// Reads an answer's `data`.
pub fn decode<D: DeserializeOwned>(answer: &str) -> Result<D, Failure> {
    envelope::decode(answer)
}

/// Is the server there, now? If it is not, it is looked for until it is.
pub async fn is_reachable() -> bool {
    let healthy = transport::healthy().await;
    if !healthy {
        lost();
    }
    healthy
}

/// Sends a request that is to get there even if the page goes at once; nobody waits for its answer.
pub fn tell(request: String) {
    transport::post_on_leaving(request);
}

async fn send(body: String, timeout_ms: u32) -> Result<String, Failure> {
    let answer = transport::post(body, timeout_ms).await;
    if answer == Err(Failure::Offline) {
        lost();
    }
    answer
}

/// A fresh UUID (version 4) for a mutation. Asks the browser's `crypto.getRandomValues`, which unlike `randomUUID`
/// also answers where the page came over plain HTTP.
pub fn request_id() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = crate::ui::dom::window().crypto() {
        // Fails only beyond 65,536 bytes.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
