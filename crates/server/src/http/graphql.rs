//! `/graphql`: GraphQL over HTTP on `Schema::execute`. POST of JSON for everything, GET for queries.

use super::address::client_address;
use super::media::Media;
use super::refusal::refuse;
use super::request::{Parameters, is_json};
use super::{faulty, request::Malformed};
use crate::graphql::Caller;
use crate::{App, session};
use async_graphql::parser::types::{DocumentOperations, OperationType};
use async_graphql::{ServerError, Value, Variables};
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use renkei_domain::limits;
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// For the whole of a request's body: slow lines take part, silent ones hold nothing.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// How much of a body that is too large is read and thrown away, so that its sender reads the refusal.
const DRAINED_BYTES: usize = 4 * limits::REQUEST_BYTES;
/// Errors in one answer, and characters in the message of each: both may repeat what the client has sent.
const ERRORS: usize = 20;
const MESSAGE_CHARS: usize = 1_000;

pub async fn answer(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Some(media) = Media::negotiate(&head.headers) else {
        let japanese = "この形式では返答できません。";
        return refuse(StatusCode::NOT_ACCEPTABLE, japanese, "accept application/json");
    };
    let operation = match read(&head, body).await {
        Ok(parameters) => operation(parameters),
        Err(refused) => return refused.response(),
    };
    execute(app, peer, &head, media, operation).await
}

/// Why there is nothing to execute.
enum Refused {
    Method,
    MediaType,
    TooLarge,
    TooSlow,
    Broken,
    Malformed(Malformed),
}

impl From<Malformed> for Refused {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl Refused {
    fn response(self) -> Response {
        let (status, japanese, english) = match self {
            Self::Malformed(malformed) => return malformed.response(),
            Self::Method => return not_allowed("GET, POST"),
            Self::MediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "リクエストはapplication/jsonで送ってください。",
                "send application/json in UTF-8, not encoded otherwise",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "リクエストが大きすぎます。上限は2MiBです。",
                "a request may have 2 MiB",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "リクエストの受信に時間がかかりすぎました。",
                "the body did not arrive in time",
            ),
            Self::Broken => (
                StatusCode::BAD_REQUEST,
                "リクエストを最後まで受信できませんでした。",
                "the body is incomplete",
            ),
        };
        refuse(status, japanese, english)
    }
}

fn not_allowed(allowed: &'static str) -> Response {
    let japanese = "このアドレスでは、この方法での操作はできません。";
    let refusal = refuse(StatusCode::METHOD_NOT_ALLOWED, japanese, &format!("allowed: {allowed}"));
    ([(header::ALLOW, allowed)], refusal).into_response()
}

async fn read(head: &Parts, body: Body) -> Result<Parameters, Refused> {
    match head.method {
        Method::POST if !is_json(&head.headers) => Err(Refused::MediaType),
        Method::POST => {
            let bytes = tokio::time::timeout(BODY_TIMEOUT, read_body(body));
            Ok(Parameters::from_body(&bytes.await.map_err(|_| Refused::TooSlow)??)?)
        }
        Method::GET | Method::HEAD => Ok(Parameters::from_uri(&head.uri)?),
        _ => Err(Refused::Method),
    }
}

async fn read_body(mut body: Body) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refused::Broken)?.into_data() else { continue };
        received += data.len();
        if received <= limits::REQUEST_BYTES {
            bytes.extend_from_slice(&data);
        } else if received > DRAINED_BYTES {
            break;
        }
    }
    if received > limits::REQUEST_BYTES { Err(Refused::TooLarge) } else { Ok(bytes) }
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
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
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
