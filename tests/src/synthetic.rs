//! Workflows and answers of `/object_info` made up at any size, for tests of scale and for benches.
//!
//! Everything is a function of its size: no files, no chance. Workflows use classes of the bundled catalog.

mod object_info;
mod shapes;
mod workflow;

pub use object_info::{ObjectInfo, object_info};
pub use shapes::Shape;
pub use workflow::{At, From, Scope, workflow_of};
