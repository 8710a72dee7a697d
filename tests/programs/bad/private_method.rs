//! A method that is private to its module.

use comfy_dsl::prelude::*;
use nodes::*;

mod stages {
    pub struct Stage;
    impl Stage {
        fn width(&self) -> i64 {
            64
        }
    }
}

pub fn flow(g: &Flow) {
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(stages::Stage.width()))));
}
