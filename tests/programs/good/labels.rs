//! Labels of loops and blocks.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let mut found = (0, 0);
    'outer: for x in 1..20 {
        for y in 1..20 {
            if x * y == 91 {
                found = (x, y);
                break 'outer;
            }
            if y > x {
                continue 'outer;
            }
        }
    }
    let n = 'search: loop {
        let mut i = 0;
        while i < 100 {
            i += 7;
            if i % 5 == 0 {
                break 'search i;
            }
        }
    };
    let side = 'block: {
        if n > 50 {
            break 'block 512;
        }
        256
    };
    let image = g.add(EmptyImage::new().width(found.0 * 8).height(found.1 * 8).color(n));
    g.add(PreviewImage::new().images(image));
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(side))));
}
