//! Who is there, as the server tells it.

use renkei_domain::{AccountId, OrganizationId, OrganizationKind, RegionId, Role};
use serde::{Deserialize, Serialize};

/// The account that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub id: AccountId,
    pub login: String,
    pub name: String,
    pub operator: bool,
    pub organization: Organization,
    pub memberships: Vec<Membership>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    pub id: OrganizationId,
    /// None: one that is newer than this page.
    pub kind: Option<OrganizationKind>,
    pub name: String,
    pub short_name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub role: Role,
    pub region: RegionName,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionName {
    pub id: RegionId,
    pub name: String,
}

impl Viewer {
    /// The role in a region; none for an operator who is no member, and for strangers.
    pub fn role_in(&self, region: RegionId) -> Option<Role> {
        self.memberships.iter().find(|membership| membership.region.id == region).map(|held| held.role)
    }
}

/// What is known about who is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Session {
    /// Not asked yet.
    #[default]
    Unknown,
    SignedOut,
    SignedIn(Viewer),
}

impl Session {
    pub fn viewer(&self) -> Option<&Viewer> {
        match self {
            Self::SignedIn(viewer) => Some(viewer),
            Self::Unknown | Self::SignedOut => None,
        }
    }
}
