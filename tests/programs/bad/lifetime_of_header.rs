//! An `impl` that leaves out a lifetime.

use comfy_dsl::prelude::*;
use nodes::*;

struct On<'g> {
    g: &'g Flow,
}

impl On {
    fn show(&self, image: Output<Image>) {
        self.g.add(PreviewImage::new().images(image));
    }
}

pub fn flow(g: &Flow) {
    let on = On { g };
    on.show(g.add(EmptyImage::new()));
}
