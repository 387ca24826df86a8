//! The root: shell round pages, and who may see which.

use crate::{
    account::AccountPage,
    api, entry,
    handout::HandoutsPage,
    history,
    import::ImportPage,
    live, notice,
    region::StartPage,
    routes::{self, Route as Page, go_instead},
    search::SearchPage,
    session::{self, LeaveDialog, Session, SignInDialog, SignInPage},
    sheet::{self, SheetPage, SnapshotPage},
    shell::{self, Announcer, Away, Footer, Header, Toasts},
    storage,
    sync::{self, Unsaved},
    text::shell as text,
    token::TokensPage,
    ui::{NotFound, Skeleton, Tip, dom},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{Route, Router, Routes},
    hooks::use_navigate,
    path,
};
use renkei_domain::{AccountId, FiscalYear, RegionId};

/// What there is once for the client.
pub fn provide_contexts() {
    provide_context(api::Connection::default());
    provide_context(shell::Shell::default());
    provide_context(sheet::page::LastPage::default());
    provide_context(live::Live::default());
    provide_context(notice::NoticeCount::default());
    provide_context(session::CurrentSession::default());
    provide_context(session::SignInAgain::default());
    provide_context(session::Leaving::default());
    provide_context(storage::Memory::default());
    provide_context(storage::Connection::default());
    provide_context(storage::Channel::default());
    provide_context(sync::Outbox::default());
    provide_context(sync::DraftSync::default());
    provide_context(sync::LastTyped::default());
    provide_context(entry::UndecidedOpen::default());
    provide_context(entry::GoneEntries::default());
    provide_context(shell::HelpOpen::default());
    provide_context(Unsaved::watch());
}

#[component]
pub fn App() -> impl IntoView {
    api::listen();
    session::listen();
    spawn_local(session::open());
    keep_shell();
    if let Some(loading) = dom::find("#start") {
        loading.remove();
    }
    view! {
        <Router>
            <Frame />
        </Router>
    }
}

/// Lets the service worker keep the page for when the server is away. Without a secure context there is none.
fn keep_shell() {
    if dom::window().is_secure_context() {
        // Where the browser forbids it, reloading needs the server.
        let _ = dom::window().navigator().service_worker().register("/sw.js");
    }
}

/// A fault of the client's own: the page is at its end, what was typed is kept, and it says so.
pub fn crash(fault: &std::panic::PanicHookInfo<'_>) {
    web_sys::console::error_1(&fault.to_string().into());
    let document = dom::document();
    let Ok(message) = document.create_element("div") else { return };
    // Nothing more can be done for a page that does not even take a message.
    let _ = message.set_attribute("class", "crash");
    let _ = message.set_attribute("role", "alert");
    message.set_text_content(Some(text::CRASHED));
    if let Ok(link) = document.create_element("a") {
        let _ = link.set_attribute("href", "");
        // Else the client itself would follow it.
        let _ = link.set_attribute("target", "_top");
        link.set_text_content(Some(text::RELOAD));
        let _ = message.append_child(&link);
    }
    let _ = dom::body().append_child(&message);
}

/// Everything that stands on the page.
#[component]
fn Frame() -> impl IntoView {
    routes::follow_browser();
    redirect_by_session();
    follow_page();
    sync::listen();
    entry::listen_to_keys();
    view! {
        // The browser follows it itself, as it moves the focus too.
        <a class="skip" href="#main" rel="external">{text::SKIP}</a>
        <div class="app">
            <Header />
            <main id="main" tabindex="-1">
                <Content />
                <Tip />
            </main>
            <Toasts />
            // Below, so that nothing moves when they come and go.
            <Away />
            <entry::UndecidedNotice />
            <Footer />
        </div>
        <Announcer />
        <SignInDialog />
        <LeaveDialog />
        <entry::UndecidedDialog />
        <shell::HelpDialog />
    }
}

/// What decides about the page besides the address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// Who is there is not known yet.
    Unknown,
    SignedOut,
    SignedIn(AccountId),
}

impl Gate {
    fn of(session: &Session) -> Self {
        match session {
            Session::Unknown => Self::Unknown,
            Session::SignedOut => Self::SignedOut,
            Session::SignedIn(viewer) => Self::SignedIn(viewer.id),
        }
    }
}

