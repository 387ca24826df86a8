//! The line to the server: graphql-transport-ws over a WebSocket, resumed by the last change that was heard of. Where
//! a proxy lets no WebSocket pass, the same events are asked for every few seconds.

use super::{
    Live, presence,
    queries::{self, MessageKind, PolledSheetEvents, SheetEvents, SinceVariables},
    take,
};
use crate::{
    api::{self, Failure, Id},
    sheet::{load, page::Page},
    text::live as text,
    ui::{SetIfNew, dom},
};
use cynic::{QueryBuilder, SubscriptionBuilder};
use futures_util::{
    SinkExt, StreamExt,
    future::{Either, select},
};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::SheetId;
use std::{
    cell::{Cell, RefCell},
    pin::pin,
    rc::Rc,
};
use wasm_bindgen::JsValue;

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

pub struct Line {
    page: Page,
    sheet: SheetId,
    over: Cell<bool>,
    /// When the server was heard last.
    heard: Cell<f64>,
    /// An event has come over this socket.
    greeted: Cell<bool>,
    /// Somebody was asked to sign in again, and no event has come since.
    asked: Cell<bool>,
    /// Ends a pause.
    wake: RefCell<Option<js_sys::Function>>,
}

/// How the news come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// They don't, at the moment.
    #[default]
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
#[component]
pub fn LiveState() -> impl IntoView {
    let live = expect_context::<Live>();
    let said = move || match live.how.get() {
        How::Polling => text::POLLING.into_any(),
        How::SignedOut => {
            // Somebody did not want to, and does now.
            let sign_in = move |_| {
                if let Some(line) = live.line.get_value() {
                    line.asked.set(false);
                    line.look_now();
                }
            };
            view! {
                {text::SIGNED_OUT}
                <button type="button" class="link-button" on:click=sign_in>
                    {text::SIGN_IN}
                </button>
            }
            .into_any()
        }
        How::Silent | How::Socket => ().into_any(),
    };
    view! {
        <p
            class="live-how"
            title=move || (live.how.get() == How::Polling).then_some(text::POLLING_WHY)
            data-live=move || live.how.get().code()
        >
            {said}
        </p>
    }
}

/// Follows a page's sheet until what is being made goes. Looks at once when the line is back or somebody turns to the
/// page.
pub fn open(page: Page) {
    let Some(sheet) = page.sheet_id() else { return };
    let line = Rc::new(Line {
        page,
        sheet,
        over: Cell::new(false),
        heard: Cell::default(),
        greeted: Cell::default(),
        asked: Cell::default(),
        wake: RefCell::default(),
    });
    page.live.line.set_value(Some(line.clone()));
    spawn_local(run(line.clone()));
    let look = move || {
        if !dom::document().hidden() {
            line.look_now();
        }
    };
    let looks = ["online", "pageshow", "visibilitychange"].map(|event| {
        let look = look.clone();
        window_event_listener_untyped(event, move |_| look())
    });
    // Others' news are not waited for longer than one's own requests.
    let back = api::on_back_online(move || {
        page.live.line.get_value().into_iter().for_each(|line| line.look_now());
    });
    let leaves = window_event_listener_untyped("pagehide", move |_| presence::goodbye(page, sheet));
    on_cleanup(move || {
        looks.into_iter().for_each(WindowListenerHandle::remove);
        leaves.remove();
        back.stop();
        if let Some(line) = page.live.line.try_update_value(Option::take).flatten() {
            line.over.set(true);
            line.look_now();
        }
        page.live.how.set_if_new(How::Silent);
        page.live.present.set_if_new(Vec::new());
        page.live.unnamed.set_if_new(0);
    });
}

