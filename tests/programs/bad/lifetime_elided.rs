//! A result whose lifetime could be that of either parameter.

use comfy_dsl::prelude::*;
use nodes::*;

struct On<'g> {
    g: &'g Flow,
}

fn on(g: &Flow, name: &str) -> On<'_> {
    g.add(SaveImage::new().images(g.add(EmptyImage::new())).filename_prefix(name));
    On { g }
}

pub fn flow(g: &Flow) {
    let on = on(g, "a");
    on.g.add(PreviewImage::new().images(on.g.add(EmptyImage::new())));
}
