//! temporary
#![allow(missing_docs)]
pub mod catalog;
pub mod diag;
pub mod graph;
pub mod json;
