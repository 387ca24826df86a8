//! Live in the API: a sheet's events by subscription or by polling, and who has it open. Events of the feed are rendered
//! here for their viewer.

use super::{
    feed::{Batch, Event, Feed, Recent, Subject},
    presence::{PageKey, PresenceDifference, PresenceGuard, PresenceList, Present},
    service::SubscriberGuard,
};
use crate::{
    Fault,
    account::{Viewer, api::Account},
    api::{
        complexity,
        context::RequestContext,
        encoded::{EventKey, Shared},
        error::refused,
        scalars,
    },
    change::{Action, api::Change},
    comment::{self, api::ApiThread},
    entry::{
        CellKey, Placed,
        api::{Entry, EntryDeleted, EntrySaved},
    },
    notice,
    sheet::{self, SheetHead, api::Sheet},
};
use async_graphql::{
    Context, Error, ErrorExtensions, ID, InputObject, Object, SimpleObject, Subscription, Union,
};
use futures_util::{Stream, stream};
use renkei_domain::{AccountId, EntryId, SheetId, ThreadId, limits};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use uuid::Uuid;

/// Between two lists of those who are here: many who come at once are told of together. The more are here, the longer:
/// so many lists are sent a second in all, however many receive one.
const PRESENCE_EVERY: Duration = Duration::from_millis(200);
/// Pages for which it is that long once; for twice as many it is twice as long.
const PRESENCE_PAGES: usize = 25;

/// 計画・評価表に起きたこと。
/// What happened to a sheet.
#[derive(Union)]
pub enum SheetEvent {
    Saved(EntrySaved),
    Deleted(EntryDeleted),
    Sheet(SheetChanged),
    Thread(ThreadChanged),
    Notices(NoticesChanged),
    Presence(PresenceChanged),
    PresenceUpdated(PresenceUpdated),
    Reset(SheetReset),
}

/// 表そのもの（段階、列、事業項目、資料、機関、提出版など）が変わりました。
/// The sheet itself has changed: phase, columns, items, handouts, organisations, snapshots.
#[derive(SimpleObject)]
pub struct SheetChanged {
    /// 変わった後の表。
    /// The sheet as it is now.
    pub sheet: Sheet,
    /// 残した変更履歴。
    /// The change that was noted.
    pub change: Option<Change>,
}

pub struct ThreadChanged {
    id: ThreadId,
    change: Change,
}

/// 表の取組か欄へのコメントが変わりました。
/// A thread on the sheet has changed: a comment, its withdrawal, resolved, open again.
#[Object]
impl ThreadChanged {
    /// 今のコメント。
    /// The thread as it is now.
    async fn thread(&self, ctx: &Context<'_>) -> Result<ApiThread, Error> {
        let thread = comment::api::find(RequestContext::of(ctx), self.id).await?;
        Ok(thread.ok_or_else(|| Fault::new(format!("the thread {} is not there", self.id)))?)
    }

    /// 残した変更履歴。
    /// The change that was noted.
    async fn change(&self) -> Change {
        self.change.clone()
    }
}

pub struct NoticesChanged {
    seq: i64,
}

/// 自分あてが増えました。同じ圏域のほかの表でのことも伝えます。
/// Something concerns the viewer, on this sheet or on another one of its region.
#[Object]
impl NoticesChanged {
    /// その変更の通し番号（例 1234）。
    /// The number of the change that concerns them.
    async fn seq(&self) -> i64 {
        self.seq
    }

    /// 未読の件数。
    /// How many of their notices are unread.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<u64, Error> {
        Ok(notice::api::unread(RequestContext::of(ctx)).await?)
    }
}

/// 離れていた間の変更が多すぎます。表を読みなおし、この番号から続けてください。
/// Too far behind: read the sheet again, and go on from this number.
#[derive(SimpleObject)]
pub struct SheetReset {
    /// ここから続ける番号（例 1234）。
    /// The number to go on from.
    seq: i64,
}

