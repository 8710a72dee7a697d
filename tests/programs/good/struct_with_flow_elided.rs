//! Structs that hold the flow, with lifetimes left out where they can be.

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Clone)]
struct On<'g> {
    g: &'g Flow,
    folder: String,
}

impl On<'_> {
    fn into(mut self, folder: &str) -> Self {
        self.folder = format!("{}/{folder}", self.folder);
        self
    }

    fn save(&self, image: Output<Image>) {
        self.g.add(SaveImage::new().images(image).filename_prefix(&self.folder));
    }

    fn again(&self) -> Self {
        On { g: self.g, folder: self.folder.clone() }
    }
}

fn on(g: &Flow) -> On<'_> {
    On { g, folder: "out".to_owned() }
}

fn both<'g>(g: &'g Flow, folder: &str) -> (On<'g>, On<'g>) {
    (on(g).into(folder), on(g))
}

fn twice(on: &On, image: Output<Image>) {
    on.save(image);
    on.again().into("again").save(image);
}

pub fn flow(g: &Flow) {
    let (first, second) = both(g, "first");
    let image = g.add(EmptyImage::new());
    twice(&first, image);
    twice(&second, image);
    for on in vec![first, second] {
        on.save(g.add(ImageInvert::new().image(image)));
    }
}