/// The page of an address; made anew when somebody else has signed in.
#[component]
fn Content() -> impl IntoView {
    let gate = Memo::new(|_| session::use_session().with(Gate::of));
    move || match gate.get() {
        Gate::Unknown => view! { <Skeleton /> }.into_any(),
        // Other addresses are on their way to it.
        Gate::SignedOut => view! {
            <Routes fallback=|| ()>
                <Route path=path!("/sign-in") view=SignInPage />
            </Routes>
        }
        .into_any(),
        Gate::SignedIn(_) => view! {
            <Routes fallback=NotFound>
                <Pages />
            </Routes>
        }
        .into_any(),
    }
}

/// The pages for who is signed in. The addresses are those of [`Page`].
#[component(transparent)]
pub fn Pages() -> AnyNestedRoute {
    view! {
        <Route path=path!("/") view=StartPage />
        // On the way to another address.
        <Route path=path!("/sign-in") view=|| () />
        <Route path=path!("/account") view=AccountPage />
        <Route path=path!("/account/tokens") view=TokensPage />
        <Route path=path!("/waiting") view=notice::NoticesPage />
        <Route path=path!("/regions/:region/sheets/:year") view=|| {
            of_sheet(|region, year| view! { <SheetPage region year /> }.into_any())
        } />
        <Route path=path!("/regions/:region/sheets/:year/handouts") view=|| {
            of_sheet(|region, year| view! { <HandoutsPage region year /> }.into_any())
        } />
        <Route path=path!("/regions/:region/sheets/:year/history") view=|| {
            of_sheet(|region, year| view! { <history::HistoryPage region year /> }.into_any())
        } />
        <Route path=path!("/regions/:region/sheets/:year/search") view=|| {
            of_sheet(|region, year| view! { <SearchPage region year /> }.into_any())
        } />
        <Route path=path!("/regions/:region/sheets/:year/import") view=|| {
            of_sheet(|region, year| view! { <ImportPage region year /> }.into_any())
        } />
        <Route path=path!("/regions/:region/sheets/:year/snapshots/:snapshot") view=|| {
            let snapshot = routes::use_snapshot();
            move || match snapshot.get() {
                Some(snapshot) => of_sheet(move |region, year| {
                    view! { <SnapshotPage region year snapshot /> }.into_any()
                }).into_any(),
                None => view! { <NotFound /> }.into_any(),
            }
        } />
    }
    .into_inner()
    .into_any_nested_route()
}

/// A page about a sheet; made anew for another one, and not for a change of the query.
fn of_sheet(page: impl Fn(RegionId, FiscalYear) -> AnyView + Send + 'static) -> impl IntoView {
    let sheet = routes::use_sheet();
    move || {
        let sheet = sheet.get();
        // What a page reads while it is made does not make it anew.
        untrack(|| match sheet {
            Some((region, year)) => page(region, year),
            None => view! { <NotFound /> }.into_any(),
        })
    }
}

/// Leads who is signed out to the sign-in page, and from there back to where they wanted to go.
fn redirect_by_session() {
    let (route, address, query) = (routes::use_route(), routes::use_address(), routes::use_query());
    let navigate = use_navigate();
    Effect::new(move || {
        let is_sign_in = route.get() == Page::SignIn;
        let instead = session::use_session().with(|session| match session {
            Session::SignedOut if !is_sign_in => Some(routes::sign_in_path(&address.get_untracked())),
            Session::SignedIn(_) if is_sign_in => Some(routes::wanted(&query.get_untracked())),
            _ => None,
        });
        if let Some(instead) = instead {
            go_instead(&navigate, &instead);
        }
    });
}

/// On a change of page: the shell forgets what the page before said, and reading goes on at the new one's start.
fn follow_page() {
    let route = routes::use_route();
    Effect::new(move |before: Option<Page>| {
        let now = route.get();
        if before.is_some_and(|before| before != now) {
            dom::after_render(|| {
                let main = dom::find("main");
                // A page with something to type into has put the focus there.
                let is_within = |main: &web_sys::HtmlElement| {
                    dom::document().active_element().is_some_and(|element| main.contains(Some(&element)))
                };
                dom::focus(main.filter(|main| !is_within(main)));
            });
        }
        // What concerns somebody is listed beside the sheet that they come from.
        let stays = now == Page::Notices;
        if !stays
            && now.region()
                != shell::use_place().with_untracked(|place| place.as_ref().map(|place| place.region))
        {
            shell::set_place(None);
        }
        now
    });
}
