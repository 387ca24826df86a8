//! The client's addresses: what each page's is, which one is shown, and the ways from one to another.

use crate::ui::dom;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params, use_url},
    location::{BrowserUrl, Location, LocationChange, LocationProvider, State},
    params::Params,
};
use renkei_domain::{FiscalYear, RegionId, SnapshotId};

/// The part of the sign-in page's query that names the address to go on to.
const NEXT: &str = "next=";
/// A document of its own, beside the client. Links to it have `rel="external"`, as the router would keep them here.
const PLAYGROUND: &str = "/playground";

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Start,
    SignIn,
    Account,
    /// The viewer's own tokens.
    Tokens,
    Sheet(RegionId, FiscalYear),
    Handouts(RegionId, FiscalYear),
    History(RegionId, FiscalYear),
    /// Looking for words in all years; the header stays that of a sheet.
    Search(RegionId, FiscalYear),
    /// A sheet as it was laid before a council.
    Snapshot(RegionId, FiscalYear, SnapshotId),
    /// Taking in a file.
    Import(RegionId, FiscalYear),
    /// What concerns the viewer.
    Notices,
    NotFound,
}

impl Route {
    /// The page at a path (without query and fragment).
    pub fn parse(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let parts: [Option<&str>; 7] = std::array::from_fn(|_| parts.next());
        match parts {
            [None, ..] => Self::Start,
            [Some("sign-in"), None, ..] => Self::SignIn,
            [Some("account"), None, ..] => Self::Account,
            [Some("account"), Some("tokens"), None, ..] => Self::Tokens,
            [Some("waiting"), None, ..] => Self::Notices,
            [
                Some("regions"),
                Some(id),
                Some("sheets"),
                Some(year),
                Some("snapshots"),
                Some(snapshot),
                None,
            ] => match (id.parse(), year.parse(), snapshot.parse()) {
                (Ok(id), Ok(year), Ok(snapshot)) => Self::Snapshot(id, FiscalYear(year), snapshot),
                _ => Self::NotFound,
            },
            [Some("regions"), Some(id), Some("sheets"), Some(year), page, None, None] => {
                match (id.parse(), year.parse(), page) {
                    (Ok(id), Ok(year), None) => Self::Sheet(id, FiscalYear(year)),
                    (Ok(id), Ok(year), Some("handouts")) => Self::Handouts(id, FiscalYear(year)),
                    (Ok(id), Ok(year), Some("history")) => Self::History(id, FiscalYear(year)),
                    (Ok(id), Ok(year), Some("search")) => Self::Search(id, FiscalYear(year)),
                    (Ok(id), Ok(year), Some("import")) => Self::Import(id, FiscalYear(year)),
                    _ => Self::NotFound,
                }
            }
            _ => Self::NotFound,
        }
    }

    pub fn path(&self) -> String {
        match self {
            Self::Start | Self::NotFound => "/".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::Account => "/account".to_owned(),
            Self::Tokens => "/account/tokens".to_owned(),
            Self::Notices => "/waiting".to_owned(),
            Self::Sheet(region, year) => format!("/regions/{region}/sheets/{}", year.0),
            Self::Handouts(region, year) => Self::Sheet(*region, *year).path() + "/handouts",
            Self::History(region, year) => Self::Sheet(*region, *year).path() + "/history",
            Self::Search(region, year) => Self::Sheet(*region, *year).path() + "/search",
            Self::Import(region, year) => Self::Sheet(*region, *year).path() + "/import",
            Self::Snapshot(region, year, snapshot) => {
                format!("{}/snapshots/{snapshot}", Self::Sheet(*region, *year).path())
            }
        }
    }

    /// The region that the page is about.
    pub fn region(&self) -> Option<RegionId> {
        match self {
            Self::Sheet(region, _)
            | Self::Handouts(region, _)
            | Self::History(region, _)
            | Self::Search(region, _)
            | Self::Snapshot(region, ..)
            | Self::Import(region, _) => Some(*region),
            Self::Start | Self::SignIn | Self::Account | Self::Tokens | Self::Notices | Self::NotFound => {
                None
            }
        }
    }
}

/// The sign-in page's address, from where signing in leads on to `next`.
pub fn sign_in_path(next: &str) -> String {
    let start = Route::SignIn.path();
    if next == "/" { start } else { format!("{start}?{NEXT}{}", js_sys::encode_uri_component(next)) }
}

/// The server's page of the API, opened at a sheet.
pub fn playground_path(region: RegionId, year: FiscalYear) -> String {
    format!("{PLAYGROUND}?region={region}&year={}", year.0)
}

