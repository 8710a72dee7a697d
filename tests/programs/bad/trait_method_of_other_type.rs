//! A method is as its trait declares it.

use comfy_dsl::prelude::*;
use nodes::*;

trait Size {
    fn width(&self, by: i64) -> i64;
}

struct Square(i64);

impl Size for Square {
    fn width(&self, by: u64) -> i64 {
        self.0 * by as i64
    }
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(Square(8).width(2)))));
}
