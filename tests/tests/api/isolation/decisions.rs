//! Who may see or do what, decided for every field of the schema. A new one fails the test until it has a line here.

use super::schema::Place;
use std::collections::BTreeMap;

/// What a field of an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// For whoever asks: why something was refused, who one is, where a page ends.
    Public,
    /// For who reads the region that it is of: members, and operators.
    Region,
    /// For one person alone, whoever else reads the region.
    Own,
    /// A right of the viewer's, as the domain's table says.
    Right,
    /// Things done; decided in [`MUTATIONS`].
    Deed,
}

use Sight::{Deed, Own, Public, Region, Right};

const FIELDS: &[(Sight, &str, &str)] = &[
    (Public, "Query", "viewer"),
    (Region, "Query", "regions regionPage region sheet sheetEvents search"),
    (Own, "Query", "drafts waitingThreads notices tokens"),
    // Of regions, and one's own tokens.
    (Region, "Query", "node"),
    (Region, "Subscription", "sheetEvents"),
    (
        Deed,
        "Mutation",
        "signIn signOut changePassword createEntry updateEntry moveEntry deleteEntry restoreEntry assignEntry
        declineSceneSuggestions restoreSceneSuggestions createEntries tagEntries assignEntries moveEntries deleteEntries restoreEntries
        saveDraft discardDraft createToken revokeToken announcePresence createSnapshot createThread addComment
        resolveThread reopenThread withdrawComment noteVisit readNotices",
    ),
    (Region, "Account", "id login name organization operator memberships"),
    (Region, "Membership", "region role"),
    (Region, "Organization", "id kind name shortName"),
    (Region, "Region", "id name organizations accounts items handouts sheets"),
    (Region, "RegionConnection", "edges pageInfo"),
    (Region, "RegionEdge", "cursor node"),
    (Region, "Handout", "id number title"),
    (Region, "Item", "id code title scenes position"),
    (
        Region,
        "Sheet",
        "id region fiscalYear title itemHeading itemFootnote phase secretariat columns rows changes since snapshots
        threads sceneSuggestions declinedSceneSuggestions seq",
    ),
    (Own, "Sheet", "lastVisit news"),
    (Own, "SheetNews", "lastVisit drafts notices changes"),
    (Own, "LastVisit", "seq at"),
    (Region, "Column", "facet fiscalYear heading asOf footnote"),
    (Region, "Row", "item cells cell sceneCounts"),
    (Region, "SceneCount", "scene total explicit"),
    (Region, "Cell", "facet fiscalYear entries hiddenCount changes"),
    (Right, "Cell", "viewerCanEdit"),
    (
        Region,
        "Entry",
        "id region item facet fiscalYear body notes scenes explicitScenes owner position version deletedAt updatedAt
        updatedBy references threads changes",
    ),
    (Right, "Entry", "viewerCanEdit"),
    (Region, "SceneSuggestion", "entry scene words"),
    (Region, "Note", "kind text depth"),
    (Region, "UnresolvedReference", "label"),
    (Region, "EntryText", "body notes explicitScenes"),
    (
        Region,
        "EntryState",
        "version body notes explicitScenes owner position item facet fiscalYear deletedAt",
    ),
    (Region, "Change", "id seq at by byName byOrganization viaToken action summary entry"),
    (Region, "EntryChange", "entryId item facet fiscalYear before after difference"),
    (Region, "EntryDifference", "kind entryId entry before difference lastChange"),
    (Region, "Difference", "fate text"),
    (Region, "ChangeConnection", "edges pageInfo"),
    (Region, "ChangeEdge", "cursor node"),
    (Public, "PageInfo", "hasNextPage hasPreviousPage startCursor endCursor"),
    (Region, "Snapshot", "id label takenAt seq by byName columns rows"),
    (
        Region,
        "Thread",
        "id region sheetId item facet fiscalYear entry resolvedAt resolvedByName comments",
    ),
    (Own, "Thread", "waitsForViewer"),
    (Right, "Thread", "viewerCanComment"),
    (Region, "Comment", "id body at by byName byOrganization withdrawnAt mentions thread"),
    (Region, "EntryConnection", "edges pageInfo totalCount"),
    (Region, "EntryEdge", "cursor node snapshot"),
    (Own, "ThreadConnection", "edges pageInfo totalCount"),
    (Own, "ThreadEdge", "cursor node"),
    (Own, "Notice", "id kind change region sheet thread comment snapshot readAt"),
    (Own, "NoticeConnection", "edges pageInfo totalCount unreadCount"),
    (Own, "NoticeEdge", "cursor node"),
    (Own, "NoticesChanged", "seq unreadCount"),
    (Region, "Presence", "account entryId visitId"),
    (Region, "PresenceChanged", "present total"),
    (Region, "PresenceUpdated", "came left total"),
    (Region, "SheetChanged", "sheet change"),
    (Region, "SheetReset", "seq"),
    (Region, "ThreadChanged", "thread change"),
    (
        Own,
        "Draft",
        "id sheetId deviceId entryId itemId facet fiscalYear outline explicitScenes ownerId afterEntryId version merged
        typedAt",
    ),
    (Own, "Token", "id name scope createdAt expiresAt expired lastUsedAt lastUsedFrom"),
    (Public, "Refusal", "code message field"),
    // What a deed answers is for whoever was allowed to do it.
    (Deed, "SignedIn", "account"),
    (Deed, "PasswordChanged", "account"),
    (Deed, "TokenCreated", "token secret"),
    (Deed, "TokenRevoked", "id"),
    (Deed, "DraftKept", "draft"),
    (Deed, "EntrySaved", "entry change merged"),
    (Deed, "EntryDeleted", "id version change"),
    (Deed, "EditConflict", "base theirs yours"),
    (Deed, "EntriesCreated", "results"),
    (Deed, "EntriesChanged", "results"),
    (Deed, "EntriesDeleted", "results"),
    (Deed, "SnapshotCreated", "snapshot"),
    (Deed, "ThreadSaved", "thread change"),
    (Deed, "NoticesRead", "unreadCount"),
];

