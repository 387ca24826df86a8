//! Identities. Opaque to everybody outside, UUIDv7 in storage, unique over all types.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids!(
    RegionId,
    OrganizationId,
    AccountId,
    ItemId,
    SheetId,
    EntryId,
    HandoutId,
    ChangeId,
    DraftId,
    SnapshotId,
    ThreadId,
    CommentId,
    NoticeId,
    TokenId,
    /// A client's UUID for one request, so that the same request sent twice is done once.
    RequestId,
);
