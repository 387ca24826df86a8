//! GraphQL over fetch: one operation, one answer.

mod connection;
mod envelope;
mod transport;

use connection::lost;
pub use connection::{is_online, listen, look_now, use_online};
pub use envelope::Failure;

use serde::{Serialize, de::DeserializeOwned};

/// Sends a document's only operation and decodes its `data`.
///
/// Refusals that a person can act on are data of their own (a payload's union member); what comes back as a
/// [`Failure`] is about the way there or about the request as such.
pub async fn call<V: Serialize, D: DeserializeOwned>(
    document: &'static str,
    variables: V,
) -> Result<D, Failure> {
    let body = envelope::request(document, &variables)?;
    let answer = transport::post(body).await;
    if matches!(answer, Err(Failure::Offline)) {
        lost();
    }
    envelope::data(&answer?)
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
