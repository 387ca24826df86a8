//! `/import`: a sheet's file is looked at, taken in, and taken back.
//!
//! Files come as `multipart/form-data`, as browsers and curl send them. async-graphql-axum takes uploads too, by the
//! multipart request specification; then every request to `/graphql` could carry megabytes, and the answer to a file of
//! 2,000 entries would be executed field by field.

use super::refusal::{internal_error, not_allowed, panicked, refuse};
use crate::App;
use crate::caller::Identity;
use crate::graphql::Caller;
use crate::import::person::{self, Look, Taken, Upload};
use crate::import::preview::{Difference, Preview};
use crate::import::reader::{Notice, NoticeKind, Report};
use crate::refusal::{Refusal, RefusalCode, Stop};
use axum::Json;
use axum::Router;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Extension, Multipart, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use renkei_domain::{EntryText, FiscalYear, OrganizationId, RegionId, RequestId, era};
use serde_json::{Value, json};

const PATH: &str = "/import/";
/// Characters of a file's name that are kept.
const NAME_CHARS: usize = 100;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/import/{region}/{year}/preview", post(look).fallback(posted_only))
        .route("/import/{region}/{year}", post(import).fallback(posted_only))
        .route("/import/{region}/{year}/undo", post(undo).fallback(posted_only))
        // The size of a body is limited before.
        .layer(DefaultBodyLimit::disable())
}

/// Whether requests to this address may carry a file.
pub fn takes(uri: &Uri) -> bool {
    uri.path().starts_with(PATH)
}

async fn posted_only() -> Response {
    not_allowed("POST", "このアドレスでは、この方法での操作はできません。")
}

type Parts = Result<Multipart, MultipartRejection>;

/// What a file would change.
async fn look(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(sheet): Path<(String, String)>,
    parts: Parts,
) -> Response {
    let made = async {
        let (identity, (region, year)) = asked(&caller, &sheet)?;
        let sent = Sent::read(parts).await?;
        let preview = match person::look(&app.db, identity.viewer(), region, year, &sent.upload).await? {
            Look::Read(preview) => preview,
            Look::Unread(refusal, offer) => return Ok(unread(&refusal, &offer)),
        };
        let answer = tokio::task::spawn_blocking(move || shown(&preview)).await;
        Ok(Json(answer.map_err(|error| match error.try_into_panic() {
            Ok(panic) => panicked(&*panic),
            Err(error) => error.into(),
        })?)
        .into_response())
    };
    made.await.unwrap_or_else(refused)
}

/// Takes what was chosen of a file.
async fn import(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(sheet): Path<(String, String)>,
    parts: Parts,
) -> Response {
    let made = async {
        let (identity, sheet) = asked(&caller, &sheet)?;
        let sent = Sent::read(parts).await?;
        let done = person::import(&app.db, identity, sent.request, sheet, sent.upload, sent.taken).await?;
        Ok(Json(done).into_response())
    };
    made.await.unwrap_or_else(refused)
}

/// Takes an import back.
async fn undo(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(sheet): Path<(String, String)>,
    parts: Parts,
) -> Response {
    let made = async {
        let (identity, sheet) = asked(&caller, &sheet)?;
        let sent = Sent::read(parts).await?;
        let undone = person::undo(&app.db, identity, sent.request, sheet, sent.import).await?;
        Ok(Json(undone).into_response())
    };
    made.await.unwrap_or_else(refused)
}

/// Who asks, and for which sheet.
fn asked<'a>(
    caller: &'a Caller,
    (region, year): &(String, String),
) -> Result<(&'a Identity, (RegionId, FiscalYear)), Stop> {
    let identity = caller.identity.as_ref().ok_or_else(Refusal::signed_out)?;
    let sheet = region.parse().ok().zip(year.parse().ok().map(FiscalYear));
    Ok((identity, sheet.ok_or_else(|| Refusal::not_found("計画・評価表"))?))
}

/// The parts of a request.
#[derive(Default)]
struct Sent {
    upload: Upload,
    taken: Taken,
    request: Option<RequestId>,
    import: Option<RequestId>,
}

impl Sent {
    async fn read(parts: Parts) -> Result<Self, Stop> {
        let unreadable =
            || Refusal::invalid("file", "送られた内容が読めません。multipart/form-data で送ってください。");
        let mut parts = parts.map_err(|_| unreadable())?;
        let mut sent = Sent::default();
        while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                let file_name: String =
                    part.file_name().unwrap_or("貼り付けた表").chars().take(NAME_CHARS).collect();
                sent.upload.name = file_name.replace(char::is_control, " ");
                sent.upload.file = part.bytes().await.map_err(|_| unreadable())?.to_vec();
                continue;
            }
            let text = part.text().await.map_err(|_| unreadable())?;
            let wrong = |field: &'static str| Refusal::invalid(field, format!("「{field}」が読めません。"));
            match name.as_str() {
                "choices" => {
                    sent.upload.choices = serde_json::from_str(&text).map_err(|_| wrong("choices"))?;
                }
                "take" => sent.taken = serde_json::from_str(&text).map_err(|_| wrong("take"))?,
                "requestId" => sent.request = text.trim().parse().ok(),
                "import" => sent.import = text.trim().parse().ok(),
                _ => {
                    let message = format!("「{name}」という項目はありません。");
                    return Err(Refusal::invalid("file", message).into());
                }
            }
        }
        Ok(sent)
    }
}

