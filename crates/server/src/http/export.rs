//! `/export`: sheets as paper and files, and the pages by which they are reached without a script.
//!
//! Who asks with a browser reads refusals as a page, everybody else as JSON.

use super::files::read_only;
use super::refusal::{internal_error, not_allowed, panicked, refuse};
use crate::App;
use crate::caller::Identity;
use crate::export::parameters::{States, Written, WrittenStates};
use crate::export::print::{self, Address, Page};
use crate::export::{Format, Parameters, comparison, service};
use crate::graphql::Caller;
use crate::refusal::{Refusal, RefusalCode, Stop};
use crate::session::service::{SignIn, sign_in, sign_out};
use crate::session::{DELAY_HEADER, cookie, ended_cookie};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use renkei_domain::{FiscalYear, RegionId};
use serde::Deserialize;

const LIST: &str = "/export";
/// Of an address's part behind `next=`, and of a file name: all but what RFC 5987 lets stand.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

pub fn routes() -> Router<App> {
    Router::new()
        .route(LIST, get(list).fallback(read_only))
        .route("/export/sign-in", post(enter).get(form).fallback(posted_only))
        .route("/export/sign-out", post(leave).fallback(posted_only))
        .route("/export/{region}/{year}/comparison.docx", get(compare).fallback(read_only))
        .route("/export/{region}/{year}/{form}", get(export).fallback(read_only))
}

async fn posted_only() -> Response {
    not_allowed("POST", "このアドレスでは、この方法での操作はできません。")
}

/// A sheet in the form that the address names.
async fn export(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((region, year, form)): Path<(String, String, String)>,
    query: Result<Query<Written>, QueryRejection>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let reader = Reader::of(&headers);
    let raw = raw.unwrap_or_default();
    let form = match form.as_str() {
        "print" => Some(None),
        code => Format::from_code(code).map(Some),
    };
    let Some(((region, year), form)) = sheet_of(&region, &year).zip(form) else {
        return reader.refused(Refusal::not_found("計画・評価表").into());
    };
    let Some(identity) = &caller.identity else {
        return reader.signed_out(&format!("{}?{raw}", print::path(region, year, "print")));
    };
    let made = async {
        let parameters = Parameters::try_from(read(query)?)?;
        let viewer = identity.viewer();
        let document = service::read(&app.db, viewer, caller.address, region, year, &parameters).await?;
        let Some(format) = form else {
            let address = Address { region, year, query: &raw };
            return Ok(shown(print::sheet(&document, &parameters, address), StatusCode::OK));
        };
        let name = format!("{}.{}", document.file_name(), format.code());
        let media_type = format.media_type(parameters.encoding);
        let bytes = written(move || format.write(&document, &parameters)).await?;
        Ok(file(&format!("sheet-{}.{}", year.0, format.code()), &name, media_type, bytes))
    };
    made.await.unwrap_or_else(|stop| reader.refused(stop))
}

/// Two states of a sheet (新旧対照表).
async fn compare(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((region, year)): Path<(String, String)>,
    query: Result<Query<Written>, QueryRejection>,
    states: Result<Query<WrittenStates>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let reader = Reader::of(&headers);
    let Some((region, year)) = sheet_of(&region, &year) else {
        return reader.refused(Refusal::not_found("計画・評価表").into());
    };
    let Some(identity) = &caller.identity else {
        return reader.signed_out(&print::path(region, year, "print"));
    };
    let made = async {
        let (parameters, states) = (Parameters::try_from(read(query)?)?, States::try_from(read(states)?)?);
        let (viewer, sheet) = (identity.viewer(), (region, year));
        let compared = service::compare(&app.db, viewer, caller.address, sheet, &states, &parameters).await?;
        let name = format!("{}.docx", compared.file_name());
        let media_type = Format::Docx.media_type(parameters.encoding);
        let bytes = written(move || Ok(comparison::write(&compared)?)).await?;
        Ok(file(&format!("comparison-{}.docx", year.0), &name, media_type, bytes))
    };
    made.await.unwrap_or_else(|stop| reader.refused(stop))
}

/// What an address names; `None`: no sheet.
fn sheet_of(region: &str, year: &str) -> Option<(RegionId, FiscalYear)> {
    Some((region.parse().ok()?, FiscalYear(year.parse().ok()?)))
}

fn read<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Refusal> {
    let message = "アドレスの「?」から後ろが読めません。同じ名前の値が2つないか確かめてください。";
    query.map(|Query(written)| written).map_err(|_| Refusal::invalid("query", message))
}

/// A file's bytes, made where that keeps no other request waiting.
async fn written(write: impl FnOnce() -> Result<Vec<u8>, Stop> + Send + 'static) -> Result<Vec<u8>, Stop> {
    tokio::task::spawn_blocking(write).await.map_err(|error| match error.try_into_panic() {
        Ok(panic) => panicked(&*panic),
        Err(error) => error.into(),
    })?
}

