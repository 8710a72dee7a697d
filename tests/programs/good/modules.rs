//! Modules, aliases, constants elsewhere, early returns.

use comfy_dsl::prelude::*;
use nodes::*;

mod settings {
    pub const NAME: &str = "style";
    pub mod sizes {
        pub const WIDE: (i64, i64) = (1344, 768);
    }
    pub fn prefix(index: usize) -> String {
        if index == 0 {
            return String::from(NAME);
        }
        format!("{NAME}-{index}")
    }
}
use settings::{prefix, sizes::WIDE};

type Picture = Output<Image>;

fn empty(g: &Flow, (width, height): (i64, i64)) -> Picture {
    g.add(EmptyImage::new().width(width).height(height))
}

pub fn flow(g: &Flow) {
    let pictures: Vec<Picture> = (0..3).map(|_| empty(g, WIDE)).collect();
    for (index, picture) in pictures.iter().enumerate() {
        if index == 1 {
            continue;
        }
        g.add(SaveImage::new().images(*picture).filename_prefix(prefix(index)));
    }
    let last = pictures.last().copied();
    if let Some(picture) = last {
        g.add(PreviewImage::new().images(picture));
    }
}
