//! One's own tokens.

use crate::{
    api::{EnumValue, Id, Payload, Refusal},
    cached_query::Answer,
    schema,
    session::ViewerId,
};
use renkei_domain::{TokenId, TokenScope};

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
pub struct Tokens {
    pub viewer: Option<ViewerId>,
    pub tokens: Vec<Token>,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Token {
    pub id: Id<TokenId>,
    pub name: String,
    pub scope: EnumValue<TokenScope>,
    pub expires_at: String,
    pub expired: bool,
    pub last_used_at: Option<String>,
    pub last_used_from: Option<String>,
}

impl Answer for Tokens {
    fn is_signed_in(&self) -> bool {
        self.viewer.is_some()
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateTokenVariables")]
pub struct CreateToken {
    #[arguments(input: $input)]
    #[cynic(rename = "createToken", alias)]
    pub answer: CreateTokenPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct CreateTokenVariables {
    pub input: CreateTokenInput,
}

#[derive(Default, cynic::InputObject)]
pub struct CreateTokenInput {
    pub request_id: Id<String>,
    pub name: String,
    pub scope: EnumValue<TokenScope>,
    pub days: i32,
}

#[derive(cynic::InlineFragments)]
pub enum CreateTokenPayload {
    TokenCreated(TokenCreated),
    Refusal(Refusal),
    #[cynic(fallback)]
    Unknown,
}

/// Only the first answer has the secret.
#[derive(cynic::QueryFragment)]
pub struct TokenCreated {
    pub secret: Option<String>,
    pub token: TokenName,
}

#[derive(Clone, cynic::QueryFragment)]
#[cynic(graphql_type = "Token")]
pub struct TokenName {
    pub id: Id<TokenId>,
    pub name: String,
}

impl Payload for CreateTokenPayload {
    type Done = TokenCreated;

    fn outcome(self) -> Result<TokenCreated, Refusal> {
        match self {
            Self::TokenCreated(created) => Ok(created),
            Self::Refusal(refusal) => Err(refusal),
            Self::Unknown => Err(Refusal::unknown()),
        }
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RevokeTokenVariables")]
pub struct RevokeToken {
    #[arguments(input: $input)]
    #[cynic(rename = "revokeToken", alias)]
    pub answer: RevokeTokenPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct RevokeTokenVariables {
    pub input: RevokeTokenInput,
}

#[derive(Default, cynic::InputObject)]
pub struct RevokeTokenInput {
    pub request_id: Id<String>,
    pub id: Id<TokenId>,
}

#[derive(cynic::InlineFragments)]
pub enum RevokeTokenPayload {
    TokenRevoked(TokenRevoked),
    Refusal(Refusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
pub struct TokenRevoked {
    pub id: Id<TokenId>,
}

impl Payload for RevokeTokenPayload {
    type Done = TokenRevoked;

    fn outcome(self) -> Result<TokenRevoked, Refusal> {
        match self {
            Self::TokenRevoked(revoked) => Ok(revoked),
            Self::Refusal(refusal) => Err(refusal),
            Self::Unknown => Err(Refusal::unknown()),
        }
    }
}
