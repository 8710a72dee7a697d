//! Numbers: types that follow from their use, casts, methods.

use comfy_dsl::prelude::*;
use nodes::*;

fn round_to(value: i64, step: i64) -> i64 {
    (value + step / 2) / step * step
}

pub fn flow(g: &Flow) {
    let base = 512;
    let ratio = 16.0 / 9.0;
    let width = round_to((base as f64 * ratio) as i64, 64);
    let mut height = base;
    while height % 24 != 0 {
        height += 1;
    }
    let count = [1u64, 2, 3].iter().map(|n| n.pow(2)).max().unwrap_or(0);
    let large: i64 = 300;
    let small = i64::from(large as u8) + i64::from(7u16) + (-7_i64).rem_euclid(4);
    let image = g.add(EmptyImage::new().width(width.min(2048).max(16)).height(height).batch_size(small.clamp(1, 64)));
    let list: Vec<i64> = vec![3; 2];
    let index = list.len() - 1;
    let alpha = if list[index] > 2 && !(count < 5) { 0.25 } else { 1.0 };
    let blended = g.add(ImageBlend::new().image1(image).image2(image).blend_factor(alpha * 2.0));
    g.add(SaveImage::new().images(blended).filename_prefix(format!("{:>5}|{:<4}|{:^6}|{:+}|{:?}", base, count, "ab", small, "q")));
}
