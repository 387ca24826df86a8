//! Who is there, signing in and out.

use super::model;
use crate::{
    api::{EnumValue, Id, Refusal},
    schema,
};
use renkei_domain::{AccountId, OrganizationId, OrganizationKind, RegionId, Role};

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
pub struct Viewer {
    pub viewer: Option<Account>,
}

#[derive(cynic::QueryFragment)]
pub struct Account {
    pub id: Id<AccountId>,
    pub login: String,
    pub name: String,
    pub operator: bool,
    pub organization: Organization,
    pub memberships: Vec<Membership>,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct Organization {
    pub id: Id<OrganizationId>,
    pub kind: EnumValue<OrganizationKind>,
    pub name: String,
    pub short_name: String,
}

#[derive(cynic::QueryFragment)]
pub struct Membership {
    pub role: EnumValue<Role>,
    pub region: Region,
}

#[derive(cynic::QueryFragment)]
pub struct Region {
    pub id: Id<RegionId>,
    pub name: String,
}

/// Whether somebody was signed in when an answer was given.
#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Account")]
pub struct ViewerId {
    pub id: Id<AccountId>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "SignInVariables")]
pub struct SignIn {
    #[arguments(input: $input)]
    pub sign_in: SignInPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SignInVariables {
    pub input: SignInInput,
}

#[derive(Default, cynic::InputObject)]
pub struct SignInInput {
    pub login: String,
    pub password: String,
}

#[derive(cynic::InlineFragments)]
pub enum SignInPayload {
    SignedIn(SignedIn),
    Refusal(Refusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
pub struct SignedIn {
    pub account: Account,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation")]
pub struct SignOut {
    pub sign_out: bool,
}

/// In a role that is newer than this page, one reads.
impl From<Account> for model::Viewer {
    fn from(account: Account) -> Self {
        let membership = |held: Membership| model::Membership {
            role: held.role.0.unwrap_or(Role::Viewer),
            region: model::RegionName { id: held.region.id.0, name: held.region.name },
        };
        Self {
            id: account.id.0,
            login: account.login,
            name: account.name,
            operator: account.operator,
            organization: account.organization.into(),
            memberships: account.memberships.into_iter().map(membership).collect(),
        }
    }
}

impl From<Organization> for model::Organization {
    fn from(organization: Organization) -> Self {
        let Organization { id, kind, name, short_name } = organization;
        Self { id: id.0, kind: kind.0, name, short_name }
    }
}
