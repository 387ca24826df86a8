//! The line to the server: graphql-transport-ws over a WebSocket, resumed by the last change that was heard of. Where
//! a proxy lets no WebSocket pass, the same events are asked for every few seconds.

use super::{
    presence, take,
    wire::{self, Event, QUERY, SUBSCRIPTION, Since},
};
use crate::{
    api::{self, Failure},
    sheet::{load, page::Page},
    text::live as text,
    ui::{button, dom},
    view::{El, el, live, text_node},
    watched::Watched,
};
use leptos::{prelude::on_cleanup, task::spawn_local};
use renkei_domain::SheetId;
use serde::Deserialize;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// The subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// The server closes so when the session has gone or a right was withdrawn.
const FORBIDDEN: u16 = 4403;
/// Milliseconds of silence after which the line is dead: the server speaks every five seconds.
const SILENCE_MS: f64 = 12_000.0;
/// The same before the first event.
const GREETING_MS: f64 = 6_000.0;
/// Milliseconds between two looks at the silence.
const LOOK_MS: i32 = 2_000;
/// Milliseconds between two tries, growing.
const PAUSE_MS: [i32; 6] = [400, 1_000, 2_000, 4_000, 8_000, 15_000];
/// Milliseconds for a sign-out to reach this tab too, before a lost session is a surprise.
const SIGN_OUT_MS: i32 = 500;
/// Milliseconds between two tries when somebody did not want to sign in again.
const DECLINED_MS: i32 = 10_000;
/// So many upgrades in a row that fail while the server answers mean that something between lets none pass.
const MISSES: u32 = 2;
/// Milliseconds between two questions, with the page in sight and out of it.
const POLL_MS: [i32; 2] = [3_000, 10_000];
/// Milliseconds after which a WebSocket is tried again.
const RETRY_MS: f64 = 180_000.0;

struct Line {
    page: Page,
    sheet: SheetId,
    over: Cell<bool>,
    socket: RefCell<Option<WebSocket>>,
    /// When the server was heard last.
    heard: Cell<f64>,
    /// An event has come over this socket.
    greeted: Cell<bool>,
    /// Somebody was asked to sign in again, and no event has come since.
    asked: Cell<bool>,
    /// Ends the wait for the socket's end.
    end: RefCell<Option<js_sys::Function>>,
    /// Ends a pause.
    wake: RefCell<Option<js_sys::Function>>,
}

thread_local! {
    static LINE: RefCell<Option<Rc<Line>>> = const { RefCell::new(None) };
    static HOW: &'static Watched<How> = Watched::forever(How::Silent);
    static VISIT: String = api::request_id();
    static LISTENS: Cell<bool> = const { Cell::new(false) };
}

/// This page's name among those that are open.
pub fn visit() -> String {
    VISIT.with(String::clone)
}

/// The sheet that is followed.
pub fn followed() -> Option<SheetId> {
    LINE.with_borrow(|line| line.as_ref().map(|line| line.sheet))
}

/// How the news come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// They don't, at the moment.
    Silent,
    Socket,
    Polling,
    /// They don't, as the session has ended and nobody has signed in again.
    SignedOut,
}

impl How {
    /// The name by which tests know it.
    fn code(self) -> &'static str {
        match self {
            How::Silent => "silent",
            How::Socket => "socket",
            How::Polling => "polling",
            How::SignedOut => "signed-out",
        }
    }
}

/// In the footer: how the news come, where that is not as usual.
pub fn how() -> El {
    let how = HOW.with(|how| *how);
    let polling = move || how.get() == How::Polling;
    let said = live(move || match how.get() {
        How::Polling => vec![text_node(text::POLLING)],
        How::SignedOut => {
            vec![text_node(text::SIGNED_OUT), button("link-button", text::SIGN_IN, sign_in_again).into()]
        }
        How::Silent | How::Socket => Vec::new(),
    });
    el("p")
        .class("live-how")
        .live_attr("title", move || polling().then_some(text::POLLING_WHY))
        .live_attr("data-live", move || how.get().code())
        .child(said)
}

/// Somebody did not want to, and does now.
fn sign_in_again() {
    if let Some(line) = LINE.with_borrow(Clone::clone) {
        line.asked.set(false);
        line.look_now();
    }
}

