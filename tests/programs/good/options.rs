//! Options, and `?` on them.

use comfy_dsl::prelude::*;
use nodes::*;

fn parse_size(name: &str) -> Option<(i64, i64)> {
    match name {
        "square" => Some((1024, 1024)),
        "wide" => Some((1344, 768)),
        "tall" => Some((768, 1344)),
        _ => None,
    }
}

fn area(name: &str) -> Option<i64> {
    let (w, h) = parse_size(name)?;
    Some(w * h)
}

fn save(g: &Flow, images: &[Output<Image>]) -> Option<()> {
    let first = images.first()?;
    let last = *images.last()?;
    g.add(SaveImage::new().images(*first).filename_prefix("first"));
    g.add(SaveImage::new().images(last).filename_prefix("last"));
    Some(())
}

pub fn flow(g: &Flow) {
    let (width, height) = parse_size("wide").unwrap_or((512, 512));
    let image = g.add(EmptyImage::new().width(width).height(height));
    save(g, &[image, image]);
    if save(g, &[]).is_none() {
        g.add(PreviewImage::new().images(image).title(format!("{}", area("tall").unwrap_or(0))));
    }
    let pixels = area("none").map(|a| a / 2).unwrap_or_default();
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().color(pixels))));
}
