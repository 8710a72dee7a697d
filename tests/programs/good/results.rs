//! Results, and `?` on them.

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Debug)]
enum Error {
    TooLarge(i64),
    Empty,
}

fn checked(width: i64) -> Result<i64, Error> {
    if width > 2048 {
        return Err(Error::TooLarge(width));
    }
    if width == 0 { Err(Error::Empty) } else { Ok(width) }
}

fn image(g: &Flow, width: i64) -> Result<Output<Image>, Error> {
    let width = checked(width)?;
    Ok(g.add(EmptyImage::new().width(width)))
}

fn text(number: &str) -> Result<i64, String> {
    if number.is_empty() { Err("nothing".to_string()) } else { Ok(number.len() as i64) }
}

pub fn flow(g: &Flow) {
    match image(g, 640) {
        Ok(image) => {
            g.add(PreviewImage::new().images(image));
        }
        Err(_) => {}
    }
    if let Err(Error::TooLarge(width)) = image(g, 4096) {
        g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width / 4))));
    }
    let ok = image(g, 0).is_ok();
    let n = text("abc").unwrap();
    let m = text("").unwrap_or(7);
    let o = text("").map_err(|e| e.len()).unwrap_or_else(|n| n as i64);
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().color(n * 100 + m * 10 + o + ok as i64))));
}
