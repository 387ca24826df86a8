//! What of a sheet is wanted, and how: the parameters of an address, named as in the client's and in GraphQL's `EntryFilter`.

use crate::refusal::Refusal;
use renkei_domain::{
    CareScene, EntryFilter, Facet, OrganizationId, SceneMatch, SceneSet, SnapshotId, limits,
};
use serde::Deserialize;

/// Parameters as written. What narrows what is shown or says how is read exactly or refused: an officer who mistypes a
/// filter must not hand out the whole sheet. Others, as the client's `since`, say nothing here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Written {
    pub scenes: String,
    pub scene_match: String,
    pub explicit_scenes_only: String,
    pub inherited_scenes_only: String,
    pub joint: String,
    pub owner_ids: String,
    pub text: String,
    pub hidden_facets: String,
    pub snapshot: String,
    pub organizations: String,
    pub paper: String,
    pub encoding: String,
    pub replace: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    pub filter: EntryFilter,
    /// What is searched for, as typed.
    pub text: String,
    /// Columns of these facets are left out.
    pub hidden: Vec<Facet>,
    pub state: State,
    /// With the organisations' own entries. A filter that asks for them has them in any case.
    pub organizations: bool,
    pub paper: Paper,
    pub encoding: Encoding,
    /// Characters that the encoding lacks are replaced.
    pub replace: bool,
}

/// Which states of a sheet are compared, as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WrittenStates {
    pub from: String,
    pub to: String,
    pub unchanged: String,
}

/// Which state of a sheet is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Now,
    Snapshot(SnapshotId),
    /// As it stood right after the change of this number.
    Change(i64),
}

/// Which states of a sheet are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct States {
    pub from: State,
    pub to: State,
    /// With what is the same in both.
    pub unchanged: bool,
}

/// Landscape in either case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    #[default]
    A3,
    A4,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Utf8,
    /// Windows' Shift_JIS.
    Cp932,
}

impl Paper {
    pub const ALL: [Paper; 2] = [Paper::A3, Paper::A4];

    pub fn code(self) -> &'static str {
        match self {
            Paper::A3 => "a3",
            Paper::A4 => "a4",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Paper::A3 => "A3",
            Paper::A4 => "A4",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.code() == code)
    }
}

impl Encoding {
    pub const ALL: [Encoding; 2] = [Encoding::Utf8, Encoding::Cp932];

    pub fn code(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Cp932 => "cp932",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.code() == code)
    }
}

impl Parameters {
    /// Whether organisations' own entries are in it, as far as the filter admits them.
    pub fn with_own(&self) -> bool {
        self.organizations || self.filter.joint == Some(false) || !self.filter.owners.is_empty()
    }

    /// The filter in words, for those who read what comes out. `name`: of an organisation.
    pub fn filter_in_words(&self, name: impl Fn(OrganizationId) -> String) -> Option<String> {
        let filter = &self.filter;
        let mut words = Vec::new();
        if !filter.scenes.is_empty() {
            let names: Vec<&str> = filter.scenes.iter().map(CareScene::name).collect();
            let how = match (filter.scene_match, names.len()) {
                (SceneMatch::All, 2..) => "のすべて",
                (SceneMatch::Any, 2..) => "のいずれか",
                _ => "",
            };
            words.push(format!("場面「{}」{how}", names.join("」「")));
        }
        if filter.explicit_scenes_only {
            words.push("場面を明示した取組だけ".to_owned());
        }
        if filter.inherited_scenes_only {
            words.push("場面を明示していない取組だけ".to_owned());
        }
        match filter.joint {
            Some(true) => words.push("共同の取組だけ".to_owned()),
            Some(false) => words.push("機関ごとの取組だけ".to_owned()),
            None => {}
        }
        if !filter.owners.is_empty() {
            let names: Vec<String> = filter.owners.iter().map(|owner| name(*owner)).collect();
            words.push(format!("主体「{}」", names.join("」「")));
        }
        if !filter.text.is_empty() {
            words.push(format!("「{}」を含む取組", self.text.trim()));
        }
        (!words.is_empty()).then(|| words.join("、"))
    }
}