/// Follows a page's sheet until what is being made goes.
pub fn open(page: Page) {
    let Some(sheet) = page.head_now().map(|head| head.id) else { return };
    listen();
    let line = Rc::new(Line {
        page,
        sheet,
        over: Cell::new(false),
        socket: RefCell::default(),
        heard: Cell::default(),
        greeted: Cell::default(),
        asked: Cell::default(),
        end: RefCell::default(),
        wake: RefCell::default(),
    });
    LINE.set(Some(line.clone()));
    spawn_local(run(line));
    on_cleanup(close);
}

fn close() {
    if let Some(line) = LINE.take() {
        line.over.set(true);
        line.hang_up(0);
        line.look_now();
    }
    set_how(How::Silent);
    presence::set(Vec::new());
}

fn set_how(how: How) {
    HOW.with(|known| known.set_if_new(how));
}

/// Looks at once when the line is back or somebody turns to the page. Once for all lines.
fn listen() {
    if LISTENS.replace(true) {
        return;
    }
    let look = || {
        if dom::document().hidden() {
            return;
        }
        if let Some(line) = LINE.with_borrow(Clone::clone) {
            line.check();
            line.look_now();
        }
    };
    let leave = || {
        if followed().is_some() {
            presence::goodbye();
        }
    };
    let window = dom::window();
    // For as long as the page lives.
    let look = Closure::<dyn FnMut()>::new(look).into_js_value();
    let leave = Closure::<dyn FnMut()>::new(leave).into_js_value();
    for (event, listener) in [("online", &look), ("pageshow", &look), ("pagehide", &leave)] {
        let _ = window.add_event_listener_with_callback(event, listener.unchecked_ref());
    }
    let _ = dom::document().add_event_listener_with_callback("visibilitychange", look.unchecked_ref());
}

async fn run(line: Rc<Line>) {
    let (mut misses, mut tries) = (0, 0);
    while line.waits_for_server().await {
        let code = line.talk().await;
        if line.over.get() {
            return;
        }
        if line.greeted.get() {
            set_how(How::Silent);
            (misses, tries) = (0, 0);
        } else if code != FORBIDDEN && api::is_reachable().await {
            misses += 1;
        }
        if code == FORBIDDEN {
            line.ask_who_is_there().await;
        } else if misses >= MISSES {
            line.poll().await;
            // One more miss, and it goes on asking.
            misses = MISSES - 1;
            continue;
        }
        line.rest(PAUSE_MS[tries]).await;
        tries = (tries + 1).min(PAUSE_MS.len() - 1);
    }
}

impl Line {
    /// Until the server is there; false: the page was left.
    async fn waits_for_server(&self) -> bool {
        while !self.over.get() && !api::is_online() {
            self.rest(PAUSE_MS[0]).await;
        }
        !self.over.get()
    }

