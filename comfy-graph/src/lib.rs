//! temporary
#![allow(missing_docs)]
pub mod catalog;
pub mod diag;
pub mod graph;
pub mod json;
pub mod front;
pub mod back;
pub mod passes;
