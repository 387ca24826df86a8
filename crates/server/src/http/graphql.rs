//! `/graphql`: GraphQL over HTTP on `Schema::execute`. POST of JSON for everything, GET for queries.

use super::address::client_address;
use super::faulty;
use super::media::Media;
use super::refusal::refuse;
use super::request::{Malformed, Parameters, is_json};
use crate::graphql::Caller;
use crate::{App, session};
use async_graphql::parser::types::{DocumentOperations, OperationType};
use async_graphql::{ServerError, Value, Variables};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Errors in one answer, and characters in the message of each: both may repeat what the client has sent.
const ERRORS: usize = 20;
const MESSAGE_CHARS: usize = 1_000;

pub async fn answer(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    head: Parts,
    body: Bytes,
) -> Response {
    let Some(media) = Media::negotiate(&head.headers) else {
        let japanese = "この形式では返答できません。";
        return refuse(StatusCode::NOT_ACCEPTABLE, japanese, "accept application/json");
    };
    let parameters = match head.method {
        Method::POST if is_json(&head.headers) => Parameters::from_body(&body),
        Method::POST => Err(Malformed::MediaType),
        Method::GET | Method::HEAD => Parameters::from_uri(&head.uri),
        _ => return not_allowed("GET, POST"),
    };
    match parameters {
        Ok(parameters) => execute(app, peer, &head, media, operation(parameters)).await,
        Err(malformed) => malformed.response(),
    }
}

fn not_allowed(allowed: &'static str) -> Response {
    let japanese = "このアドレスでは、この方法での操作はできません。";
    let refusal = refuse(StatusCode::METHOD_NOT_ALLOWED, japanese, &format!("allowed: {allowed}"));
    ([(header::ALLOW, allowed)], refusal).into_response()
}

fn operation(parameters: Parameters) -> async_graphql::Request {
    let mut operation = async_graphql::Request::new(parameters.query)
        .variables(Variables::from_json(serde_json::Value::Object(parameters.variables)));
    operation.operation_name = parameters.operation_name;
    operation
}

async fn execute(
    app: App,
    peer: SocketAddr,
    head: &Parts,
    media: Media,
    mut operation: async_graphql::Request,
) -> Response {
    if head.method != Method::POST && !only_reads(&mut operation) {
        return not_allowed("POST");
    }
    let session = match session::service::resolve(&app, cookie(&head.headers, session::COOKIE)).await {
        Ok(session) => session,
        Err(fault) => return faulty(&fault),
    };
    let address = client_address(peer.ip(), &head.headers, &app.config.proxies);
    let operation = operation.data(Caller { session, address });
    // In a task of its own: what was begun is finished, also when the line drops meanwhile.
    let executed = tokio::spawn(async move { app.schema.execute(operation).await }).await;
    match executed {
        Ok(response) => respond(media, response),
        // It panicked.
        Err(ended) => faulty(&ended.into()),
    }
}

/// Whether the operation that would run is a query. What cannot be parsed does not run at all.
fn only_reads(operation: &mut async_graphql::Request) -> bool {
    let chosen = operation.operation_name.clone();
    let Ok(document) = operation.parsed_query() else { return true };
    match &document.operations {
        DocumentOperations::Single(single) => single.node.ty == OperationType::Query,
        DocumentOperations::Multiple(several) => several
            .iter()
            .filter(|(name, _)| chosen.as_ref().is_none_or(|chosen| chosen == name.as_str()))
            .all(|(_, operation)| operation.node.ty == OperationType::Query),
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(own, value)| (own == name).then_some(value))
}

/// `data` is there only if something ran: the specification tells the two apart by it.
#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<String, Value>,
}

fn respond(media: Media, response: async_graphql::Response) -> Response {
    let ran = response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
    let status = if ran || media == Media::Json { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let answer = Answer {
        data: ran.then_some(response.data),
        errors: response.errors.into_iter().take(ERRORS).map(shortened).collect(),
        extensions: response.extensions,
    };
    let body = match serde_json::to_vec(&answer) {
        Ok(body) => body,
        Err(error) => return faulty(&error.into()),
    };
    let mut answer = (status, body).into_response();
    answer.headers_mut().extend(response.http_headers);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    answer
}

fn shortened(mut error: ServerError) -> ServerError {
    if let Some((end, _)) = error.message.char_indices().nth(MESSAGE_CHARS) {
        error.message.truncate(end);
        error.message.push('…');
    }
    error
}
