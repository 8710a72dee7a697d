//! Formats that a graph is written to. Backs know no fronts.

pub mod api;
pub mod dot;
pub mod layout;
mod live;
mod sockets;
pub mod svg;
mod types;
pub mod ui;
