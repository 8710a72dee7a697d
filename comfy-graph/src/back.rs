//! Formats that a graph is written to. Backs know no fronts.

pub mod api;
pub mod dot;
