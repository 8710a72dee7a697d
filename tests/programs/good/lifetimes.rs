//! Lifetimes that are declared, or need no declaration.

use comfy_dsl::prelude::*;
use nodes::*;

struct Look {
    prefix: &'static str,
    make: fn(&str) -> String,
}

impl Look {
    fn name<'a>(&self, part: &'a str, _other: &'a str) -> String {
        let make = self.make;
        format!("{}/{}", self.prefix, make(part))
    }
}

fn doubled(text: &'_ str) -> String {
    format!("{text}{text}")
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    let look = Look { prefix: "out", make: doubled };
    'sizes: for size in [64, 128, 256] {
        if size > 128 {
            break 'sizes;
        }
        let scaled = g.add(ImageScaleBy::new().image(image).scale_by(size as f64 / 64.0));
        g.add(SaveImage::new().images(scaled).filename_prefix(look.name("a", "b")));
    }
}
