//! Lists and texts that are taken apart.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let mut queue = vec![64, 128, 256];
    while let Some(width) = queue.pop() {
        if width == 128 {
            queue.push(32);
        }
        g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
    }
    let mut words = "red green blue".split_whitespace();
    while let Some(word) = words.next() {
        g.add(PreviewImage::new().images(g.add(EmptyImage::new())).title(word));
    }
    let parts: Vec<&str> = "a,b,,c".split(',').filter(|part| !part.is_empty()).collect();
    let joined = parts.join("+");
    g.add(SaveImage::new().images(g.add(EmptyImage::new())).filename_prefix(joined));
}