fn refused(stop: Stop) -> Response {
    match stop {
        Stop::Refused(refusal) => {
            let status = match refusal.code {
                RefusalCode::BadCredentials | RefusalCode::SignedOut => StatusCode::UNAUTHORIZED,
                RefusalCode::Forbidden | RefusalCode::Phase => StatusCode::FORBIDDEN,
                RefusalCode::NotFound => StatusCode::NOT_FOUND,
                RefusalCode::Invalid | RefusalCode::TooLong => StatusCode::UNPROCESSABLE_ENTITY,
                RefusalCode::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            };
            let english = refusal.field.unwrap_or("refused".into());
            refuse(status, &refusal.message, &english)
        }
        Stop::Fault(fault) => internal_error(&fault),
    }
}

/// A refusal with what a person may say of the file.
fn unread(refusal: &Refusal, offer: &Report) -> Response {
    let error = json!({ "message": refusal.message });
    let answer = json!({ "errors": [error], "report": report(offer) });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(answer)).into_response()
}

/// A preview as `docs/import.md` describes it.
fn shown(preview: &Preview) -> Value {
    let organization = |id: Option<OrganizationId>| {
        let found = id.and_then(|id| preview.view.frame.region.organization(id));
        found.map(|organization| json!({ "id": organization.id, "name": organization.name }))
    };
    let text = |text: &EntryText, owner: Option<OrganizationId>| {
        json!({
            "body": text.body, "notes": text.notes, "explicitScenes": text.explicit_scenes,
            "owner": organization(owner),
        })
    };
    let difference = |difference: &Difference| {
        let have = difference.have.as_ref();
        let by = have.and_then(|entry| preview.view.people.get(&entry.updated_by?));
        json!({
            "key": difference.key,
            "kind": difference.kind.code(),
            "version": difference.version(),
            "code": difference.code,
            "facet": difference.cell.facet,
            "fiscalYear": difference.cell.fiscal_year,
            "line": difference.line,
            "have": have.map(|entry| text(&entry.text, entry.owner)),
            "want": difference.want.as_ref().map(|wanted| text(&wanted.text, wanted.owner)),
            "merged": difference.merged,
            "edited": difference.edited.then(|| json!({
                "by": by.map(|viewer| &viewer.account.name),
                "organization": by.map(|viewer| &viewer.account.organization.name),
                "at": have.map(|entry| era::tokyo(entry.updated_at).to_string()),
            })),
            "refused": difference.refused,
            "taken": difference.taken,
        })
    };
    let sheet = &preview.reading.sheet;
    let rows = sheet.rows.iter().map(|row| {
        let cells: Vec<Vec<Value>> =
            row.cells.iter().map(|cell| cell.iter().map(|entry| text(entry, None)).collect()).collect();
        json!({ "code": row.code, "title": row.title, "scenes": row.scenes, "line": row.line, "cells": cells })
    });
    json!({
        "report": report(&preview.reading.report),
        "columns": sheet.columns.iter().map(|column| json!({
            "facet": column.facet, "fiscalYear": column.fiscal_year, "heading": column.heading,
        })).collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
        "newSheet": preview.made.is_some(),
        "same": preview.same,
        "differences": preview.differences.iter().map(difference).collect::<Vec<_>>(),
    })
}

fn report(report: &Report) -> Value {
    let notice = |notice: &Notice| json!({ "kind": notice.kind, "place": notice.place.to_string(), "message": notice.message });
    let left_out = report.notices.iter().filter(|notice| notice.kind == NoticeKind::LeftOut).count();
    json!({
        "form": report.form,
        "formName": report.form.name(),
        "beside": report.beside,
        "tables": report.tables.iter().map(|table| json!({
            "name": table.name, "taken": table.taken, "rows": table.rows,
        })).collect::<Vec<_>>(),
        "columns": report.columns.iter().map(|column| json!({
            "column": column.column, "heading": column.heading, "role": column.role,
        })).collect::<Vec<_>>(),
        "rows": report.rows.iter().map(|row| json!({
            "line": row.line, "text": row.text, "role": row.role,
        })).collect::<Vec<_>>(),
        "notices": report.notices.iter().map(notice).collect::<Vec<_>>(),
        "moreNotices": report.more_notices,
        "leftOut": left_out,
    })
}
