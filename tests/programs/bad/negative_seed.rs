//! A negative seed.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let seed = -1;
    let noise = g.add(RandomNoise::new().noise_seed(seed));
    let _ = noise;
}
