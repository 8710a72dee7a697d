//! What a name in a pattern is: a variable, unless a constant, a variant or a struct without fields has it.

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Clone, Copy)]
struct Small;

struct Sizes {
    width: i64,
}

fn side(of: Small) -> i64 {
    match of {
        Small => 64,
    }
}

pub fn flow(g: &Flow) {
    let Small = Small;
    // structs with named fields, functions, types of combos and nodes: their names are free for variables
    let Sizes = Sizes { width: side(Small) };
    let raw = Sizes.width;
    let SamplerName = raw + 8;
    let EmptyImage = g.add(EmptyImage::new().width(SamplerName));
    g.add(PreviewImage::new().images(EmptyImage));
}
