//! One's own account: changing the password.
