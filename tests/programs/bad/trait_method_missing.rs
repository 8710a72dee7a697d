//! An `impl` has all that its trait asks for.

use comfy_dsl::prelude::*;
use nodes::*;

trait Sized2 {
    fn width(&self) -> i64;
    fn height(&self) -> i64;
}

struct Square(i64);

impl Sized2 for Square {
    fn width(&self) -> i64 {
        self.0
    }
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(Square(8).width()))));
}
