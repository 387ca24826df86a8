//! `/graphql`: GraphQL over HTTP. async-graphql-axum reads the request and writes the response; before it stands which
//! method and which media types are allowed, behind it the status. POST of JSON for everything, GET for queries, and GET
//! with an upgrade for a [`websocket`].

use super::answers::{Answer, Keys};
use super::etag;
use super::media::{Media, is_json};
use super::refusal::{not_allowed, refuse};
use super::request::read;
use super::websocket;
use crate::App;
use crate::graphql::{self, Caller, OperationType};
use async_graphql::{Executor, Response as GraphqlResponse, Value};
use async_graphql_axum::GraphQLResponse;
use axum::Json;
use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::net::SocketAddr;

/// Errors in one response, and characters in the message of each: both may repeat what the client has sent.
const ERRORS: usize = 20;
const MESSAGE_CHARS: usize = 1_000;
/// What staff read whose program used the wrong method.
const NOT_ALLOWED: &str = "このアドレスでは、この方法での操作はできません。";

pub async fn handle(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let headers = request.headers();
    if websocket::is_upgrade(headers) {
        return websocket::open(app, peer.ip(), request.into_parts().0).await;
    }
    let Some(media) = Media::negotiate(headers) else {
        let japanese = "この形式では返答できません。";
        return refuse(StatusCode::NOT_ACCEPTABLE, japanese, "accept application/json");
    };
    let only_queries = match *request.method() {
        Method::GET | Method::HEAD => true,
        Method::POST if is_json(headers) => false,
        Method::POST => {
            let japanese = "リクエストはapplication/jsonで送ってください。";
            let english = "send application/json in UTF-8, not encoded otherwise";
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, japanese, english);
        }
        _ => return not_allowed("GET, POST", NOT_ALLOWED),
    };
    let headers = headers.clone();
    let mut request = match read(request).await {
        Ok(request) => request,
        Err(malformed) => return malformed.into_response(),
    };
    let keys = caller.identity.as_ref().and_then(|identity| Keys::of(&request, media, identity));
    if let Some(keys) = &keys
        && let Some(known) = app.answers.find(keys).await
    {
        return known.respond(&headers, only_queries);
    }
    let kind = match graphql::read(&mut request) {
        Ok(kind) => kind,
        Err(error) => return respond(media, GraphqlResponse::from_errors(vec![error])),
    };
    if only_queries && kind != OperationType::Query {
        return not_allowed("POST", NOT_ALLOWED);
    }
    let key = keys.and_then(|keys| Some(keys.of_audience(etag::audience(&mut request)?)));
    let Some((key, tag)) = key.and_then(|key| Some((key, key.tag()?))) else {
        return respond(media, app.executor.execute(request.data(caller)).await);
    };
    if only_queries && etag::matches(&headers, &tag) {
        return etag::not_modified(tag);
    }
    let mut failed = None;
    let make = async {
        let response = app.executor.execute(request.data(caller)).await;
        let body = serde_json::to_vec(&response).ok().filter(|_| response.errors.is_empty());
        failed = Some(response).filter(|_| body.is_none());
        Some(Answer::new(media, tag, body?))
    };
    match app.answers.find_or_make(key, make).await {
        Some(answer) => answer.respond(&headers, only_queries),
        None => respond(media, failed.unwrap_or_default()),
    }
}

/// The response in the media type that was asked for. Where nothing ran, the newer type says so by the status, and both by
/// having no `data`.
fn respond(media: Media, response: GraphqlResponse) -> Response {
    let response = shortened(response);
    let mut answer = if ran(&response) {
        GraphQLResponse::from(response).into_response()
    } else {
        let status = if media == Media::Json { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        (status, response.http_headers, Json(json!({ "errors": response.errors }))).into_response()
    };
    answer.headers_mut().insert(header::CONTENT_TYPE, media.content_type());
    answer
}

/// Whether the operation was executed at all.
pub fn ran(response: &GraphqlResponse) -> bool {
    response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty())
}

pub fn shortened(mut response: GraphqlResponse) -> GraphqlResponse {
    response.errors.truncate(ERRORS);
    for error in &mut response.errors {
        if let Some((end, _)) = error.message.char_indices().nth(MESSAGE_CHARS) {
            error.message.truncate(end);
            error.message.push('…');
        }
    }
    response
}
