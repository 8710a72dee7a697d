//! Nothing is moved out of a `&mut`.

use comfy_dsl::prelude::*;
use nodes::*;

fn taken(list: &mut Vec<String>) -> Vec<String> {
    *list
}

pub fn flow(g: &Flow) {
    let mut list = vec!["a".to_string()];
    let names = taken(&mut list).join("");
    g.add(SaveImage::new().images(g.add(EmptyImage::new())).filename_prefix(names));
}