async fn run(line: Rc<Line>) {
    let (mut misses, mut tries) = (0, 0);
    loop {
        if !api::is_online() {
            // What failed while the server was away says nothing about the next try.
            tries = 0;
        }
        if !line.waits_for_server().await {
            return;
        }
        let code = line.talk().await;
        if line.over.get() {
            return;
        }
        if line.greeted.get() {
            line.set_how(How::Silent);
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
    fn set_how(&self, how: How) {
        self.page.live.how.set_if_new(how);
    }

    /// Until the server is there; false: the page was left.
    async fn waits_for_server(&self) -> bool {
        while !self.over.get() && !api::is_online() {
            self.rest(PAUSE_MS[0]).await;
        }
        !self.over.get()
    }

    /// One socket from its opening to its end; the code with which it was closed.
    async fn talk(&self) -> u16 {
        self.greeted.set(false);
        self.heard.set(js_sys::Date::now());
        let Some(mut socket) = connect() else { return 0 };
        // Waits until the socket is open, as long as the server may be silent.
        let mut say = Some(r#"{"type":"connection_init"}"#.to_owned());
        loop {
            let next = async {
                if let Some(text) = say.take() {
                    // A socket that is closing tells so itself.
                    let _ = socket.send(Message::Text(text)).await;
                }
                socket.next().await
            };
            let Some(message) = self.unless_dead(next).await else { return 0 };
            match message {
                Some(Ok(Message::Text(text))) => match self.hear(&text) {
                    Heard::Nothing => {}
                    Heard::Answer(text) => say = Some(text),
                    Heard::Refused => return FORBIDDEN,
                },
                Some(Err(WebSocketError::ConnectionClose(event))) => return event.code,
                // The end follows.
                Some(Ok(Message::Bytes(_)) | Err(_)) => {}
                None => return 0,
            }
        }
    }

    /// What is waited for; none: the server has been silent for too long, or the page was left.
    async fn unless_dead<T>(&self, waited_for: impl Future<Output = T>) -> Option<T> {
        let mut waited_for = pin!(waited_for);
        while !self.over.get() && !self.is_dead() {
            match select(waited_for.as_mut(), pin!(self.rest(LOOK_MS))).await {
                Either::Left((output, _)) => return Some(output),
                Either::Right(_) => {}
            }
        }
        None
    }

    fn is_dead(&self) -> bool {
        let limit = if self.greeted.get() { SILENCE_MS } else { GREETING_MS };
        js_sys::Date::now() - self.heard.get() > limit
    }

    fn hear(&self, message: &str) -> Heard {
        self.heard.set(js_sys::Date::now());
        let Ok(message) = serde_json::from_str::<queries::Message<'_>>(message) else {
            return Heard::Refused;
        };
        match message.kind {
            MessageKind::ConnectionAck => Heard::Answer(self.subscribe()),
            MessageKind::Ping => Heard::Answer(r#"{"type":"pong"}"#.to_owned()),
            MessageKind::Next => match message.event() {
                Some(event) => {
                    if !self.greeted.replace(true) {
                        self.asked.set(false);
                        self.set_how(How::Socket);
                        self.page.threads_changed.set(());
                        presence::announce_again(self.page);
                    }
                    take(self.page, event);
                    Heard::Nothing
                }
                None => Heard::Refused,
            },
            // Though the line is there.
            MessageKind::Error | MessageKind::Complete => Heard::Refused,
            MessageKind::Unknown => Heard::Nothing,
        }
    }

    fn subscribe(&self) -> String {
        let payload = api::request(&SheetEvents::build(self.since()));
        ["{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":", &payload, "}"].concat()
    }

    /// Everything after what was heard of.
    fn since(&self) -> SinceVariables {
        let seq = self.page.with(|store| store.heard()).unwrap_or_default();
        let after_seq = i32::try_from(seq).unwrap_or(i32::MAX);
        SinceVariables { sheet_id: Id(self.sheet), after_seq, visit_id: Id(self.page.live.visit.get_value()) }
    }

    /// The session has gone or rights have changed: reading the sheet tells which, and asks to sign in again where that
    /// is wanted. Who does not want to is not asked twice, and is told what that means.
    async fn ask_who_is_there(&self) {
        if self.asked.replace(true) {
            self.set_how(How::SignedOut);
            return self.rest(DECLINED_MS).await;
        }
        self.rest(SIGN_OUT_MS).await;
        if !self.over.get() {
            load::again(self.page).await;
        }
    }

    /// Asks for the events, until it is time to try a WebSocket again.
    async fn poll(&self) {
        self.set_how(How::Polling);
        let until = js_sys::Date::now() + RETRY_MS;
        while js_sys::Date::now() < until && self.waits_for_server().await {
            let answer = api::call(&PolledSheetEvents::build(self.since())).await;
            if self.over.get() {
                return;
            }
            match answer {
                Ok(PolledSheetEvents { events }) => {
                    self.asked.set(false);
                    self.set_how(How::Polling);
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
        dom::pause_unless(milliseconds, |wake| {
            self.wake.replace(Some(wake));
        })
        .await;
    }

    fn look_now(&self) {
        if let Some(wake) = self.wake.take() {
            let _ = wake.call0(&JsValue::NULL);
        }
    }
}

/// What a message asks for.
enum Heard {
    Nothing,
    Answer(String),
    Refused,
}

fn connect() -> Option<WebSocket> {
    // https becomes wss.
    let address = dom::location().origin().ok()?.replacen("http", "ws", 1) + "/graphql";
    WebSocket::open_with_protocol(&address, PROTOCOL).ok()
}
