//! Formats that a graph is written to. Backs know no fronts.

pub mod api;
pub mod dot;
pub mod layout;
pub(crate) mod live;
pub mod mermaid;
pub(crate) mod sockets;
pub mod svg;
mod types;
pub mod ui;
