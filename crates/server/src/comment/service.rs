//! What is done to threads. Every command goes through [`execute`], as edits of entries do.

use super::{Comment, Mention, Resolved, Thread, store};
use crate::{
    Db, Fault,
    account::{self, Viewer},
    caller::{AuthorizedWrite, Identity},
    change::{self, Action, By, NewChange},
    clock,
    db::{RegionOf, Write},
    entry::{self, CellKey, EntryOrCell},
    notice,
    refusal::{Refusal, RefusalCode, Stop},
    region::{self, RegionView},
    request, sheet,
};
use renkei_domain::{
    AccountId, ChangeId, CommentId, EntryId, OrganizationId, RequestId, SheetId, ThreadId, limits,
    text::is_blank,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What somebody wants done to a thread.
#[derive(Clone, Debug)]
pub enum ThreadCommand {
    /// Begins a thread beside a sheet. `None`: no place was named.
    Begin {
        sheet: SheetId,
        about: Option<EntryOrCell>,
        comment: NewComment,
    },
    /// An answer; to a resolved thread too, which it reopens, so that it is seen.
    Add {
        thread: ThreadId,
        comment: NewComment,
    },
    Resolve {
        thread: ThreadId,
    },
    Reopen {
        thread: ThreadId,
    },
    Withdraw {
        comment: CommentId,
    },
}

/// A comment before it has its author: its text, and the ids of organisations and people whom it mentions.
#[derive(Clone, Debug)]
pub struct NewComment {
    pub body: String,
    pub mentions: Vec<Uuid>,
}

/// What came of it, as it is kept for the same request sent again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename = "saved")]
pub struct Saved {
    pub thread: ThreadId,
    /// None: it was so already.
    pub change: Option<ChangeId>,
}

/// Checks and executes a command. `request` is `None` if what was sent is no UUID.
pub async fn execute(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    command: ThreadCommand,
) -> Result<Saved, Stop> {
    let (_, region) = command.about();
    let kind = command.kind();
    let execute = async move |write: &AuthorizedWrite<'_>| Ok((locked(write, request, &command).await?, ()));
    Ok(request::service::once(db, identity, request, kind, Some(&region), execute).await?.0)
}

/// Handles a command with the rights of the moment at which its region is locked.
async fn locked(
    write: &AuthorizedWrite<'_>,
    request: Option<RequestId>,
    command: &ThreadCommand,
) -> Result<Saved, Stop> {
    let (what, _) = command.about();
    let (region, viewer) = write.lock_region(what).await?;
    let gone = || Fault::new("a locked region is gone");
    let region = region::service::view(write, region.id).await?.ok_or_else(gone)?;
    (CommandHandler { write, viewer: &viewer, region: &region, request }).handle(command.clone()).await
}

/// A thread of a region that somebody reads.
pub async fn find(db: &Db, viewer: &Viewer, id: ThreadId) -> Result<Option<Thread>, Fault> {
    Ok(store::find(&db.read().await?, id).await?.filter(|thread| viewer.reads(thread.region)))
}

/// The thread of a comment, in a region that somebody reads.
pub async fn find_by_comment(db: &Db, viewer: &Viewer, id: CommentId) -> Result<Option<Thread>, Fault> {
    let thread = store::find_by_comment(&db.read().await?, id).await?;
    Ok(thread.filter(|thread| viewer.reads(thread.region)))
}

impl ThreadCommand {
    /// What it is about, and in which region that is.
    fn about(&self) -> (&'static str, RegionOf) {
        match self {
            ThreadCommand::Begin { sheet, .. } => ("計画・評価表", sheet::region_of(*sheet)),
            ThreadCommand::Add { thread, .. }
            | ThreadCommand::Resolve { thread }
            | ThreadCommand::Reopen { thread } => ("コメント", store::region_of(*thread)),
            ThreadCommand::Withdraw { comment } => ("コメント", store::region_of_comment(*comment)),
        }
    }

    /// The spelling of SQL: a request id is good for one kind.
    fn kind(&self) -> &'static str {
        match self {
            ThreadCommand::Begin { .. } => "CREATE_THREAD",
            ThreadCommand::Add { .. } => "ADD_COMMENT",
            ThreadCommand::Resolve { .. } => "RESOLVE_THREAD",
            ThreadCommand::Reopen { .. } => "REOPEN_THREAD",
            ThreadCommand::Withdraw { .. } => "WITHDRAW_COMMENT",
        }
    }
}

/// Checks a command (is it there, right, phase, input, in this order) and does it.
struct CommandHandler<'a> {
    write: &'a Write,
    viewer: &'a Viewer,
    /// Locked until the transaction ends.
    region: &'a RegionView,
    request: Option<RequestId>,
}

