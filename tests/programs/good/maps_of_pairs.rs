//! A map that is asked, and one that is gone over by its keys.

use comfy_dsl::prelude::*;
use nodes::*;

use std::collections::{BTreeMap, HashMap};

pub fn flow(g: &Flow) {
    let mut sizes = HashMap::new();
    sizes.insert("wide", (1344, 768));
    sizes.insert("tall", (768, 1344));
    let (width, height) = sizes["wide"];
    let image = g.add(EmptyImage::new().width(width).height(height));
    let styles = BTreeMap::from([("b", 2), ("a", 1)]);
    for (name, color) in &styles {
        let image = g.add(EmptyImage::new().color(*color));
        g.add(SaveImage::new().images(image).filename_prefix(*name));
    }
    if let Some((w, _)) = sizes.get("tall") {
        g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(*w))));
    }
    g.add(PreviewImage::new().images(image));
}