/// この表を開いている人が変わりました。
/// Who has the sheet open, whenever it is another list.
#[derive(SimpleObject)]
pub struct PresenceChanged {
    /// 今、表を開いている人。50画面まで並べます。画面がもっと多くても、どの人も1画面は並びます。50人より多ければ、編集中の画面だけを並べます。
    /// Who has it open now, up to 50 pages. Of more pages, one of each person at least; of more than 50 people, only those
    /// on which something is edited. The others are a number.
    present: Vec<Presence>,
    /// 今、表を開いている画面の数。名前の並ばない画面も数えます。
    /// How many pages have it open, those that are not named among them.
    total: usize,
}

/// この表を開いている人の、前に知らせたときとの違い。画面は、人と visitId で見分けます。
/// What is different among those who have the sheet open since the last time that it was told. A page is known by its
/// account and visitId.
#[derive(SimpleObject)]
pub struct PresenceUpdated {
    /// 名前の並びに加わった画面と、編集中の取組が変わった画面。
    /// Pages that are named now and were not, or with another entry.
    came: Vec<Presence>,
    /// 名前の並びから外れた画面。閉じたか、並ぶ数より多くなったか。
    /// Pages that are no longer named: closed, or too many to be named.
    left: Vec<Presence>,
    /// 今、表を開いている画面の数。名前の並ばない画面も数えます。
    /// How many pages have it open, those that are not named among them.
    total: usize,
}

/// 表を開いている人。同じ人が2つの画面で開いていれば2つ並びます。
/// Somebody who has the sheet open; once for each page.
#[derive(SimpleObject)]
pub struct Presence {
    /// だれ。
    /// Who.
    account: Account,
    /// 編集中の取組。
    /// The entry that is being edited.
    entry_id: Option<ID>,
    /// 画面の名前（画面が自分で決めたUUID）。
    /// The name that the page has given itself.
    visit_id: Option<ID>,
}

/// 表を開いていること、どの取組を編集しているかを知らせます。
/// Says that a page has the sheet open, and which entry it edits. Holds for 15 seconds, or as long as its socket.
#[derive(InputObject)]
pub struct PresenceInput {
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    sheet_id: ID,
    /// 画面が自分で決めたUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。
    /// A UUID that the page has given itself.
    visit_id: ID,
    /// 編集中の取組（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。なければ null。
    /// The entry that is being edited; null: none.
    entry_id: Option<ID>,
    /// false：画面を閉じます。
    /// false: the page is being left.
    #[graphql(default = true)]
    present: bool,
}

#[derive(Default)]
pub struct Queries;