/// Every field's decision; a field that is decided twice is a mistake.
pub fn fields() -> BTreeMap<Place, Sight> {
    let mut decided = BTreeMap::new();
    for (sight, kind, names) in FIELDS {
        for name in names.split_whitespace() {
            let twice = decided.insert(((*kind).to_owned(), name.to_owned()), *sight);
            assert_eq!(twice, None, "{kind}.{name} is decided twice");
        }
    }
    decided
}

/// Who may have a mutation done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// Whoever knows the password.
    Anybody,
    /// A person with their own account, whatever their role.
    Oneself,
    /// Who may edit what the entry's owner has, by the domain's table.
    Edit,
    /// By the domain's table.
    Comment,
    /// By the domain's table.
    Snapshot,
    /// Who reads the region, by the domain's table; what it keeps is theirs alone.
    Read,
}

pub const MUTATIONS: &[(&str, May)] = &[
    ("signIn", May::Anybody),
    ("signOut", May::Oneself),
    ("changePassword", May::Oneself),
    ("createToken", May::Oneself),
    ("revokeToken", May::Oneself),
    ("createEntry", May::Edit),
    ("updateEntry", May::Edit),
    ("moveEntry", May::Edit),
    ("deleteEntry", May::Edit),
    ("restoreEntry", May::Edit),
    ("assignEntry", May::Edit),
    ("createEntries", May::Edit),
    ("tagEntries", May::Edit),
    ("assignEntries", May::Edit),
    ("moveEntries", May::Edit),
    ("deleteEntries", May::Edit),
    ("restoreEntries", May::Edit),
    ("declineSceneSuggestions", May::Edit),
    ("restoreSceneSuggestions", May::Edit),
    ("createThread", May::Comment),
    ("addComment", May::Comment),
    ("resolveThread", May::Comment),
    ("reopenThread", May::Comment),
    ("withdrawComment", May::Comment),
    ("createSnapshot", May::Snapshot),
    ("saveDraft", May::Read),
    ("announcePresence", May::Read),
    ("noteVisit", May::Read),
    // Whoever has none there has nothing to let go.
    ("discardDraft", May::Oneself),
    ("readNotices", May::Oneself),
];

/// What an id in an input is the id of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Id {
    /// A name that the sender makes up: nothing is found by it but what the sender sent.
    MadeUp,
    Region,
    Sheet,
    Item,
    Organization,
    Entry,
    Change,
    Thread,
    Comment,
    Token,
    Notice,
    /// An organisation or an account.
    Mention,
    /// Whatever has an id.
    Any,
    /// Kept as the person typed it, for them alone, or told as they said it; nobody looks up what it is.
    AsTyped(&'static str),
}