impl CommandHandler<'_> {
    async fn handle(&self, command: ThreadCommand) -> Result<Saved, Stop> {
        match command {
            ThreadCommand::Begin { sheet, about, comment } => self.begin(sheet, about, comment).await,
            ThreadCommand::Add { thread, comment } => self.add(thread, comment).await,
            ThreadCommand::Resolve { thread } => self.settle(thread, Action::Resolve).await,
            ThreadCommand::Reopen { thread } => self.settle(thread, Action::Reopen).await,
            ThreadCommand::Withdraw { comment } => self.withdraw(comment).await,
        }
    }

    async fn begin(
        &self,
        sheet: SheetId,
        about: Option<EntryOrCell>,
        comment: NewComment,
    ) -> Result<Saved, Stop> {
        let about = about.ok_or_else(|| {
            let message =
                "コメントの場所として、entryId か、itemId・facet・fiscalYear のすべてを指定してください。";
            Refusal::invalid("entryId", message)
        })?;
        let (entry, cell) = self.place(sheet, about).await?;
        sheet::may_comment(self.region, self.viewer, cell)?;
        request::service::valid(self.request)?;
        let comment = self.comment(comment).await?;
        if store::count(self.write, entry, cell).await? >= limits::THREADS as u64 {
            let message = format!(
                "1つの取組や欄へのコメントは{}件までです。すでにあるコメントに返信してください。",
                limits::THREADS
            );
            return Err(Refusal::new(RefusalCode::TooLong, message).into());
        }
        let thread = Thread {
            id: clock::fresh(),
            region: self.region.region.id,
            entry,
            cell,
            version: 1,
            resolved: None,
            comments: vec![comment],
        };
        store::insert(self.write, &thread).await?;
        store::insert_comment(self.write, thread.id, 0, &thread.comments[0]).await?;
        let change = self.log(Action::Comment, None, None, &thread, thread.comments.first()).await?;
        self.tell(&thread, change).await?;
        Ok(Saved { thread: thread.id, change: Some(change) })
    }

    async fn add(&self, id: ThreadId, comment: NewComment) -> Result<Saved, Stop> {
        let before = self.open(store::find(&**self.write, id).await?)?;
        let comment = self.comment(comment).await?;
        if before.comments.len() >= limits::COMMENTS {
            let message = format!(
                "1つのコメントへの返信は{}件までです。新しいコメントとして書いてください。",
                limits::COMMENTS - 1
            );
            return Err(Refusal::new(RefusalCode::TooLong, message).into());
        }
        let mut thread = Thread { resolved: None, version: before.version + 1, ..before.clone() };
        store::insert_comment(self.write, id, before.comments.len(), &comment).await?;
        thread.comments.push(comment);
        store::update(self.write, &thread).await?;
        let change = self.log(Action::Comment, Some(&before), None, &thread, thread.comments.last()).await?;
        self.tell(&thread, change).await?;
        Ok(Saved { thread: id, change: Some(change) })
    }

    /// Resolves a thread, or opens it again.
    async fn settle(&self, id: ThreadId, action: Action) -> Result<Saved, Stop> {
        let before = self.open(store::find(&**self.write, id).await?)?;
        let resolves = action == Action::Resolve;
        if before.resolved.is_some() == resolves {
            return Ok(Saved { thread: id, change: None });
        }
        let by_name = &self.viewer.account.name;
        let resolved = resolves.then(|| Resolved { at: clock::now(), by_name: by_name.clone() });
        let thread = Thread { resolved, version: before.version + 1, ..before.clone() };
        store::update(self.write, &thread).await?;
        let change = self.log(action, Some(&before), None, &thread, None).await?;
        let by = self.viewer.account.id;
        notice::service::tell_settled(self.write, self.region, &thread, by, change).await?;
        Ok(Saved { thread: id, change: Some(change) })
    }

    /// One's own. Its place stays, so that answers keep their sense.
    async fn withdraw(&self, id: CommentId) -> Result<Saved, Stop> {
        let before = self.open(store::find_by_comment(&**self.write, id).await?)?;
        let at = before.comments.iter().position(|comment| comment.id == id);
        let at = at.ok_or_else(|| Fault::new("a comment is not in its thread"))?;
        let comment = &before.comments[at];
        if comment.by != self.viewer.account.id {
            let message = "取り消せるのは、自分のコメントだけです。";
            return Err(Refusal::new(RefusalCode::Forbidden, message).into());
        }
        if comment.withdrawn_at.is_some() {
            return Ok(Saved { thread: before.id, change: None });
        }
        let mut thread = Thread { version: before.version + 1, ..before.clone() };
        let now = clock::now();
        let withdrawn = &mut thread.comments[at];
        (withdrawn.body, withdrawn.mentions, withdrawn.withdrawn_at) = (String::new(), Vec::new(), Some(now));
        store::withdraw(self.write, id, now).await?;
        notice::service::withdraw(self.write, id).await?;
        store::update(self.write, &thread).await?;
        let (before_it, after_it) = (Some(&before.comments[at]), Some(&thread.comments[at]));
        let change = self.log(Action::Withdraw, Some(&before), before_it, &thread, after_it).await?;
        Ok(Saved { thread: thread.id, change: Some(change) })
    }

    /// Tells whom the last comment of a thread concerns.
    async fn tell(&self, thread: &Thread, change: ChangeId) -> Result<(), Stop> {
        if let Some(comment) = thread.comments.last() {
            notice::service::tell_comment(self.write, self.region, thread, comment, change).await?;
        }
        Ok(())
    }

    /// A thread that its reader may comment on.
    fn open(&self, found: Option<Thread>) -> Result<Thread, Refusal> {
        let thread = found.ok_or_else(|| Refusal::not_found("コメント"))?;
        sheet::may_comment(self.region, self.viewer, thread.cell)?;
        request::service::valid(self.request)?;
        Ok(thread)
    }

    /// A living entry of the region, or a cell that the sheet prints.
    async fn place(&self, sheet: SheetId, about: EntryOrCell) -> Result<(Option<EntryId>, CellKey), Stop> {
        match about {
            EntryOrCell::Entry(id) => {
                let entry = entry::stored(&**self.write, id).await?;
                let entry = entry
                    .filter(|entry| entry.region == self.region.region.id && entry.deleted_at.is_none())
                    .ok_or_else(|| Refusal::not_found("取組"))?;
                Ok((Some(id), entry.cell))
            }
            EntryOrCell::Cell(cell) => {
                let not_found = || Refusal::not_found("欄");
                let head = self.region.sheet(sheet).ok_or_else(not_found)?;
                let columns = sheet::columns(&**self.write, head).await?;
                let rows = sheet::rows(&**self.write, sheet).await?;
                let shown = columns.iter().any(|column| column.key() == cell.column())
                    && rows.iter().any(|row| row.item == cell.item);
                if shown { Ok((None, cell)) } else { Err(not_found().into()) }
            }
        }
    }

    async fn comment(&self, comment: NewComment) -> Result<Comment, Stop> {
        let body = checked(comment.body)?;
        Ok(Comment {
            id: clock::fresh(),
            at: clock::now(),
            by: self.viewer.account.id,
            by_name: self.viewer.account.name.clone(),
            by_organization: self.viewer.account.organization.name.clone(),
            body,
            mentions: self.mentions(comment.mentions).await?,
            withdrawn_at: None,
        })
    }

    /// Organisations and people of the region, each once.
    async fn mentions(&self, ids: Vec<Uuid>) -> Result<Vec<Mention>, Stop> {
        let region = self.region;
        if ids.len() > limits::MENTIONS {
            let message = format!("宛先は{}件までです。", limits::MENTIONS);
            return Err(Refusal::too_long("mentionIds", message).into());
        }
        let mut mentions = Vec::with_capacity(ids.len());
        let people = account::viewers(&**self.write, ids.iter().copied().map(AccountId)).await?;
        for id in ids {
            let organization =
                region.organization(OrganizationId(id)).map(|one| Mention::Organization(one.id));
            let person = people
                .get(&AccountId(id))
                .filter(|person| person.role_in(region.region.id).is_some())
                .map(|person| Mention::Account(person.account.id));
            let mention = organization.or(person).ok_or_else(|| {
                Refusal::invalid("mentionIds", "宛先には、この圏域の機関か人を指定してください。")
            })?;
            if !mentions.contains(&mention) {
                mentions.push(mention);
            }
        }
        Ok(mentions)
    }

    async fn log(
        &self,
        action: Action,
        before: Option<&Thread>,
        comment_before: Option<&Comment>,
        after: &Thread,
        comment: Option<&Comment>,
    ) -> Result<ChangeId, Stop> {
        let code = sheet::code(&**self.write, after.cell.item).await?;
        let summary = action.summary(&code, after.cell, after.entry.is_some());
        let before = before.map(|before| before.logged(comment_before));
        let change = NewChange::thread(action, before, after, comment, summary, self.request)?;
        let by = By::viewer(self.viewer);
        Ok(change::service::append(self.write, after.region, &by, change).await?.id)
    }
}

/// A comment is text with line breaks, kept as it was typed.
fn checked(body: String) -> Result<String, Refusal> {
    if is_blank(&body) {
        return Err(Refusal::invalid("body", "コメントを入力してください。"));
    }
    if body.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::invalid("body", "コメントに制御文字は使えません。"));
    }
    let (chars, max) = (body.chars().count(), limits::COMMENT_CHARS);
    if chars > max {
        return Err(Refusal::too_long("body", format!("コメントは{max}文字までです（今は{chars}文字）。")));
    }
    Ok(body)
}
