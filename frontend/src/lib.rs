//! The client: the sheet alive in the browser. Leptos, rendered on the client's side alone.
//!
//! Cut by noun like the server: a folder holds a noun's page, its pieces and its `model` (plain Rust that decides;
//! tested on the host). What pages share:
//!
//! | module | for |
//! |---|---|
//! | [`app`] | the root component: the router and who may see which page |
//! | [`root`] | the owner of contexts that live as long as the client |
//! | [`routes`] | the addresses: [`routes::Route`], [`routes::use_route`], [`routes::use_query`], [`routes::use_page_address`]; a plain `<a href>` within the client is followed without loading the page |
//! | [`api`] | [`api::call`] sends one operation (of a `queries` module) and decodes `data`; [`api::request_id`]; [`api::use_online`]: is the server there? |
//! | [`cached_query`] | a page's data, from the server or, while it is away, from what was kept |
//! | [`session`] | who is there: [`session::use_viewer`]; [`session::require_sign_in`] asks over the page when the session has expired |
//! | [`shell`] | header, footer and what pages tell them: [`shell::set_place`], [`shell::set_keys`]; [`shell::announce`], [`shell::toast`] |
//! | [`live`] | what others do while a sheet is open, and who they are |
//! | [`search`] | looking for words in all years |
//! | [`storage`] | what the browser keeps for an account: drafts, the last sheet |
//! | [`suggestion`] | scenes that are proposed for entries |
//! | [`sync`] | what was typed and asked for on its way to the server |
//! | [`ui`] | components that know no noun: dialog, menu, fields, messages |
//! | [`text`] | every text that a person reads |
//!
//! What stands in [`shell`], [`session`] and [`api`] is one for the page and is reached by functions: a request that finds
//! its session expired asks to sign in wherever it was sent, also after an `await`, where Leptos' contexts are gone. Its
//! state is the root's ([`root`]); the state of one page is made by that page's component.

pub mod account;
pub mod api;
pub mod app;
pub mod cached_query;
pub mod clipboard;
pub mod comment;
pub mod entry;
pub mod export;
pub mod filter;
pub mod handout;
pub mod history;
pub mod import;
pub mod live;
pub mod notice;
pub mod region;
pub mod root;
pub mod routes;
pub mod search;
pub mod session;
pub mod sheet;
pub mod shell;
pub mod storage;
pub mod suggestion;
pub mod sync;
pub mod text;
pub mod token;
pub mod ui;

/// The server's schema, against which operations are checked (`build.rs`).
#[cynic::schema("renkei")]
pub mod schema {}