/// Ids in the inputs of mutations: `mutation.field`.
pub const IDS: &[(&str, Id)] = &[
    ("createEntry.requestId", Id::MadeUp),
    ("createEntry.sheetId", Id::Sheet),
    ("createEntry.itemId", Id::Item),
    ("createEntry.ownerId", Id::Organization),
    ("createEntry.afterEntryId", Id::Entry),
    ("updateEntry.requestId", Id::MadeUp),
    ("updateEntry.id", Id::Entry),
    ("moveEntry.requestId", Id::MadeUp),
    ("moveEntry.id", Id::Entry),
    ("moveEntry.afterEntryId", Id::Entry),
    ("moveEntry.itemId", Id::Item),
    ("deleteEntry.requestId", Id::MadeUp),
    ("deleteEntry.id", Id::Entry),
    ("restoreEntry.requestId", Id::MadeUp),
    ("restoreEntry.entryId", Id::Entry),
    ("restoreEntry.changeId", Id::Change),
    ("assignEntry.requestId", Id::MadeUp),
    ("assignEntry.id", Id::Entry),
    ("assignEntry.ownerId", Id::Organization),
    ("createEntries.requestId", Id::MadeUp),
    ("createEntries.sheetId", Id::Sheet),
    ("createEntries.entries.itemId", Id::Item),
    ("createEntries.entries.ownerId", Id::Organization),
    ("createEntries.entries.afterEntryId", Id::Entry),
    ("tagEntries.requestId", Id::MadeUp),
    ("tagEntries.entries.id", Id::Entry),
    ("assignEntries.requestId", Id::MadeUp),
    ("assignEntries.entries.id", Id::Entry),
    ("assignEntries.ownerId", Id::Organization),
    ("moveEntries.requestId", Id::MadeUp),
    ("moveEntries.entries.id", Id::Entry),
    ("moveEntries.itemId", Id::Item),
    ("moveEntries.afterEntryId", Id::Entry),
    ("deleteEntries.requestId", Id::MadeUp),
    ("deleteEntries.entries.id", Id::Entry),
    ("restoreEntries.requestId", Id::MadeUp),
    ("restoreEntries.entries.id", Id::Entry),
    ("restoreEntries.entries.changeId", Id::Change),
    ("declineSceneSuggestions.requestId", Id::MadeUp),
    ("declineSceneSuggestions.sheetId", Id::Sheet),
    ("declineSceneSuggestions.suggestions.entryId", Id::Entry),
    ("restoreSceneSuggestions.requestId", Id::MadeUp),
    ("restoreSceneSuggestions.sheetId", Id::Sheet),
    ("restoreSceneSuggestions.suggestions.entryId", Id::Entry),
    ("saveDraft.sheetId", Id::Sheet),
    ("saveDraft.deviceId", Id::MadeUp),
    ("saveDraft.entryId", Id::Entry),
    ("saveDraft.itemId", Id::Item),
    ("saveDraft.ownerId", Id::AsTyped("organization")),
    ("saveDraft.afterEntryId", Id::AsTyped("entry")),
    ("discardDraft.sheetId", Id::Sheet),
    ("discardDraft.deviceId", Id::MadeUp),
    ("discardDraft.entryId", Id::Entry),
    ("discardDraft.itemId", Id::Item),
    ("createToken.requestId", Id::MadeUp),
    ("revokeToken.requestId", Id::MadeUp),
    ("revokeToken.id", Id::Token),
    ("announcePresence.sheetId", Id::Sheet),
    ("announcePresence.visitId", Id::MadeUp),
    ("announcePresence.entryId", Id::AsTyped("entry")),
    ("createSnapshot.requestId", Id::MadeUp),
    ("createSnapshot.sheetId", Id::Sheet),
    ("createThread.requestId", Id::MadeUp),
    ("createThread.sheetId", Id::Sheet),
    ("createThread.entryId", Id::Entry),
    ("createThread.itemId", Id::Item),
    ("createThread.mentionIds", Id::Mention),
    ("addComment.requestId", Id::MadeUp),
    ("addComment.threadId", Id::Thread),
    ("addComment.mentionIds", Id::Mention),
    ("resolveThread.requestId", Id::MadeUp),
    ("resolveThread.threadId", Id::Thread),
    ("reopenThread.requestId", Id::MadeUp),
    ("reopenThread.threadId", Id::Thread),
    ("withdrawComment.requestId", Id::MadeUp),
    ("withdrawComment.commentId", Id::Comment),
    ("noteVisit.sheetId", Id::Sheet),
    ("readNotices.ids", Id::Notice),
    ("readNotices.threadIds", Id::Thread),
    ("readNotices.untilId", Id::Notice),
];

/// Ids in the arguments of what is read: `Type.field.argument`.
pub const ARGUMENTS: &[(&str, Id)] = &[
    ("Query.region.id", Id::Region),
    ("Query.sheet.regionId", Id::Region),
    ("Query.drafts.sheetId", Id::Sheet),
    ("Query.search.regionId", Id::Region),
    ("Query.search.ownerIds", Id::Organization),
    ("Query.sheetEvents.sheetId", Id::Sheet),
    ("Query.sheetEvents.visitId", Id::MadeUp),
    ("Query.node.id", Id::Any),
    ("Subscription.sheetEvents.sheetId", Id::Sheet),
    ("Subscription.sheetEvents.visitId", Id::MadeUp),
    ("Sheet.changes.itemId", Id::Item),
    ("Sheet.rows.ownerIds", Id::Organization),
];
