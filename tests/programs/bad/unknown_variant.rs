//! An option that there is not.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let _ = SamplerName::Eulerr;
    let _ = g;
}
