//! A required input is not set.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    g.add(CLIPTextEncode::new().text("x"));
}
