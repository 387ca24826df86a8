//! The client: the sheet alive in the browser. Leptos, rendered on the client's side alone.
//!
//! Cut by noun like the server: a folder holds a noun's page, its pieces and its `model` (plain Rust that decides;
//! tested on the host). What pages share:
//!
//! | module | for |
//! |---|---|
//! | [`route`] | the addresses: [`route::use_route`], [`route::use_query`], [`route::set_query`], [`route::go`]; a plain `<a href>` within the client is followed without loading the page |
//! | [`api`] | [`api::call`] sends one operation (of a `queries` module) and decodes `data`; [`api::request_id`]; [`api::use_online`]: is the server there? |
//! | [`session`] | who is there: [`session::use_viewer`]; [`session::require_sign_in`] asks over the page when the session has expired |
//! | [`shell`] | header, footer and what pages tell them: [`shell::set_place`], [`shell::set_keys`], [`shell::set_save_state`]; [`shell::announce`], [`shell::toast`] |
//! | [`live`] | what others do while a sheet is open, and who they are |
//! | [`storage`] | what the browser keeps for an account: drafts, the last sheet |
//! | [`remembered`] | a page's data, from the server or, while it is away, from what was kept |
//! | [`view`] | elements and the parts of a page that follow signals |
//! | [`ui`] | pieces that know no noun: dialog, menu, messages |
//! | [`text`] | every text that a person reads |
//!
//! What stands in [`shell`], [`session`] and [`api`] is one for the page, so it lives in statics of the page's only
//! thread and can be reached after an `await` too, where Leptos' contexts are gone.

pub mod account;
pub mod api;
pub mod app;
pub mod comment;
pub mod entry;
pub mod filter;
pub mod handout;
pub mod history;
pub mod live;
pub mod region;
pub mod remembered;
pub mod route;
pub mod session;
pub mod sheet;
pub mod shell;
pub mod storage;
pub mod text;
pub mod token;
pub mod ui;
pub mod view;

/// The server's schema, against which operations are checked (`build.rs`).
#[cynic::schema("renkei")]
pub mod schema {}
