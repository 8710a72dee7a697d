//! A node that there is not.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    g.add(EmptyImagee::new());
}
