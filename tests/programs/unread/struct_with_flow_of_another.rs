//! A result that could have the flow of another parameter in it.

use comfy_dsl::prelude::*;
use nodes::*;

struct On<'g> {
    g: &'g Flow,
}

impl<'g> On<'g> {
    fn of(first: &'g Flow, second: &Flow) -> Self {
        second.add(PreviewImage::new().images(second.add(EmptyImage::new())));
        On { g: first }
    }
}

pub fn flow(g: &Flow) {
    let on = On::of(g, g);
    on.g.add(PreviewImage::new().images(on.g.add(EmptyImage::new())));
}
