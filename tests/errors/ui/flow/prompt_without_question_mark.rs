use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    g.add(EmptyLatentImage::new());
    let prompt: String = g.build();
    println!("{prompt}");
}
