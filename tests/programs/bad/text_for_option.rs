//! Text for an option.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let _ = g.add(KSamplerSelect::new().sampler_name("euler"));
}
