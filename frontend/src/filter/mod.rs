//! The filter bar and its state in the address.