#[Object(name = "LiveQueries")]
impl Queries {
    /// afterSeq より後に起きたこと（WebSocket が通らないところのために）。多すぎれば SheetReset 1件。最後に必ず PresenceChanged。
    /// The same events by asking, for where WebSockets don't pass: everything after afterSeq, or one SheetReset;
    /// PresenceChanged comes last, always.
    #[graphql(complexity = "complexity::ONCE + complexity::list(10, child_complexity)")]
    async fn sheet_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。The sheet's id.")]
        sheet_id: ID,
        #[graphql(
            desc = "最後に知っている変更の番号（例 1234）。The number of the last change that is known."
        )]
        after_seq: i64,
        #[graphql(
            desc = "画面の名前（UUID。例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。A UUID that the page has given itself."
        )]
        visit_id: Option<ID>,
    ) -> Result<Vec<SheetEvent>, Error> {
        let context = RequestContext::of(ctx);
        let (viewer, head) = readable(context, &sheet_id).await?.ok_or_else(not_found)?;
        if let Some(page) = registered_page(context, &head, &viewer, visit_id.as_ref()) {
            context.live.presence.refresh(&viewer, page, context.live.add_subscriber());
        }
        let feed = context.live.feed(head.region);
        let last = feed.newest().await?;
        if last.saturating_sub(after_seq) > i64::try_from(limits::PAGE_ROWS).map_err(Fault::from)? {
            return Ok(vec![SheetEvent::Reset(SheetReset { seq: last }), present(context, head.id)]);
        }
        let (mut events, mut seq) = (Vec::new(), after_seq);
        loop {
            match feed.after(seq).await? {
                Batch::Reset(seq) => {
                    events = vec![SheetEvent::Reset(SheetReset { seq })];
                    break;
                }
                Batch::Events(next) => {
                    let Some(last) = next.last() else { break };
                    seq = last.change.seq;
                    for event in &next {
                        add_people(context, event).await;
                    }
                    events.extend(next.iter().filter_map(|event| render(event, head.id)));
                    let concerns =
                        next.iter().rev().find(|event| event.recipients.contains(&viewer.account.id));
                    events.extend(concerns.map(|event| notices_changed(event)));
                }
            }
        }
        events.push(present(context, head.id));
        Ok(events)
    }
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "LiveMutations")]
impl Mutations {
    /// 表を開いていること、どの取組を編集しているかを知らせます。閲覧できない表なら false です。
    /// Says that a page has the sheet open, and which entry it edits; false: no such sheet for this viewer.
    async fn announce_presence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どの表の、どの取組か。Which sheet and entry.")] input: PresenceInput,
    ) -> Result<bool, Error> {
        let context = RequestContext::of(ctx);
        context.writes().map_err(refused)?;
        let Some((viewer, head)) = readable(context, &input.sheet_id).await? else { return Ok(false) };
        let Some(page) = page_key(&head, &viewer, Some(&input.visit_id)) else { return Ok(false) };
        let entry = input.entry_id.as_ref().map(scalars::id::<EntryId>).filter(|entry| !entry.0.is_nil());
        match input.present {
            true => context.live.presence.announce(&viewer, page, entry, context.live.add_subscriber()),
            false => context.live.presence.close(page),
        }
        Ok(true)
    }
}

#[derive(Default)]
pub struct Subscriptions;

/// 起きたことを、起きるたびに受け取る入口。
/// What can be watched.
#[Subscription(name = "Subscription")]
impl Subscriptions {
    /// 表に起きたこと：afterSeq より後の変更をすべて、順に、1度ずつ。指定しなければ今から。
    /// What happens to a sheet: every change after afterSeq, in order, each once; from now on without it. Starts with
    /// a PresenceChanged. More than 1,000 changes behind: SheetReset, and on from there.
    async fn sheet_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。The sheet's id.")]
        sheet_id: ID,
        #[graphql(
            desc = "最後に知っている変更の番号（例 1234）。The number of the last change that is known."
        )]
        after_seq: Option<i64>,
        #[graphql(
            desc = "画面の名前（UUID。例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。指定すると、その名前で開いている人に並びます。A UUID that the page has given itself: makes its presence known under that name."
        )]
        visit_id: Option<ID>,
        #[graphql(
            default = false,
            desc = "true：開いている人を、初めの1度だけ PresenceChanged で、その後は違いだけを PresenceUpdated で受け取ります。After the first PresenceChanged only differences, PresenceUpdated."
        )]
        presence_differences: bool,
    ) -> Result<impl Stream<Item = Result<Shared<SheetEvent>, Error>> + 'ctx, Error> {
        let context = RequestContext::of(ctx);
        // Boxed, like all that asks the database here: it would make each subscriber larger for good.
        let (viewer, head) = Box::pin(readable(context, &sheet_id)).await?.ok_or_else(not_found)?;
        let live = &context.live;
        let (guard, feed) = (live.add_subscriber(), live.feed(head.region));
        // Subscribed before the first read, so that what is written in between is notified of.
        let (recent, mut presence) = (feed.subscribe(), live.presence.subscribe(head.id));
        presence.mark_changed();
        let seq = match after_seq {
            Some(seq) => seq,
            None => Box::pin(feed.newest()).await?,
        };
        let page = registered_page(context, &head, &viewer, visit_id.as_ref());
        let page = page.and_then(|page| live.presence.connect(&viewer, page));
        let (sheet, events) = (head.id, VecDeque::new());
        let subscriber = Subscriber {
            context,
            feed,
            sheet,
            seq,
            recent,
            presence,
            presence_at: Instant::now(),
            known: None,
            differences: presence_differences,
            events,
            notices: None,
            viewer: viewer.account.id,
            _page: page,
            _guard: guard,
        };
        Ok(stream::unfold(subscriber, async |mut subscriber| Some((subscriber.next().await, subscriber))))
    }
}

