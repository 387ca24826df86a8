//! Changing the password.

use crate::{
    api::{Id, payload},
    schema,
};
use renkei_domain::AccountId;

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ChangePasswordVariables")]
pub struct ChangePassword {
    #[arguments(input: $input)]
    pub change_password: ChangePasswordPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct ChangePasswordVariables {
    pub input: ChangePasswordInput,
}

#[derive(Default, cynic::InputObject)]
pub struct ChangePasswordInput {
    pub current_password: String,
    pub new_password: String,
}

payload!(ChangePasswordPayload: PasswordChanged);

#[derive(cynic::QueryFragment)]
pub struct PasswordChanged {
    pub account: Account,
}

#[derive(cynic::QueryFragment)]
pub struct Account {
    pub id: Id<AccountId>,
}