impl TryFrom<Written> for Parameters {
    type Error = Refusal;

    fn try_from(written: Written) -> Result<Self, Refusal> {
        let text = written.text;
        if text.chars().count() > limits::SEARCH_CHARS {
            let message = format!("検索文は{}文字までです。", limits::SEARCH_CHARS);
            return Err(Refusal::too_long("text", message));
        }
        let owners = listed("ownerIds", &written.owner_ids, |id| id.parse().ok())?;
        if owners.len() > limits::PAGE_ROWS {
            return Err(Refusal::invalid("ownerIds", format!("主体は{}件までです。", limits::PAGE_ROWS)));
        }
        let scene_match = chosen("sceneMatch", &written.scene_match, |code| match code {
            "ANY" => Some(SceneMatch::Any),
            "ALL" => Some(SceneMatch::All),
            _ => None,
        })?;
        let filter = EntryFilter {
            scenes: SceneSet::from(listed("scenes", &written.scenes, CareScene::from_code)?),
            scene_match: scene_match.unwrap_or_default(),
            explicit_scenes_only: yes("explicitScenesOnly", &written.explicit_scenes_only)?,
            inherited_scenes_only: yes("inheritedScenesOnly", &written.inherited_scenes_only)?,
            joint: chosen("joint", &written.joint, truth)?,
            owners,
            ..EntryFilter::default()
        };
        Ok(Parameters {
            filter: filter.with_text(&text),
            text,
            hidden: listed("hiddenFacets", &written.hidden_facets, Facet::from_code)?,
            state: chosen("snapshot", &written.snapshot, snapshot)?.unwrap_or_default(),
            organizations: yes("organizations", &written.organizations)?,
            paper: chosen("paper", &written.paper, Paper::from_code)?.unwrap_or_default(),
            encoding: chosen("encoding", &written.encoding, Encoding::from_code)?.unwrap_or_default(),
            replace: yes("replace", &written.replace)?,
        })
    }
}

impl TryFrom<WrittenStates> for States {
    type Error = Refusal;

    fn try_from(written: WrittenStates) -> Result<Self, Refusal> {
        if written.from.is_empty() {
            let message = "比べるもとを from で指定してください（提出版のID、変更の番号、または now）。";
            return Err(Refusal::invalid("from", message));
        }
        Ok(States {
            from: chosen("from", &written.from, state)?.unwrap_or_default(),
            to: chosen("to", &written.to, state)?.unwrap_or_default(),
            unchanged: chosen("unchanged", &written.unchanged, truth)?.unwrap_or(true),
        })
    }
}

fn snapshot(written: &str) -> Option<State> {
    written.parse().ok().map(State::Snapshot)
}

/// `now`, a snapshot's id, or a change's number.
fn state(written: &str) -> Option<State> {
    match written {
        "now" => Some(State::Now),
        written => snapshot(written).or_else(|| written.parse().ok().map(State::Change)),
    }
}

/// A value that can be read; none, if none is given.
fn chosen<T>(
    name: &'static str,
    written: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    match written {
        "" => Ok(None),
        written => read(written).map(Some).ok_or_else(|| unreadable(name, written)),
    }
}

/// Values between commas.
fn listed<T>(name: &'static str, written: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Refusal> {
    let values = written.split(',').filter(|value| !value.is_empty());
    values.map(|value| read(value).ok_or_else(|| unreadable(name, value))).collect()
}

fn yes(name: &'static str, written: &str) -> Result<bool, Refusal> {
    Ok(chosen(name, written, truth)?.unwrap_or_default())
}

fn truth(written: &str) -> Option<bool> {
    match written {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn unreadable(name: &'static str, value: &str) -> Refusal {
    let value: String = value.chars().take(limits::NAME_CHARS).collect();
    Refusal::invalid(
        name,
        format!("アドレスの {name} の値「{value}」が読めません。アドレスを確かめてください。"),
    )
}
