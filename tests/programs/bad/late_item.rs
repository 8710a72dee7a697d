//! What is in a list is only known where an input takes it, and an input says nothing of it.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    for image in [].iter().copied() {
        g.add(PreviewImage::new().images(image));
    }
}
