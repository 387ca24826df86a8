//! `/graphql`: GraphQL over HTTP on `Schema::execute`. POST of JSON for everything, GET for queries, and GET with an
//! upgrade for a [`websocket`].

use super::address::client_address;
use super::admission::overloaded;
use super::bearer;
use super::faulty;
use super::kept;
use super::media::Media;
use super::refusal::refuse;
use super::request::{Malformed, Parameters, is_json};
use super::serve::Stopping;
use super::websocket;
use crate::App;
use crate::caller::Unproved;
use crate::graphql::{self, Caller, OperationType};
use async_graphql::{Executor, Request, ServerError, Value, Variables};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
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
    if websocket::is_upgrade(&head.headers) {
        return websocket::open(app, peer.ip(), head).await;
    }
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
        Ok(parameters) => execute(app, peer, &head, media, parameters).await,
        Err(malformed) => malformed.response(),
    }
}

fn not_allowed(allowed: &'static str) -> Response {
    let japanese = "このアドレスでは、この方法での操作はできません。";
    let refusal = refuse(StatusCode::METHOD_NOT_ALLOWED, japanese, &format!("allowed: {allowed}"));
    ([(header::ALLOW, allowed)], refusal).into_response()
}

async fn execute(app: App, peer: SocketAddr, head: &Parts, media: Media, parameters: Parameters) -> Response {
    let mut request = request(parameters);
    let kind = match graphql::read(&mut request) {
        Ok(kind) => kind,
        Err(error) => return respond(&app, media, async_graphql::Response::from_errors(vec![error])),
    };
    if head.method != Method::POST && kind != OperationType::Query {
        return not_allowed("POST");
    }
    let Some(turn) = app.admission.turn().await else { return overloaded() };
    let address = client_address(peer.ip(), &head.headers, &app.config.proxies);
    let identity = match bearer::proof(&head.headers).resolve(&app.db, address).await {
        Ok(identity) => identity,
        Err(Unproved::WrongToken) => return bearer::unauthorized(),
        Err(Unproved::Fault(fault)) => return faulty(&fault),
    };
    let asks_to_keep = identity.as_ref().filter(|_| head.method != Method::POST);
    let tag = asks_to_keep.and_then(|identity| kept::tag(&mut request, media, identity));
    if let Some(tag) = tag.as_ref().filter(|tag| kept::is_known(&head.headers, tag)) {
        return kept::unchanged(tag.clone());
    }
    let request = request.data(Caller { identity, address });
    // In a task of its own: what was begun is finished, also when the line drops meanwhile, or the server is to stop.
    let held = (turn, head.extensions.get::<Stopping>().cloned());
    let running = app.clone();
    let executed = tokio::spawn(async move {
        let executed = running.executor.execute(request).await;
        drop(held);
        executed
    });
    match executed.await {
        Ok(response) => {
            let tag = tag.filter(|_| response.errors.is_empty());
            let answer = respond(&app, media, response);
            tag.into_iter().fold(answer, kept::marked)
        }
        // It panicked.
        Err(ended) => faulty(&ended.into()),
    }
}

pub fn request(parameters: Parameters) -> Request {
    let variables = Variables::from_json(serde_json::Value::Object(parameters.variables));
    let mut request = Request::new(parameters.query).variables(variables);
    request.operation_name = parameters.operation_name;
    request
}

/// Whom a request is for: HTTP/2 says it in the address, HTTP/1.1 in a header.
pub fn host<'h>(headers: &'h HeaderMap, uri: &'h Uri) -> Option<&'h str> {
    let host = uri.authority().map(|authority| authority.as_str());
    host.or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok()))
}

pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
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
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<String, Value>,
}

impl Answer {
    pub fn new(response: async_graphql::Response) -> Self {
        let ran = response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
        Answer {
            data: ran.then_some(response.data),
            errors: response.errors.into_iter().take(ERRORS).map(shortened).collect(),
            extensions: response.extensions,
        }
    }

    /// Whether anything ran at all.
    pub fn ran(&self) -> bool {
        self.data.is_some()
    }
}

fn respond(app: &App, media: Media, mut response: async_graphql::Response) -> Response {
    let headers = std::mem::take(&mut response.http_headers);
    let answer = Answer::new(response);
    let status = if answer.ran() || media == Media::Json { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let body = match serde_json::to_vec(&answer) {
        Ok(body) => body,
        Err(error) => return faulty(&error.into()),
    };
    let mut answer = (status, app.admission.answer(body)).into_response();
    answer.headers_mut().extend(headers);
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
