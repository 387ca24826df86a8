//! The tables that say together what somebody may do in a region.

pub(super) use crate::{
    account::table::{account, membership},
    region::table::region,
    request::table as request,
    session::table::session,
    token::table as token,
};