/// Where signing in leads to, by the sign-in page's query.
pub fn wanted(query: &str) -> String {
    let next = query.split('&').find_map(|pair| pair.strip_prefix(NEXT));
    let next = next.and_then(|next| js_sys::decode_uri_component(next).ok()).map(String::from);
    safe_next(&next.unwrap_or_default()).to_owned()
}

/// Where to go after signing in: a path of this server alone, whatever the address says.
pub fn safe_next(next: &str) -> &str {
    let mut chars = next.chars();
    let ours = chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && !next.contains(|c: char| c.is_control() || c == '\\');
    if ours { next } else { "/" }
}

/// Goes to an address without a way back to the one before; also to the playground.
pub fn go_instead(navigate: &impl Fn(&str, NavigateOptions), address: &str) {
    if address.starts_with(PLAYGROUND) {
        // Refused for no address of this server.
        let _ = dom::location().replace(address);
    } else {
        navigate(address, NavigateOptions { replace: true, ..NavigateOptions::default() });
    }
}

/// How a change of the address stands in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Back returns to the address before.
    Push,
    /// In place of the address before.
    Replace,
}

/// The page that is shown; changes only when another page is to be shown.
pub fn use_route() -> Memo<Route> {
    let pathname = use_location().pathname;
    Memo::new(move |_| pathname.with(|path| Route::parse(path)))
}

/// Path, query and fragment that are shown.
pub fn use_address() -> Signal<String> {
    let Location { pathname, search, hash, .. } = use_location();
    Signal::derive(move || {
        let search = search.get();
        let mark = if search.is_empty() { "" } else { "?" };
        [pathname.get(), mark.to_owned(), search, hash.get()].concat()
    })
}

/// The address's query as it stands there, without `?`. On a page it is the page's own: it stays when another page is
/// on its way.
pub fn use_query() -> Memo<String> {
    let url = use_url();
    Memo::new(move |_| url.with(|url| url.search().to_owned()))
}

/// The address's fragment, without `#`; a page's own like [`use_query`].
pub fn use_fragment() -> Memo<String> {
    let url = use_url();
    Memo::new(move |_| url.with(|url| url.hash().trim_start_matches('#').to_owned()))
}

/// Which snapshot a page is about; none for an address that names none.
pub fn use_snapshot() -> Memo<Option<SnapshotId>> {
    let params = use_params::<SnapshotParams>();
    Memo::new(move |_| params.get().ok().map(|params| params.snapshot))
}

#[derive(Clone, Copy, PartialEq, Params)]
struct SnapshotParams {
    snapshot: SnapshotId,
}

/// Region and year of a sheet's page; none for an address that names no sheet.
pub fn use_sheet() -> Memo<Option<(RegionId, FiscalYear)>> {
    let params = use_params::<SheetParams>();
    Memo::new(move |_| params.get().ok().map(|SheetParams { region, year }| (region, FiscalYear(year))))
}

#[derive(Clone, Copy, PartialEq, Params)]
struct SheetParams {
    region: RegionId,
    year: i32,
}

/// The address of the page that is being made, to be read and set where the router gives no context: in handlers and
/// after an await.
#[derive(Clone, Copy)]
pub struct PageAddress {
    pathname: Memo<String>,
    hash: Memo<String>,
    navigate: StoredValue<Navigate, LocalStorage>,
}

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

pub fn use_page_address() -> PageAddress {
    let Location { pathname, hash, .. } = use_location();
    PageAddress { pathname, hash, navigate: StoredValue::new_local(Box::new(use_navigate())) }
}

impl PageAddress {
    /// Sets the query (already encoded, without `?`).
    pub fn set_query(self, query: &str, step: Step) {
        let path = self.pathname.get_untracked();
        let address = if query.is_empty() { path } else { format!("{path}?{query}") };
        let replace = step == Step::Replace;
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        self.navigate.try_with_value(|navigate| navigate(&address, options));
    }

    /// Goes to another page.
    pub fn go(self, path: &str) {
        self.navigate.try_with_value(|navigate| navigate(path, NavigateOptions::default()));
    }

    /// The fragment now, without `#`.
    pub fn fragment(self) -> String {
        self.hash.get_untracked().trim_start_matches('#').to_owned()
    }
}

