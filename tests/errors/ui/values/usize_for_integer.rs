use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let width: usize = 512;
    g.add(EmptyLatentImage::new().width(width));
}
