//! A closure that changes a variable is no `Fn`.

use comfy_dsl::prelude::*;
use nodes::*;

fn both(f: impl Fn(i64) -> i64) -> i64 {
    f(1) + f(2)
}

pub fn flow(g: &Flow) {
    let mut sum = 0;
    let width = both(|x| {
        sum += x;
        sum
    });
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}