/// One subscriber, with its place in the feed.
struct Subscriber<'ctx> {
    context: &'ctx RequestContext,
    feed: Arc<Feed>,
    sheet: SheetId,
    /// The last change that was rendered, or does not concern it.
    seq: i64,
    recent: watch::Receiver<Arc<Recent>>,
    presence: watch::Receiver<u64>,
    /// Until when the list of those who have the sheet open is not sent again.
    presence_at: Instant,
    /// Who it knows to be here.
    known: Option<Arc<PresenceList>>,
    /// It is told differences alone.
    differences: bool,
    /// Read, and not rendered yet.
    events: VecDeque<Arc<Event>>,
    /// To be sent next.
    notices: Option<SheetEvent>,
    viewer: AccountId,
    _page: Option<PresenceGuard>,
    _guard: SubscriberGuard,
}

impl Subscriber<'_> {
    async fn next(&mut self) -> Result<Shared<SheetEvent>, Error> {
        self.context.begin_event();
        loop {
            if self.presence.has_changed().unwrap_or_default() && self.presence_at <= Instant::now() {
                self.presence.mark_unchanged();
                if let Some(event) = self.tell_presence() {
                    return Ok(event);
                }
            }
            if let Some(value) = self.notices.take() {
                return Ok(Shared { value, key: None });
            }
            while let Some(event) = self.events.pop_front() {
                self.seq = event.change.seq;
                self.notices = event.recipients.contains(&self.viewer).then(|| notices_changed(&event));
                if let Some(value) = render(&event, self.sheet) {
                    add_people(self.context, &event).await;
                    return Ok(Shared { value, key: Some(EventKey::Change(self.sheet, self.seq)) });
                }
                if let Some(value) = self.notices.take() {
                    return Ok(Shared { value, key: None });
                }
            }
            let read = self.recent.borrow_and_update().after(self.seq);
            let batch = match read {
                Some(events) => Batch::Events(events),
                None => Box::pin(self.feed.after(self.seq)).await?,
            };
            match batch {
                Batch::Reset(seq) => {
                    self.seq = seq;
                    return Ok(Shared { value: SheetEvent::Reset(SheetReset { seq }), key: None });
                }
                Batch::Events(events) if events.is_empty() => tokio::select! {
                    _ = self.recent.changed() => {}
                    () = presence_changed(&mut self.presence, self.presence_at) => {}
                },
                Batch::Events(events) => self.events.extend(events),
            }
        }
    }
}

impl Subscriber<'_> {
    /// Who is here, or what is different since it was told the last time; `None`: nothing is.
    fn tell_presence(&mut self) -> Option<Shared<SheetEvent>> {
        let list = self.context.live.presence.shared_list(self.sheet);
        let pause = 1 + u32::try_from(list.total / PRESENCE_PAGES).unwrap_or(u32::MAX - 1);
        self.presence_at = Instant::now() + PRESENCE_EVERY.saturating_mul(pause);
        let (sheet, version, total) = (self.sheet, list.version, list.total);
        let before = self.known.replace(list.clone()).filter(|_| self.differences);
        let Some(before) = before else {
            let value = SheetEvent::Presence(PresenceChanged::from(&*list));
            return Some(Shared { value, key: Some(EventKey::Presence(sheet, version, None)) });
        };
        let PresenceDifference { came, left } = list.since(&before);
        if came.is_empty() && left.is_empty() && total == before.total {
            return None;
        }
        let named = |pages: Vec<Present>| pages.into_iter().map(Presence::from).collect();
        let value = PresenceUpdated { came: named(came), left: named(left), total };
        let key = EventKey::Presence(sheet, version, Some(before.version));
        Some(Shared { value: SheetEvent::PresenceUpdated(value), key: Some(key) })
    }
}

