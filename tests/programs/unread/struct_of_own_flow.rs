//! A struct that holds a flow of the function itself.

use comfy_dsl::prelude::*;
use nodes::*;

struct On<'g> {
    g: &'g Flow,
}

pub fn flow(g: &Flow) {
    let own = Flow::new();
    let on = On { g: &own };
    on.g.add(PreviewImage::new().images(on.g.add(EmptyImage::new())));
    g.add(PreviewImage::new().images(g.add(EmptyImage::new())));
}
