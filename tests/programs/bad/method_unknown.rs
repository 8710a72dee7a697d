//! A method that a type does not have.

use comfy_dsl::prelude::*;
use nodes::*;

struct Job {
    width: i64,
}

impl Job {
    fn wide(&self) -> i64 {
        self.width * 2
    }
}

pub fn flow(g: &Flow) {
    let job = Job { width: 64 };
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(job.wider()))));
}
