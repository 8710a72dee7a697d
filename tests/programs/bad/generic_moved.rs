//! A value of a type parameter is moved when it is handed on.

use comfy_dsl::prelude::*;
use nodes::*;

fn pair<T>(value: T) -> (T, T) {
    (value, value)
}

pub fn flow(g: &Flow) {
    let (a, _) = pair(g.add(EmptyImage::new()));
    g.add(SaveImage::new().images(a));
}
