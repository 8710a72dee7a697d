//! A method with `&mut self` needs a variable that is declared with `mut`.

use comfy_dsl::prelude::*;
use nodes::*;

struct Count(i64);

impl Count {
    fn bump(&mut self) -> i64 {
        self.0 += 64;
        self.0
    }
}

pub fn flow(g: &Flow) {
    let count = Count(0);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(count.bump()))));
}
