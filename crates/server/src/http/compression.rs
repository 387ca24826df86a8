//! Answers compressed as their request accepts it.

use super::answers;
use axum::http::StatusCode;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

/// The status of an answer before it is compressed.
#[derive(Clone, Copy)]
struct OwnStatus(StatusCode);

pub fn compress() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(answers::COMPRESSED_FROM as u64))
}

/// For [`restore_status`].
pub fn keep_status(mut response: Response) -> Response {
    let status = OwnStatus(response.status());
    response.extensions_mut().insert(status);
    response
}

/// Where `Accept-Encoding` forbids every form of an answer, the layer sends it plain, and says 406 of a request that was
/// executed. A server may ignore such a header (RFC 9110, 12.5.3): the answer keeps its own status.
pub fn restore_status<B>(mut response: Response<B>) -> Response<B> {
    if let Some(OwnStatus(status)) = response.extensions_mut().remove() {
        *response.status_mut() = status;
    }
    response
}