/// The router takes no step to the address that it believes to be shown, and only learns of the browser's own steps
/// where they lead one back. This tells it of the others.
pub fn follow_browser() {
    let browser = expect_context::<BrowserUrl>();
    let here = use_address();
    let steps = window_event_listener(leptos::ev::popstate, move |_| {
        let value = here.get_untracked();
        browser.complete_navigation(&LocationChange {
            value,
            replace: true,
            scroll: false,
            state: State::default(),
        });
    });
    on_cleanup(move || steps.remove());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Pages;
    use leptos_router::{MatchInterface, MatchNestedRoutes, PathSegment, RouteDefs};
    use std::collections::HashSet;

    const REGION: &str = "018f3a52-0000-7000-8000-000000000001";

    fn addresses() -> Vec<(Route, String)> {
        let region = REGION.parse().unwrap();
        vec![
            (Route::Start, "/".to_owned()),
            (Route::SignIn, "/sign-in".to_owned()),
            (Route::Account, "/account".to_owned()),
            (Route::Tokens, "/account/tokens".to_owned()),
            (Route::Notices, "/waiting".to_owned()),
            (Route::Sheet(region, FiscalYear(2026)), format!("/regions/{REGION}/sheets/2026")),
            (Route::Handouts(region, FiscalYear(2026)), format!("/regions/{REGION}/sheets/2026/handouts")),
            (Route::History(region, FiscalYear(2026)), format!("/regions/{REGION}/sheets/2026/history")),
            (Route::Search(region, FiscalYear(2026)), format!("/regions/{REGION}/sheets/2026/search")),
            (Route::Import(region, FiscalYear(2026)), format!("/regions/{REGION}/sheets/2026/import")),
            (
                Route::Snapshot(region, FiscalYear(2026), REGION.parse().unwrap()),
                format!("/regions/{REGION}/sheets/2026/snapshots/{REGION}"),
            ),
        ]
    }

    #[test]
    fn every_page_has_its_path() {
        for (route, path) in addresses() {
            assert_eq!(Route::parse(&path), route);
            assert_eq!(route.path(), path);
        }
    }

    #[test]
    fn the_router_shows_a_page_of_its_own_at_every_path() {
        let router = RouteDefs::new(Pages());
        let page = |path: &str| router.match_route(path).map(|page| page.as_id());
        let shown: HashSet<_> = addresses().iter().filter_map(|(_, path)| page(path)).collect();
        assert_eq!(shown.len(), addresses().len());
        assert_eq!(patterns().len(), addresses().len());
    }

    #[test]
    fn the_service_worker_keeps_every_page() {
        let worker = include_str!("../sw.js");
        let (_, list) = worker.split_once("const PAGES = [").unwrap();
        let (list, _) = list.split_once("];").unwrap();
        let known: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(known, patterns());
    }

    /// The paths that the router knows, as they are written there.
    fn patterns() -> Vec<String> {
        let written = |segment| match segment {
            PathSegment::Unit => String::new(),
            PathSegment::Static(name) => format!("/{name}"),
            PathSegment::Param(name) => format!("/:{name}"),
            other => panic!("{other:?} in an address"),
        };
        let path = |segments: Vec<PathSegment>| match segments.into_iter().map(written).collect::<String>() {
            start if start.is_empty() => "/".to_owned(),
            path => path,
        };
        Pages().generate_routes().into_iter().map(|route| path(route.segments)).collect()
    }

    #[test]
    fn what_is_no_page_is_not_found() {
        for path in [
            "/nowhere",
            "/sign-in/again",
            "/account/tokens/1",
            "/regions",
            "/regions/x/sheets/2026",
            "/graphql",
            "/regions/018f3a52-0000-7000-8000-000000000001/sheets/R8",
            "/regions/018f3a52-0000-7000-8000-000000000001/sheets/2026/handouts/3",
            "/regions/018f3a52-0000-7000-8000-000000000001/sheets/2026/else",
            "/regions/018f3a52-0000-7000-8000-000000000001/sheets/2026/snapshots",
            "/regions/018f3a52-0000-7000-8000-000000000001/sheets/2026/snapshots/x",
        ] {
            assert_eq!(Route::parse(path), Route::NotFound, "{path}");
        }
    }

    #[test]
    fn signing_in_leads_to_our_own_pages_alone() {
        assert_eq!(
            safe_next("/regions/1/sheets/2026?scene=END_OF_LIFE#a"),
            "/regions/1/sheets/2026?scene=END_OF_LIFE#a"
        );
        for next in ["", "//elsewhere", "/\\elsewhere", "https:elsewhere", "javascript:0", "/a\n", "/a\\b"] {
            assert_eq!(safe_next(next), "/", "{next}");
        }
    }
}
