//! The rest of a list in a pattern.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = vec![64, 128];
    if let [first, rest @ ..] = sizes.as_slice() {
        let image = g.add(EmptyImage::new().width(*first).height(64 * rest.len() as i64));
        g.add(PreviewImage::new().images(image));
    }
}
