//! A method of a trait has to be declared in it.

use comfy_dsl::prelude::*;
use nodes::*;

trait Size {
    fn width(&self) -> i64;
}

struct Square(i64);

impl Size for Square {
    fn width(&self) -> i64 {
        self.0
    }
    fn height(&self) -> i64 {
        self.0
    }
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(Square(8).width()))));
}
