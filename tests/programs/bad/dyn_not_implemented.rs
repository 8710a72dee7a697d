//! Only what has the trait becomes a `dyn`.

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

pub fn flow(g: &Flow) {
    let all: Vec<Box<dyn Size>> = vec![Box::new(Square(1)), Box::new(Circle(2))];
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(all[0].width()))));
}
