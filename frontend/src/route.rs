//! The client's addresses, on the browser's history.
//!
//! A handful of pages needs no router from a library: measured, that one weighs 43 KB in brotli, a fifth of the whole first
//! load that is allowed.

use crate::ui::SetIfNew;
use crate::ui::dom;
use leptos::prelude::*;
use renkei_domain::{FiscalYear, RegionId};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The part of the sign-in page's query that names the address to go on to.
const NEXT: &str = "next=";
/// A document of its own, beside the client.
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
    /// Comments that wait for the viewer.
    Waiting,
    NotFound,
}

impl Route {
    /// The page at a path (without query and fragment).
    pub fn parse(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let parts: [Option<&str>; 6] = std::array::from_fn(|_| parts.next());
        match parts {
            [None, ..] => Self::Start,
            [Some("sign-in"), None, ..] => Self::SignIn,
            [Some("account"), None, ..] => Self::Account,
            [Some("account"), Some("tokens"), None, ..] => Self::Tokens,
            [Some("waiting"), None, ..] => Self::Waiting,
            [Some("regions"), Some(id), Some("sheets"), Some(year), page, None] => {
                match (id.parse(), year.parse(), page) {
                    (Ok(id), Ok(year), None) => Self::Sheet(id, FiscalYear(year)),
                    (Ok(id), Ok(year), Some("handouts")) => Self::Handouts(id, FiscalYear(year)),
                    (Ok(id), Ok(year), Some("history")) => Self::History(id, FiscalYear(year)),
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
            Self::Waiting => "/waiting".to_owned(),
            Self::Sheet(region, year) => format!("/regions/{region}/sheets/{}", year.0),
            Self::Handouts(region, year) => Self::Sheet(*region, *year).path() + "/handouts",
            Self::History(region, year) => Self::Sheet(*region, *year).path() + "/history",
        }
    }

    /// The region that the page is about.
    pub fn region(&self) -> Option<RegionId> {
        match self {
            Self::Sheet(region, _) | Self::Handouts(region, _) | Self::History(region, _) => Some(*region),
            Self::Start | Self::SignIn | Self::Account | Self::Tokens | Self::Waiting | Self::NotFound => {
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

/// Where signing in leads to, by the address that is shown.
pub fn wanted() -> String {
    let query = dom::location().search().unwrap_or_default();
    let next = query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix(NEXT));
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

/// How a change of the address stands in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Back returns to the address before.
    Push,
    /// In place of the address before.
    Replace,
}

struct Address {
    route: ArcRwSignal<Route>,
    query: ArcRwSignal<String>,
    fragment: ArcRwSignal<String>,
}

thread_local! {
    static ADDRESS: &'static Address = Box::leak(Box::new(Address {
        route: ArcRwSignal::new(read_route()),
        query: ArcRwSignal::new(read_query()),
        fragment: ArcRwSignal::new(read_fragment()),
    }));
}

fn address() -> &'static Address {
    ADDRESS.with(Clone::clone)
}

/// The page that is shown; changes only when another page is to be shown.
pub fn use_route() -> ArcRwSignal<Route> {
    address().route.clone()
}

/// [`use_route`] for one look.
pub fn route() -> Route {
    address().route.get_untracked()
}

/// The address's query as it stands there, without `?`.
pub fn use_query() -> ArcRwSignal<String> {
    address().query.clone()
}

/// The address's fragment, without `#`.
pub fn use_fragment() -> ArcRwSignal<String> {
    address().fragment.clone()
}

/// Sets the query (already encoded, without `?`) of the page that is shown.
pub fn set_query(query: &str, step: Step) {
    let path = dom::location().pathname().unwrap_or_default();
    move_to(&if query.is_empty() { path } else { format!("{path}?{query}") }, step);
}

/// Goes to an address of the client: path, query and fragment.
pub fn go(href: &str) {
    move_to(href, Step::Push);
    if dom::location().hash().unwrap_or_default().is_empty() {
        dom::window().scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Like [`go`], without a way back to the address before; also to the playground.
pub fn go_instead(href: &str) {
    if href.starts_with(PLAYGROUND) {
        // Refused for no address of this server.
        let _ = dom::location().replace(href);
    } else {
        move_to(href, Step::Replace);
    }
}

/// Path, query and fragment that are shown.
pub fn here() -> String {
    let location = dom::location();
    [location.pathname(), location.search(), location.hash()].into_iter().flatten().collect()
}

fn move_to(href: &str, step: Step) {
    if let Ok(history) = dom::window().history() {
        // Refused only for another origin, where the client has nothing to show.
        let _ = match step {
            Step::Push => history.push_state_with_url(&JsValue::NULL, "", Some(href)),
            Step::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(href)),
        };
    }
    read_address();
}

fn read_address() {
    let address = address();
    // The query first: a page that is made anew reads its own.
    address.query.set_if_new(read_query());
    address.fragment.set_if_new(read_fragment());
    address.route.set_if_new(read_route());
}

fn read_route() -> Route {
    Route::parse(&dom::location().pathname().unwrap_or_default())
}

fn read_query() -> String {
    dom::location().search().unwrap_or_default().trim_start_matches('?').to_owned()
}

fn read_fragment() -> String {
    dom::location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// From now on follows Back and Forward, and links within the client without loading the page. Once, at the start.
pub fn listen() {
    let back = Closure::<dyn FnMut()>::new(read_address);
    let click = Closure::<dyn FnMut(web_sys::MouseEvent)>::new(follow_link);
    let _ = dom::window().add_event_listener_with_callback("popstate", back.as_ref().unchecked_ref());
    let _ = dom::window().add_event_listener_with_callback("click", click.as_ref().unchecked_ref());
    // For as long as the page lives.
    back.forget();
    click.forget();
}

fn follow_link(event: web_sys::MouseEvent) {
    let plain = event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    if event.default_prevented() || !plain {
        return;
    }
    let Some(link) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest("a[href]").ok().flatten())
        .and_then(|element| element.dyn_into::<web_sys::HtmlAnchorElement>().ok())
    else {
        return;
    };
    let elsewhere = link.has_attribute("download")
        || !matches!(link.target().as_str(), "" | "_self")
        || link.origin() != dom::location().origin().unwrap_or_default();
    // A step to a place on the same page is the browser's own matter.
    let same_page = !link.hash().is_empty()
        && Ok(link.pathname()) == dom::location().pathname()
        && Ok(link.search()) == dom::location().search();
    if elsewhere || same_page || Route::parse(&link.pathname()) == Route::NotFound {
        return;
    }
    event.prevent_default();
    go(&format!("{}{}{}", link.pathname(), link.search(), link.hash()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: &str = "018f3a52-0000-7000-8000-000000000001";

    #[test]
    fn every_page_has_its_path() {
        let region = REGION.parse().unwrap();
        for (path, route) in [
            ("/".to_owned(), Route::Start),
            ("/sign-in".to_owned(), Route::SignIn),
            ("/account".to_owned(), Route::Account),
            ("/account/tokens".to_owned(), Route::Tokens),
            ("/waiting".to_owned(), Route::Waiting),
            (format!("/regions/{REGION}/sheets/2026"), Route::Sheet(region, FiscalYear(2026))),
            (format!("/regions/{REGION}/sheets/2026/handouts"), Route::Handouts(region, FiscalYear(2026))),
            (format!("/regions/{REGION}/sheets/2026/history"), Route::History(region, FiscalYear(2026))),
        ] {
            assert_eq!(Route::parse(&path), route);
            assert_eq!(route.path(), path);
        }
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
