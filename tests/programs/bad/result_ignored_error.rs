//! Both arms of a result have to be there.

use comfy_dsl::prelude::*;
use nodes::*;

fn size(name: &str) -> Result<i64, String> {
    if name.is_empty() { Err("empty".to_owned()) } else { Ok(64) }
}

pub fn flow(g: &Flow) {
    let width = match size("a") {
        Ok(width) => width,
    };
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}