/// To be saved under its Japanese name by all who read RFC 6266, which is every browser of today, or under a plain one.
fn file(plain: &str, name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let encoded = utf8_percent_encode(name, ENCODED);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

/// The sheets that somebody may read.
async fn list(State(app): State<App>, Extension(caller): Extension<Caller>, headers: HeaderMap) -> Response {
    let reader = Reader::of(&headers);
    let Some(identity) = &caller.identity else { return reader.signed_out(LIST) };
    match service::regions(&app.db, identity.viewer()).await {
        Ok(regions) => shown(print::list(&regions), StatusCode::OK),
        Err(fault) => reader.refused(fault.into()),
    }
}

/// What the form of [`print::sign_in`] sends.
#[derive(Deserialize)]
struct SignInForm {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// For whoever comes by the address alone.
async fn form() -> Response {
    shown(print::sign_in(LIST, "", None), StatusCode::OK)
}

async fn enter(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Response {
    let reader = Reader::Person;
    let replaced = match &caller.identity {
        Some(Identity::Session(session)) => Some(session.token.hash()),
        Some(Identity::Token(_)) => return reader.refused(Refusal::by_token().into()),
        None => None,
    };
    let Ok(Form(form)) = form else {
        let message = "ログイン名とパスワードを入力してください。";
        return shown(print::sign_in(LIST, "", Some(message)), StatusCode::BAD_REQUEST);
    };
    let next = next(&form.next);
    let refused = |refusal: &Refusal| {
        let status = status(refusal.code);
        shown(print::sign_in(next, &form.login, Some(&refusal.message)), status)
    };
    let signed_in = sign_in(&app.db, replaced.as_ref(), caller.address, &form.login, &form.password).await;
    let SignIn { outcome, delay } = match signed_in {
        Ok(signed_in) => signed_in,
        Err(Stop::Refused(refusal)) => return refused(&refusal),
        Err(stop) => return reader.refused(stop),
    };
    let mut response = match outcome {
        Ok(session) => (set_cookie(cookie(&app.config, &session.token)), Redirect::to(next)).into_response(),
        Err(refusal) => refused(&refusal),
    };
    if let Some(delay) = delay {
        response.headers_mut().insert(HeaderName::from_static(DELAY_HEADER), delay.as_secs().into());
    }
    response
}

async fn leave(State(app): State<App>, Extension(caller): Extension<Caller>) -> Response {
    let ended = match &caller.identity {
        Some(Identity::Session(session)) => sign_out(&app.db, session).await.map_err(Stop::from),
        Some(Identity::Token(_)) => Err(Refusal::by_token().into()),
        None => Ok(()),
    };
    match ended {
        Ok(()) => (set_cookie(ended_cookie(&app.config)), Redirect::to(LIST)).into_response(),
        Err(stop) => Reader::Person.refused(stop),
    }
}

fn set_cookie(cookie: String) -> [(HeaderName, String); 1] {
    [(header::SET_COOKIE, cookie)]
}

/// Where signing in leads to: to one of these pages, whatever the form says.
fn next(wanted: &str) -> &str {
    let ours = wanted.strip_prefix(LIST).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours && plain && !wanted.starts_with("/export/sign-") { wanted } else { LIST }
}

/// Who reads the answer.
#[derive(Clone, Copy)]
enum Reader {
    /// Somebody before a browser.
    Person,
    Program,
}

impl Reader {
    fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if accept.contains("text/html") && !headers.contains_key(header::AUTHORIZATION) {
            Reader::Person
        } else {
            Reader::Program
        }
    }

    /// Has to sign in, and is led on to `next`.
    fn signed_out(self, next: &str) -> Response {
        let challenge = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"renkei\""))];
        let refused = match self {
            Reader::Person => shown(print::sign_in(next, "", None), StatusCode::UNAUTHORIZED),
            Reader::Program => self.refused(Refusal::signed_out().into()),
        };
        (challenge, refused).into_response()
    }

    fn refused(self, stop: Stop) -> Response {
        match (stop, self) {
            (Stop::Refused(refusal), Reader::Person) => {
                shown(print::refusal(&refusal.message), status(refusal.code))
            }
            (Stop::Refused(refusal), Reader::Program) => {
                let english = refusal.field.unwrap_or("refused".into());
                refuse(status(refusal.code), &refusal.message, &english)
            }
            (Stop::Fault(fault), Reader::Program) => internal_error(&fault),
            (Stop::Fault(fault), Reader::Person) => {
                let number = fault.log();
                let message = format!("サーバーで問題が起きました。管理者に番号 {number} をお伝えください。");
                shown(print::refusal(&message), StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

fn status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::BadCredentials | RefusalCode::SignedOut => StatusCode::UNAUTHORIZED,
        RefusalCode::Forbidden | RefusalCode::Phase => StatusCode::FORBIDDEN,
        RefusalCode::NotFound => StatusCode::NOT_FOUND,
        RefusalCode::Invalid | RefusalCode::TooLong => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalCode::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
    }
}

fn shown(page: Page, status: StatusCode) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, page.policy),
        (header::VARY, "accept, accept-encoding, authorization, cookie".to_owned()),
    ];
    (status, headers, page.html).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_pages_of_the_export_alone() {
        let sheet =
            "/export/0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55/2026/print?scenes=END_OF_LIFE&text=%E7%9C%8B";
        for ours in [sheet, "/export", "/export?x=1"] {
            assert_eq!(next(ours), ours);
        }
        for other in [
            "",
            "/",
            "/exports",
            "//host.example/export",
            "/export\\..",
            "/export/\r\nx: y",
            "/export/看取り",
            "/export/sign-out",
            "https://host.example/export",
        ] {
            assert_eq!(next(other), LIST, "{other}");
        }
    }

    #[test]
    fn browsers_read_pages_and_programs_data() {
        let of = |pairs: &[(HeaderName, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            matches!(Reader::of(&headers.collect()), Reader::Person)
        };
        assert!(of(&[(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")]));
        assert!(!of(&[(header::ACCEPT, "application/json")]));
        assert!(!of(&[(header::ACCEPT, "text/html"), (header::AUTHORIZATION, "Bearer x")]));
        assert!(!of(&[]));
    }
}
