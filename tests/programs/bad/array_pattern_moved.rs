//! An array that is used after its parts were taken.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let names = ["a".to_owned(), "b".to_owned()];
    let [one, _] = names;
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image).filename_prefix(one));
    g.add(SaveImage::new().images(image).filename_prefix(names[0].clone()));
}
