//! What is declared outside of a loop is gone in its second round.

use comfy_dsl::prelude::*;
use nodes::*;

fn take(text: String) -> i64 {
    text.len() as i64
}

pub fn flow(g: &Flow) {
    let text = "a".to_string();
    let mut width = 0;
    for name in ["b".to_string()] {
        width += take(name) + take(text);
    }
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}
