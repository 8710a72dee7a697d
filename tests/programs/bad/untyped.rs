//! A type that is not known.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let steps = g.input("steps", 20);
    let _ = steps;
}
