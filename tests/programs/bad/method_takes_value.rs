//! A method that takes its value, called twice.

use comfy_dsl::prelude::*;
use nodes::*;

struct Job {
    name: String,
}

impl Job {
    fn named(self) -> String {
        self.name
    }
}

pub fn flow(g: &Flow) {
    let job = Job { name: "x".to_owned() };
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image).filename_prefix(job.named()));
    g.add(SaveImage::new().images(image).filename_prefix(job.named()));
}
