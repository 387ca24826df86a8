//! What the matrix *is*: nouns, rules and text of the 計画・評価表.
//!
//! Pure: no IO, no clock, no randomness, no async. The server and the browser run this same source.

pub mod diff;
pub mod entry;
pub mod era;
pub mod facet;
pub mod fields;
pub mod filter;
pub mod id;
pub mod limits;
pub mod marks;
pub mod merge;
pub mod outline;
pub mod paste;
pub mod permission;
pub mod reading;
pub mod reference;
pub mod region;
pub mod scene;
pub mod search;
pub mod sheet;
pub mod suggestion;
pub mod text;
pub mod token;

pub use entry::{EntryText, Note, NoteKind, TextFault};
pub use era::{Date, FiscalYear};
pub use facet::Facet;
pub use filter::{EntryFacts, EntryFilter, SceneMatch};
pub use id::{
    AccountId, ChangeId, CommentId, DraftId, EntryId, HandoutId, ItemId, NoticeId, OrganizationId, RegionId,
    RequestId, SheetId, SnapshotId, ThreadId, TokenId,
};
pub use permission::{Act, Actor, Denied, Owner};
pub use reading::{ColumnReading, RowReading, SheetReading};
pub use region::{OrganizationKind, Role};
pub use scene::{CareScene, SceneSet};
pub use search::SearchTerms;
pub use sheet::Phase;
pub use token::TokenScope;
