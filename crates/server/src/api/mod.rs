//! What every noun's API is made of: the context of a request, scalars, pages, errors and complexity. It knows no noun's
//! API.

pub mod complexity;
pub mod context;
pub mod encoded;
pub mod error;
pub mod loader;
mod once_map;
pub mod page;
pub mod scalars;
