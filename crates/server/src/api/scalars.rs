//! Scalars and enumerations of the API, which the domain knows without knowing GraphQL.

use crate::entry::{CellKey, EntryOrCell};
use async_graphql::{Enum, ID, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use renkei_domain as domain;
use renkei_domain::FiscalYear;
use uuid::Uuid;

/// A time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub i64);

/// 時刻。協定世界時のISO 8601形式（例 2026-02-06T01:23:45.678Z）。入力には時差も書けます（例 2026-04-01T00:00:00+09:00）。
/// A time in UTC as ISO 8601; with another offset, when it is sent.
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(DateTime(text.parse::<jiff::Timestamp>()?.as_millisecond())),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        let timestamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Value::String(format!("{timestamp:.3}"))
    }
}

/// An id from outside. What is no id names nothing: it becomes the nil UUID, which nothing has.
pub fn id<Id: From<Uuid>>(id: &ID) -> Id {
    Id::from(id.parse::<Uuid>().unwrap_or_default())
}

/// A year from outside. One beyond those that a sheet can have becomes the nearest such year, of which there is no
/// sheet either.
pub fn year(year: i32) -> FiscalYear {
    FiscalYear(year.clamp(FiscalYear::MIN.0 - 1, FiscalYear::MAX.0 + 1))
}

pub fn cell(item: &ID, facet: Facet, fiscal_year: i32) -> CellKey {
    CellKey { item: id(item), facet: facet.into(), fiscal_year: year(fiscal_year) }
}

/// An entry, or else a cell, of which all is given.
pub fn entry_or_cell(
    entry: Option<&ID>,
    item: Option<&ID>,
    facet: Option<Facet>,
    fiscal_year: Option<i32>,
) -> Option<EntryOrCell> {
    match entry {
        Some(entry) => Some(EntryOrCell::Entry(id(entry))),
        None => Some(EntryOrCell::Cell(cell(item?, facet?, fiscal_year?))),
    }
}

/// ケアの4つの場面。
/// The four care scenes of the guide.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::CareScene")]
pub enum CareScene {
    /// 日常の療養支援
    DailyCare,
    /// 入退院支援
    HospitalTransition,
    /// 急変時の対応
    Emergency,
    /// 看取り
    EndOfLife,
}

/// 欄：事業項目について何を書くか。
/// What a cell says about its item.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::Facet")]
pub enum Facet {
    /// 取組状況及び結果
    Status,
    /// 評価
    Evaluation,
    /// 目標
    Goal,
    /// 計画
    Plan,
}

/// 機関の種別。
/// Kinds of organisations.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::OrganizationKind")]
pub enum OrganizationKind {
    /// 在宅医療連携拠点
    Hub,
    /// 市町村
    Municipality,
    /// 保健所
    HealthCenter,
    /// 地域包括支援センター
    SupportCenter,
    /// 協議会
    Council,
}

/// 圏域での役割。後のものは前のものの権限を含みます。
/// A role in a region; each includes those before it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::Role")]
pub enum Role {
    /// 閲覧者
    Viewer,
    /// 編集者
    Editor,
    /// 承認者
    Approver,
    /// 圏域の管理者
    Admin,
}

/// 計画・評価表の段階。
/// Phases of a sheet.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::Phase")]
pub enum Phase {
    /// 作成中
    Draft,
    /// 確認中：事務局だけが編集できます。 Only the secretariat edits.
    Review,
    /// 確定：だれも編集できません。 Nobody edits.
    Fixed,
}

/// 注記の種類。印は文には含めません。
/// Kinds of notes; the mark is not part of the text.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::NoteKind")]
pub enum NoteKind {
    /// *
    Asterisk,
    /// ①
    Numbered,
    /// ・
    Dot,
}

/// 選んだ場面のうち、どれか1つに当てはまればよいか、すべてに当てはまるか。
/// Whether one of the chosen scenes is enough, or all are needed.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::SceneMatch")]
pub enum SceneMatch {
    /// いずれか
    Any,
    /// すべて
    All,
}

/// 依頼を受け付けなかった理由。
/// Why a request was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "crate::refusal::RefusalCode")]
pub enum RefusalCode {
    /// ログイン名またはパスワードが違う。 Wrong login or password.
    BadCredentials,
    /// サインインしていない。 Not signed in.
    SignedOut,
    /// 権限がない。 No right to do that.
    Forbidden,
    /// 表の段階では編集できない。 Not in this phase of the sheet.
    Phase,
    /// ない、または閲覧できない。 Not there, or not readable.
    NotFound,
    /// 入力が正しくない。 Invalid input.
    Invalid,
    /// 入力が長すぎる、または多すぎる。 Too long, or too many.
    TooLong,
    /// サインインの失敗が続いたので、しばらく待つ。 Too many failed sign-ins: wait.
    TooManyAttempts,
}

/// Scenes in the sheet's order.
pub fn scenes(set: domain::SceneSet) -> Vec<CareScene> {
    set.iter().map(CareScene::from).collect()
}

pub fn scene_set(scenes: Vec<CareScene>) -> domain::SceneSet {
    scenes.into_iter().map(domain::CareScene::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc() {
        assert_eq!(DateTime(1_770_340_000_120).to_value(), Value::from("2026-02-06T01:06:40.120Z"));
    }
}