    /// One socket from its opening to its end; the code with which it was closed.
    async fn talk(self: &Rc<Self>) -> u16 {
        self.greeted.set(false);
        self.heard.set(js_sys::Date::now());
        let Some(socket) = connect() else { return 0 };
        let ended = js_sys::Promise::new(&mut |resolve, _| {
            self.end.replace(Some(resolve));
        });
        let opened = Closure::<dyn FnMut()>::new({
            let socket = socket.clone();
            move || say(&socket, r#"{"type":"connection_init"}"#)
        });
        let heard = Closure::<dyn FnMut(MessageEvent)>::new({
            let line = self.clone();
            move |event: MessageEvent| {
                if let Some(text) = event.data().as_string() {
                    line.hear(&text);
                }
            }
        });
        let closed = Closure::<dyn FnMut(CloseEvent)>::new({
            let line = self.clone();
            move |event: CloseEvent| line.hang_up(event.code())
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        self.socket.replace(Some(socket.clone()));
        self.watch(socket.clone());
        let code = JsFuture::from(ended).await.ok().and_then(|code| code.as_f64()).unwrap_or_default();
        socket.set_onopen(None);
        socket.set_onmessage(None);
        socket.set_onclose(None);
        let _ = socket.close();
        self.socket.take();
        code as u16
    }

    /// Notices that the line is dead, for as long as this socket is the line.
    fn watch(self: &Rc<Self>, socket: WebSocket) {
        let line = self.clone();
        spawn_local(async move {
            while line.socket.borrow().as_ref() == Some(&socket) {
                dom::pause(LOOK_MS).await;
                line.check();
            }
        });
    }

    fn check(&self) {
        let limit = if self.greeted.get() { SILENCE_MS } else { GREETING_MS };
        if js_sys::Date::now() - self.heard.get() > limit {
            self.hang_up(0);
        }
    }

    fn hear(&self, message: &str) {
        self.heard.set(js_sys::Date::now());
        let Some((kind, payload)) = wire::message(message) else { return };
        match kind.as_str() {
            "connection_ack" => {
                let payload = self.request(SUBSCRIPTION);
                self.say(&["{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":", &payload, "}"].concat());
            }
            "ping" => self.say(r#"{"type":"pong"}"#),
            "next" => match wire::event(payload) {
                Some(event) => {
                    if !self.greeted.replace(true) {
                        self.asked.set(false);
                        set_how(How::Socket);
                        presence::announce_again(self.page);
                    }
                    take(self.page, event);
                }
                None => self.hang_up(FORBIDDEN),
            },
            // The subscription is refused or over, though the line is not.
            "error" | "complete" => self.hang_up(FORBIDDEN),
            _ => {}
        }
    }

    fn say(&self, message: &str) {
        if let Some(socket) = &*self.socket.borrow() {
            say(socket, message);
        }
    }

    /// What is asked for: everything after what was heard of.
    fn request(&self, document: &'static str) -> String {
        let after_seq = self.page.with(|store| store.heard()).unwrap_or_default();
        api::request(document, &Since { sheet_id: self.sheet, after_seq, visit_id: &visit() })
    }

    fn hang_up(&self, code: u16) {
        if let Some(end) = self.end.take() {
            // A promise's own function does not fail.
            let _ = end.call1(&JsValue::NULL, &code.into());
        }
    }

    /// The session has gone or rights have changed: reading the sheet tells which, and asks to sign in again where that
    /// is wanted. Who does not want to is not asked twice, and is told what that means.
    async fn ask_who_is_there(&self) {
        if self.asked.replace(true) {
            set_how(How::SignedOut);
            return self.rest(DECLINED_MS).await;
        }
        self.rest(SIGN_OUT_MS).await;
        if !self.over.get() {
            load::again(self.page).await;
        }
    }

    /// Asks for the events, until it is time to try a WebSocket again.
    async fn poll(&self) {
        #[derive(Deserialize)]
        struct Data {
            events: Vec<Event>,
        }
        set_how(How::Polling);
        let until = js_sys::Date::now() + RETRY_MS;
        while js_sys::Date::now() < until && self.waits_for_server().await {
            let answer = api::ask(self.request(QUERY)).await;
            if self.over.get() {
                return;
            }
            match answer.and_then(|answer| api::decode::<Data>(&answer)) {
                Ok(Data { events }) => {
                    self.asked.set(false);
                    set_how(How::Polling);
                    events.into_iter().for_each(|event| take(self.page, event));
                }
                Err(Failure::SignedOut) => self.ask_who_is_there().await,
                Err(Failure::Offline) => {}
                // The sheet may have gone out of reach: reading it tells.
                Err(_) => {
                    load::again(self.page).await;
                }
            }
            self.rest(POLL_MS[usize::from(dom::document().hidden())]).await;
        }
    }

    /// A pause that ends early when there is reason to look.
    async fn rest(&self, milliseconds: i32) {
        let pause = js_sys::Promise::new(&mut |resolve, _| {
            let _ =
                dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
            self.wake.replace(Some(resolve));
        });
        let _ = JsFuture::from(pause).await;
    }

    fn look_now(&self) {
        if let Some(wake) = self.wake.take() {
            let _ = wake.call0(&JsValue::NULL);
        }
    }
}

fn connect() -> Option<WebSocket> {
    // https becomes wss.
    let address = dom::location().origin().ok()?.replacen("http", "ws", 1) + "/graphql";
    WebSocket::new_with_str(&address, PROTOCOL).ok()
}

fn say(socket: &WebSocket, message: &str) {
    // A socket that is closing tells so itself.
    let _ = socket.send_with_str(message);
}
