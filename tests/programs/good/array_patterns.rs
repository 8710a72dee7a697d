//! Arrays taken apart.

use comfy_dsl::prelude::*;
use nodes::*;

const SIZES: [[i64; 2]; 2] = [[64, 128], [256, 64]];

fn area([width, height]: [i64; 2]) -> i64 {
    width * height
}

pub fn flow(g: &Flow) {
    for [width, height] in SIZES {
        let image = g.add(EmptyImage::new().width(width).height(height));
        g.add(SaveImage::new().images(image).filename_prefix(format!("{}", area([width, height]))));
    }
    let [first, .., last] = [1, 2, 3, 4];
    let names = ["a".to_owned(), "b".to_owned()];
    let [one, two] = &names;
    let kind = match [first, last] {
        [1, 4] => "ends",
        [_, 4] => "end",
        [..] => "none",
    };
    let image = g.add(EmptyImage::new().width(64 * first).height(64 * last));
    g.add(SaveImage::new().images(image).filename_prefix(format!("{one}{two}{kind}{}", names.len())));
    let [third, _] = ["c".to_owned(), "d".to_owned()];
    g.add(SaveImage::new().images(image).filename_prefix(third));
}
