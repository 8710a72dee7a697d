//! A type parameter takes only what has its trait.

use comfy_dsl::prelude::*;
use nodes::*;

trait Size {
    fn width(&self) -> i64;
}

struct Square(i64);
struct Circle(i64);

impl Size for Square {
    fn width(&self) -> i64 {
        self.0
    }
}


fn wide<S: Size>(of: S) -> i64 {
    of.width()
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(wide(Circle(4))))));
}
