//! Who, when, what: the lines that history and comments are made of, and a difference as a person reads it.

use super::queries::{Change, Difference, EntryState, Fate, Owner};
use crate::{
    api::{EnumValue, scene_set},
    text::{self, history as words, sheet::somebody},
    ui::named,
};
use leptos::prelude::*;
use renkei_domain::{Facet, FiscalYear, SceneSet, era};

/// 本庄市 佐藤花子　R8/11/24 13:05
#[component]
pub fn Who(
    organization: String,
    name: String,
    #[prop(optional_no_strip)] token: Option<String>,
    at: String,
    #[prop(optional)] did: Option<&'static str>,
) -> impl IntoView {
    let moment = moment(&at);
    view! {
        <p class="who">
            <strong>
                <bdi>{somebody(&organization, &name)}</bdi>
            </strong>
            {token.map(|token| named(words::via, &token))}
            " "
            <time datetime=at>{moment}</time>
            {did.map(|did| view! { " " <b class="did">{did}</b> })}
        </p>
    }
}

/// One change: who and when, what, and the difference to the version before.
#[component]
pub fn ChangeLine(change: Change, with_place: bool, children: Children) -> impl IntoView {
    let what = match change.entry {
        Some(about) => {
            let place = with_place.then(|| {
                let place = place(&about.item.code, about.facet, about.fiscal_year);
                view! { <p class="place">{place}</p> }
            });
            let changed = changed(about.before.as_ref().map(Version::from), (&about.after).into());
            view! {
                {place}
                {changed_line(changed)}
                <DifferenceText parts=about.difference/>
            }
            .into_any()
        }
        None => view! { <p>{change.summary}</p> }.into_any(),
    };
    view! {
        <li class="change">
            <Who
                organization=change.by_organization
                name=change.by_name
                token=change.via_token
                at=change.at
                did=words::action(change.action)
            />
            {what}
            {children()}
        </li>
    }
}

/// What else differs, if anything does.
pub fn changed_line(changed: String) -> impl IntoView {
    (!changed.is_empty()).then(|| view! { <p class="changed">{changed}</p> })
}

/// What became of the text; deleted and inserted parts are marked by line and ground, and said (by the style sheet) to
/// who hears the page.
#[component]
pub fn DifferenceText(parts: Vec<Difference>) -> impl IntoView {
    let parts = parts.into_iter().map(|Difference { fate, text }| match fate {
        Fate::Deleted => view! { <del>{text}</del> }.into_any(),
        Fate::Inserted => view! { <ins>{text}</ins> }.into_any(),
        Fate::Same | Fate::Unknown => text.into_any(),
    });
    view! {
        <p class="difference">
            <bdi>{parts.collect_view()}</bdi>
        </p>
    }
}

/// A moment of the server's as the clock in Japan shows it: R8/11/24 13:05
pub fn moment(at: &str) -> String {
    clock(js_sys::Date::parse(at) as i64)
}

/// A version of an entry beside its text: scenes, whose it is, where it stands.
#[derive(Clone, Copy)]
pub struct Version<'a> {
    pub scenes: SceneSet,
    pub owner: Option<&'a Owner>,
    pub item: &'a str,
    pub facet: EnumValue<Facet>,
    pub year: i32,
}

impl<'a> From<&'a EntryState> for Version<'a> {
    fn from(state: &'a EntryState) -> Self {
        Self {
            scenes: scene_set(&state.explicit_scenes),
            owner: state.owner.as_ref(),
            item: &state.item.code,
            facet: state.facet,
            year: state.fiscal_year,
        }
    }
}

/// What else differs between two versions of an entry, in words.
pub fn changed(before: Option<Version<'_>>, after: Version<'_>) -> String {
    let mut changed = String::new();
    let Some(before) = before else { return changed };
    let mut say = |sentence: String| {
        if !sentence.is_empty() {
            let comma = if changed.is_empty() { "" } else { "、" };
            changed.extend([comma, &sentence]);
        }
    };
    let (old, new) = (before.scenes, after.scenes);
    let only = |a: SceneSet, b: SceneSet| a.iter().filter(|scene| !b.contains(*scene)).collect::<SceneSet>();
    say(text::sheet::scenes_changed(only(new, old), only(old, new)));
    if before.owner.map(|owner| owner.id) != after.owner.map(|owner| owner.id) {
        say(words::owner_changed(owner(before.owner), owner(after.owner)));
    }
    let place = |version: Version<'_>| place(version.item, version.facet, version.year);
    let (old, new) = (place(before), place(after));
    if old != new {
        say(words::moved(&old, &new));
    }
    changed
}

/// （ウ）・令和8年度の計画
pub fn place(item: &str, facet: EnumValue<Facet>, year: i32) -> String {
    text::sheet::place(item, FiscalYear(year), facet.0.map_or("", Facet::name))
}

fn owner(owner: Option<&Owner>) -> &str {
    owner.map_or(text::sheet::JOINT, |owner| &owner.short_name)
}

fn clock(unix_ms: i64) -> String {
    let time = era::tokyo(unix_ms);
    let mut clock = era::format_short(time.date);
    clock.push(' ');
    clock.push_str(&time.hour.to_string());
    clock.push_str(if time.minute < 10 { ":0" } else { ":" });
    clock.push_str(&time.minute.to_string());
    clock
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Id;
    use renkei_domain::CareScene;

    #[test]
    fn a_moment_is_told_as_in_japan() {
        // 2026-11-24T04:05:00Z
        assert_eq!(clock(1_795_493_100_000), "R8/11/24 13:05");
        assert_eq!(clock(1_795_493_100_000 + 10 * 60_000), "R8/11/24 13:15");
    }

    #[test]
    fn what_differs_beside_the_text_is_said_in_words() {
        let before = Version {
            scenes: SceneSet::EMPTY,
            owner: None,
            item: "ア",
            facet: EnumValue(Some(Facet::Plan)),
            year: 2026,
        };
        assert_eq!(changed(Some(before), before), "");
        assert_eq!(changed(None, before), "");
        let owner = Owner { id: Id::default(), short_name: "本庄".to_owned() };
        let scenes = [CareScene::EndOfLife].into_iter().collect();
        let after = Version { scenes, owner: Some(&owner), item: "イ", ..before };
        assert_eq!(
            changed(Some(before), after),
            "場面に看取りを追加、主体：共同 → 本庄、（ア）・令和8年度の計画 → （イ）・令和8年度の計画"
        );
    }
}
