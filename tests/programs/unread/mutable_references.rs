//! References that change what they point to.

use comfy_dsl::prelude::*;
use nodes::*;

fn add_image(g: &Flow, list: &mut Vec<Output<Image>>, color: i64) {
    list.push(g.add(EmptyImage::new().color(color)));
}

fn next_seed(seed: &mut u64) -> u64 {
    *seed += 1;
    *seed
}

struct Counter {
    count: i64,
    names: Vec<String>,
}

impl Counter {
    fn bump(&mut self, name: &str) -> i64 {
        self.count += 1;
        self.names.push(format!("{name}{}", self.count));
        self.count
    }
}

pub fn flow(g: &Flow) {
    let mut images = Vec::new();
    add_image(g, &mut images, 1);
    add_image(g, &mut images, 2);
    let mut seed = 40;
    let a = next_seed(&mut seed);
    let b = next_seed(&mut seed);
    g.add(RandomNoise::new().noise_seed(a));
    g.add(RandomNoise::new().noise_seed(b + seed));
    let mut counter = Counter { count: 0, names: vec![] };
    counter.bump("x");
    let n = counter.bump("y");
    for (image, name) in images.iter().zip(counter.names.iter()) {
        g.add(SaveImage::new().images(*image).filename_prefix(name.as_str()));
    }
    for width in [1, 2, 3].iter_mut() {
        *width += n;
        g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(*width))));
    }
}