/// Ready when the list of those who have the sheet open has changed, and may be sent.
async fn presence_changed(presence: &mut watch::Receiver<u64>, at: Instant) {
    // The sender is kept while it has a receiver.
    if presence.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
    presence.mark_changed();
    sleep_until(at).await;
}

/// The people of an event are read once for all who see it.
async fn add_people(context: &RequestContext, event: &Event) {
    let people = event.people.iter().map(|(id, person)| (*id, person.clone()));
    context.loader.feed_many(people).await;
}

/// An event as the subscriber of a sheet sees it, if it concerns that sheet.
fn render(event: &Event, sheet: SheetId) -> Option<SheetEvent> {
    let frame = event.frame(sheet)?;
    let change = Change(event.change.clone());
    let shows = |cell: &CellKey| frame.shows(*cell);
    match &event.subject {
        Subject::Entry { before, after } => {
            let Placed { entry, position } = after.as_ref();
            let governing = event.governing_frame(entry.cell)?;
            if !shows(&entry.cell) && !before.as_ref().is_some_and(shows) {
                return None;
            }
            Some(match event.change.action {
                Action::Delete => {
                    let (id, version) = (entry.id.to_string().into(), entry.version);
                    SheetEvent::Deleted(EntryDeleted { id, version, change })
                }
                _ => {
                    let entry = Entry::new(governing, Arc::new(entry.clone()), *position);
                    SheetEvent::Saved(EntrySaved { entry, change, merged: false })
                }
            })
        }
        Subject::Thread { id, cell } => {
            shows(cell).then_some(SheetEvent::Thread(ThreadChanged { id: *id, change }))
        }
        Subject::Sheet(None) => Some(changed(frame, change)),
        Subject::Sheet(Some(concerned)) if *concerned == sheet => Some(changed(frame, change)),
        Subject::Sheet(Some(_)) | Subject::Other => None,
    }
}

fn notices_changed(event: &Event) -> SheetEvent {
    SheetEvent::Notices(NoticesChanged { seq: event.change.seq })
}

fn changed(frame: &sheet::Frame, change: Change) -> SheetEvent {
    let sheet = Sheet::listed(frame.head.clone(), frame.region.clone());
    SheetEvent::Sheet(SheetChanged { sheet, change: Some(change) })
}

fn present(context: &RequestContext, sheet: SheetId) -> SheetEvent {
    SheetEvent::Presence(PresenceChanged::from(&context.live.presence.list(sheet)))
}

impl From<&PresenceList> for PresenceChanged {
    fn from(list: &PresenceList) -> Self {
        let present = list.named.iter().cloned().map(Presence::from).collect();
        PresenceChanged { present, total: list.total }
    }
}

impl From<Present> for Presence {
    fn from(present: Present) -> Self {
        Presence {
            account: Account(present.who),
            entry_id: present.entry.map(|entry| entry.to_string().into()),
            visit_id: Some(present.page.to_string().into()),
        }
    }
}

/// A sheet that the viewer reads; an operator's look is noted.
async fn readable(context: &RequestContext, id: &ID) -> Result<Option<(Arc<Viewer>, SheetHead)>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    let id: SheetId = scalars::id(id);
    let head = sheet::service::find(&context.db.read().await?, &viewer, id).await?;
    let Some(head) = head else { return Ok(None) };
    context.note_access(head.region, Some(head.id)).await?;
    Ok(Some((Arc::new(viewer), head)))
}

fn not_found() -> Error {
    let error = Error::new("計画・評価表が見つかりません。");
    error.extend_with(|_, extensions| extensions.set("code", "NOT_FOUND"))
}

/// Like [`page_key`]; a token that only reads registers no page.
fn registered_page(
    context: &RequestContext,
    head: &SheetHead,
    viewer: &Viewer,
    id: Option<&ID>,
) -> Option<PageKey> {
    context.writes().ok().and_then(|()| page_key(head, viewer, id))
}

fn page_key(head: &SheetHead, viewer: &Viewer, id: Option<&ID>) -> Option<PageKey> {
    let id: Uuid = scalars::id(id?);
    (!id.is_nil()).then_some(PageKey { sheet: head.id, account: viewer.account.id, id })
}
