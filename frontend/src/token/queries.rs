//! One's own tokens.

use crate::{
    api::{EnumValue, Id, payload},
    cached_query::answers,
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

answers!(Tokens);

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

payload!(CreateTokenPayload: TokenCreated);

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

payload!(RevokeTokenPayload: TokenRevoked);

#[derive(cynic::QueryFragment)]
pub struct TokenRevoked {
    pub id: Id<TokenId>,
}
