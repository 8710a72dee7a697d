//! What is behind `&` is not changed.

use comfy_dsl::prelude::*;
use nodes::*;

struct Count(i64);

impl Count {
    fn bump(&mut self) -> i64 {
        self.0 += 64;
        self.0
    }
    fn look(&self) -> i64 {
        self.bump()
    }
}

fn next(count: &Count) -> i64 {
    count.bump()
}

pub fn flow(g: &Flow) {
    let count = Count(0);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(next(&count) + count.look()))));
}
