//! Accounts (アカウント): named persons in one organisation, and the roles that they hold in regions.

pub mod api;
pub mod password;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{
    credentials, lock, lock_account, members, members_of, renew_password_hash, renewed, role_in, viewer,
    viewer_rows, viewers, viewers_of,
};

use crate::region::{Organization, Region};
use renkei_domain::{AccountId, Actor, OrganizationId, RegionId, Role};

/// An account with what its password is checked against.
pub struct Credentials {
    pub account: Account,
    pub password_hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub login: String,
    pub name: String,
    pub organization: Organization,
    /// Runs the installation: reads every region, and leaves a trace in the access log.
    pub operator: bool,
}

/// A role, which is held in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub region: Region,
    pub role: Role,
}

/// Somebody with a role in a region, without names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub account: AccountId,
    pub organization: OrganizationId,
    pub role: Role,
}

/// Who asks: an account with its roles, as they are at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub account: Account,
    pub memberships: Vec<Membership>,
    /// The name of the token by which they ask, if they ask by one.
    pub via_token: Option<String>,
}

impl Viewer {
    /// Members read their regions, operators all of them, and nobody else anything.
    pub fn reads(&self, region: RegionId) -> bool {
        self.account.operator || self.role_in(region).is_some()
    }

    pub fn role_in(&self, region: RegionId) -> Option<Role> {
        self.memberships
            .iter()
            .find(|membership| membership.region.id == region)
            .map(|membership| membership.role)
    }

    /// The viewer before the permission table. An operator's mark alone gives no more than reading.
    pub fn actor(&self, region: RegionId, secretariat: OrganizationId) -> Actor {
        let role = self.role_in(region);
        Actor {
            organization: self.account.organization.id,
            role,
            secretariat: role.is_some() && self.account.organization.id == secretariat,
        }
    }
}
