//! Traits and boxed values.

use comfy_dsl::prelude::*;
use nodes::*;

trait Step {
    fn run(&self, g: &Flow, image: Output<Image>) -> Output<Image>;
}

struct Invert;
struct Scale(f64);

impl Step for Invert {
    fn run(&self, g: &Flow, image: Output<Image>) -> Output<Image> {
        g.add(ImageInvert::new().image(image))
    }
}

impl Step for Scale {
    fn run(&self, g: &Flow, image: Output<Image>) -> Output<Image> {
        g.add(ImageScaleBy::new().image(image).scale_by(self.0))
    }
}

pub fn flow(g: &Flow) {
    let steps: Vec<Box<dyn Step>> = vec![Box::new(Invert), Box::new(Scale(0.5))];
    let mut image = g.add(EmptyImage::new());
    for step in &steps {
        image = step.run(g, image);
    }
    g.add(SaveImage::new().images(image));
}
