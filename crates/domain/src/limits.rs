//! Every limit that client and server share, named once. Texts are counted in characters (Unicode scalar values).

/// Characters in an entry's body.
pub const BODY_CHARS: usize = 4_000;
/// Characters in one note.
pub const NOTE_CHARS: usize = 2_000;
/// Notes under one entry; as many as there are circled numbers (① to ㊿).
pub const NOTES: usize = 50;
/// Characters of all entries in one cell: 1,000 entries of 200 characters fit twice.
pub const CELL_CHARS: usize = 500_000;
/// Characters of all entries that one sheet governs: about 8 MB of UTF-8 in Japanese.
pub const SHEET_CHARS: usize = 2_500_000;
/// Living entries in one cell.
pub const ENTRIES_PER_CELL: usize = 2_000;
/// Entries that one request creates or changes.
pub const ENTRIES_AT_ONCE: usize = 500;
/// Items on one sheet.
pub const ITEMS: usize = 200;
/// Characters in an item's code.
pub const CODE_CHARS: usize = 10;
/// Characters in an item's title.
pub const TITLE_CHARS: usize = 200;
/// Characters in a column's heading.
pub const HEADING_CHARS: usize = 200;
/// Characters in a text to search for.
pub const SEARCH_CHARS: usize = 200;
/// Characters in a name: of a region, an organisation, an account.
pub const NAME_CHARS: usize = 100;
/// Characters in a sign-in name.
pub const LOGIN_CHARS: usize = 100;
/// Characters that a password needs at least (NIST SP 800-63B asks for 8 and for no rules of composition).
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Characters in a password at most.
pub const PASSWORD_CHARS_MAX: usize = 200;
/// Rows of a connection that one request may ask for.
pub const PAGE_ROWS: usize = 100;
/// Changes that add, delete, restore or move entries and are looked through to tell what is different since a moment;
/// edits in place don't count.
pub const CHANGES_SINCE: usize = 20_000;
/// Characters in a comment.
pub const COMMENT_CHARS: usize = 2_000;
/// Comments in a thread, withdrawn ones included.
pub const COMMENTS: usize = 200;
/// Threads on one entry or one cell.
pub const THREADS: usize = 100;
/// People and organisations that one comment mentions.
pub const MENTIONS: usize = 50;
/// Minutes after which somebody who looks at a sheet again is on another visit.
pub const VISIT_MINUTES: i64 = 30;
/// Snapshots of one sheet.
pub const SNAPSHOTS: usize = 100;
/// Notices, and threads, that are marked as read in one request by their ids.
pub const NOTICES_AT_ONCE: usize = 500;
/// Up to so many new changes of a sheet are counted on the start page.
pub const NEW_CHANGES: usize = 50;
/// Characters in a draft, and in what was typed to combine it with another text: twice what an entry can hold.
pub const DRAFT_CHARS: usize = 200_000;
/// Drafts of one account.
pub const DRAFTS: usize = 500;
/// Characters in all drafts of one account together.
pub const DRAFTS_CHARS: usize = 4_000_000;
/// Characters in the name that a browser gives itself.
pub const DEVICE_CHARS: usize = 100;
/// Tokens of one account, expired ones that are still shown included.
pub const TOKENS: usize = 20;
/// Characters in a token's name.
pub const TOKEN_NAME_CHARS: usize = 50;
/// Days for which a token is good at most.
pub const TOKEN_DAYS: i32 = 366;
/// Bytes of a request's body.
pub const REQUEST_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of a sheet's file at import.
pub const IMPORT_BYTES: usize = 8 * 1024 * 1024;
/// Days for which the answer to a request id is kept.
pub const REQUEST_DAYS: i64 = 30;
/// Failed sign-ins of one account from one address within [`SIGN_IN_MINUTES`], after which there is a wait.
pub const SIGN_IN_FAILURES: u64 = 10;
/// The window, in minutes, in which failed sign-ins are counted.
pub const SIGN_IN_MINUTES: i64 = 15;
