//! A field that is private to its module.

use comfy_dsl::prelude::*;
use nodes::*;

mod stages {
    pub struct Stage {
        width: i64,
    }
    impl Stage {
        pub fn new() -> Self {
            Self { width: 64 }
        }
    }
}

pub fn flow(g: &Flow) {
    let stage = stages::Stage::new();
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(stage.width))));
}
