//! A struct without `Display` is not shown.

use comfy_dsl::prelude::*;
use nodes::*;

struct Size(i64);

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> String {
        self.0.to_string()
    }
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new())).filename_prefix(format!("{}", Size(3))));
}
