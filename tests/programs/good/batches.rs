//! Vectors: pushing, chunks, windows, options.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let mut images = Vec::new();
    for index in 0..5 {
        let image = g.add(EmptyImage::new().width(64).color(index * 1000));
        images.push(image);
    }
    for pair in images.chunks(2) {
        match pair.len() {
            2 => {
                g.add(PreviewImage::new().images(g.add(BatchImagesNode::new().images([pair[0], pair[1]]))));
            }
            _ => {
                g.add(PreviewImage::new().images(pair[0]));
            }
        }
    }
    let first = images.first().copied().unwrap_or(images[1]);
    let all = g.add(BatchImagesNode::new().images(images.clone()));
    images.truncate(2);
    images.reverse();
    let rest = g.add(BatchImagesNode::new().images(images));
    g.add(PreviewImage::new().images(first));
    for (name, image) in [("all", all), ("rest", rest)] {
        g.add(SaveImage::new().images(image).filename_prefix(name));
    }
}
