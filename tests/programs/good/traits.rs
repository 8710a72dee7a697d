//! Traits of the program: methods by type, defaults, type parameters, `dyn`, functions without `self`.

use comfy_dsl::prelude::*;
use nodes::*;

trait Stage {
    fn apply(&self, g: &Flow, image: Output<Image>) -> Output<Image>;
    fn name(&self) -> &'static str {
        "stage"
    }
    fn label(&self, times: usize) -> String {
        format!("{}x{}", self.name(), times)
    }
}

trait Counted {
    fn count(&mut self) -> i64;
    fn twice(&mut self) -> i64 {
        self.count() + self.count()
    }
}

trait Made {
    fn made(size: i64) -> Self;
    fn kind() -> &'static str;
}

impl Made for Scale {
    fn made(size: i64) -> Self {
        Scale(size, size)
    }
    fn kind() -> &'static str {
        "made"
    }
}

struct Invert;

#[derive(Clone, Copy, PartialEq)]
struct Scale(i64, i64);

enum Blend {
    Half,
    By { factor: f64 },
}

#[derive(Default, Clone)]
struct Counter {
    n: i64,
    step: Option<i64>,
}

impl Stage for Invert {
    fn apply(&self, g: &Flow, image: Output<Image>) -> Output<Image> {
        g.add(ImageInvert::new().image(image))
    }
}

impl Stage for Scale {
    fn apply(&self, g: &Flow, image: Output<Image>) -> Output<Image> {
        let Scale(width, ..) = self;
        g.add(ImageScale::new().image(image).upscale_method("area").width(*width).height(self.1).crop("center"))
    }
    fn name(&self) -> &'static str {
        "scale"
    }
}

impl Stage for Blend {
    fn apply(&self, g: &Flow, image: Output<Image>) -> Output<Image> {
        let factor = match self {
            Blend::Half => 0.5,
            Blend::By { factor } => *factor,
        };
        g.add(ImageBlend::new().image1(image).image2(image).blend_factor(factor))
    }
    fn label(&self, times: usize) -> String {
        format!("blend{times}")
    }
}

impl Counted for Counter {
    fn count(&mut self) -> i64 {
        self.n += self.step.unwrap_or(1);
        self.n
    }
}

impl Scale {
    fn name(&self) -> &'static str {
        "own"
    }
}

fn run<S: Stage>(g: &Flow, image: Output<Image>, stage: &S) -> Output<Image> {
    stage.apply(g, image)
}

fn named(stage: impl Stage, times: usize) -> String {
    stage.label(times)
}

fn all(g: &Flow, image: Output<Image>, stages: &[Box<dyn Stage>]) -> Output<Image> {
    stages.iter().fold(image, |image, stage| stage.apply(g, image))
}

fn described(stage: &dyn Stage) -> String {
    stage.label(1) + stage.name()
}

fn total<C: Counted>(counter: &mut C) -> i64 {
    counter.twice()
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    let scale = Scale(64, 32);
    let image = run(g, image, &scale);
    let image = run(g, Invert.apply(g, image), &Invert);
    let stages: Vec<Box<dyn Stage>> = vec![Box::new(Invert), Box::new(scale), Box::new(Blend::By { factor: 0.25 })];
    let image = all(g, image, &stages);
    let mut text = described(&scale) + &described(&Blend::Half) + scale.name();
    for stage in &stages {
        text.push_str(stage.name());
    }
    let mut counter = Counter::default();
    let mut other = Counter { step: Some(10), ..counter.clone() };
    let sum = counter.count() + counter.twice() + other.twice();
    let more = {
        let mut third = Counter { n: 100, step: None };
        third.count()
    };
    let same = scale == Scale(64, 32) && scale != Scale::made(1);
    let sum = sum + total(&mut counter);
    text.push_str(Scale::kind());
    g.add(SaveImage::new().images(image).filename_prefix(format!("{text}{}{sum}{more}{same}", named(Invert, 3))));
}
