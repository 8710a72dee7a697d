//! A variable that is given to be changed, and used meanwhile.

use comfy_dsl::prelude::*;
use nodes::*;

fn put(list: &mut Vec<i64>, item: i64) {
    list.push(item);
}

pub fn flow(g: &Flow) {
    let mut list = vec![64];
    let own = &mut list;
    own.push(32);
    put(&mut list, 8);
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(list[0]))));
}
