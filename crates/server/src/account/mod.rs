//! Accounts (アカウント): named persons in one organisation, and the roles that they hold in regions.

use renkei_domain::{AccountId, OrganizationId, RegionId, Role};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub login: String,
    pub name: String,
    pub organization: OrganizationId,
    /// Runs the installation: reads every region, and leaves a trace in the access log.
    pub operator: bool,
}

/// Who asks: an account with its roles, as they are at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub account: Account,
    pub memberships: Vec<(RegionId, Role)>,
}
