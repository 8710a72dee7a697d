//! A program with nothing but `main`.

use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image));
    println!("{}", g.to_prompt());
}
