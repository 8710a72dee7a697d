//! Anything with items as a parameter.

use comfy_dsl::prelude::*;
use nodes::*;

fn previews<I: IntoIterator<Item = Output<Image>>>(g: &Flow, images: I) {
    for image in images {
        g.add(PreviewImage::new().images(image));
    }
}

fn all(g: &Flow, images: impl IntoIterator<Item = Output<Image>>) {
    for image in images {
        g.add(SaveImage::new().images(image));
    }
}

fn pair<T: Copy>(value: T) -> (T, T) {
    (value, value)
}

fn named(g: &Flow, name: impl Into<String>, image: Output<Image>) {
    let name: String = name.into();
    g.add(SaveImage::new().images(image).filename_prefix(name));
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    let (a, b) = pair(image);
    previews(g, vec![a, b]);
    all(g, [a, b]);
    named(g, "x", a);
    named(g, String::from("y"), b);
}
