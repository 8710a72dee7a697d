//! Functions with type parameters: the runtime's traits, Rust's own, markers of socket types, functions as parameters.

use std::fmt::Display;

use comfy_dsl::prelude::*;
use comfy_dsl::ComfyType;
use nodes::*;

fn sample<S: SeedInput, C>(g: &Flow, ckpt: &Ckpt, seed: S, cfg: C) -> Output<Latent>
where
    C: FloatInput,
{
    g.add(
        KSampler::new()
            .model(ckpt.model)
            .positive(ckpt.positive)
            .negative(ckpt.negative)
            .latent_image(g.add(EmptyLatentImage::new()))
            .seed(seed)
            .cfg(cfg),
    )
}

#[derive(Clone, Copy)]
struct Ckpt {
    model: Output<Model>,
    positive: Output<Conditioning>,
    negative: Output<Conditioning>,
    vae: Output<Vae>,
}

fn pick<T: Clone>(list: &[T], at: usize) -> T {
    list[at % list.len()].clone()
}

fn largest<T: PartialOrd + Copy>(list: &[T]) -> T {
    let mut best = list[0];
    for item in list {
        if *item > best {
            best = *item;
        }
    }
    best
}

fn labelled<T: Display, U>(label: T, value: U) -> (String, U) {
    (format!("<{label}>"), value)
}

fn same<T: ComfyType>(x: Output<T>) -> Output<T> {
    x
}

fn twice<T>(value: T, f: impl Fn(T) -> T) -> T {
    f(f(value))
}

fn each<T, F: FnMut(&T)>(list: &[T], mut f: F) {
    for item in list {
        f(item);
    }
}

fn once<T>(f: impl FnOnce() -> T) -> T {
    f()
}

fn mapped<A, B>(list: Vec<A>, f: impl Fn(A) -> B) -> Vec<B> {
    list.into_iter().map(f).collect()
}

fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C, x: A) -> C {
    g(f(x))
}

fn double(x: i64) -> i64 {
    x * 2
}

struct Stage {
    name: String,
}

impl Stage {
    fn apply<R>(&self, x: i64, f: impl Fn(&str, i64) -> R) -> R {
        f(&self.name, x)
    }
    fn of<T: Into<String>>(name: T) -> Self {
        Self { name: name.into() }
    }
}

pub fn flow(g: &Flow) {
    let loaded = g.add(CheckpointLoaderSimple::new().ckpt_name("a.safetensors"));
    let text = |text: &str| g.add(CLIPTextEncode::new().clip(loaded.clip).text(text));
    let ckpt = Ckpt { model: loaded.model, positive: text("a cat"), negative: text("blurry"), vae: loaded.vae };
    let a = sample(g, &ckpt, 7, 6);
    let b = sample(g, &ckpt, 8_u64, 6.5);
    let scales = [0.25, 0.75, 0.5];
    let sizes = vec![64_i64, 512, 256];
    let blend = pick(&scales, 4) + largest(&scales);
    let (label, width) = labelled("wide", largest(&sizes));
    let (number, flag) = labelled(3, true);
    let images: Vec<Output<Image>> = mapped(vec![a, b], |latent| g.add(VAEDecode::new().samples(same(latent)).vae(ckpt.vae)));
    let image = twice(pick(&images, 1), |image| g.add(ImageInvert::new().image(image)));
    let mut total = 0;
    each(&sizes, |size| total += size);
    let mut names: Vec<String> = Vec::new();
    each(&["x", "y"], |name| names.push(name.to_string()));
    let owned = String::from("kept");
    let kept = once(|| owned);
    let stage = Stage::of::<&str>("stage");
    let applied = stage.apply(2, |name, x| format!("{name}{x}"));
    let height = compose(double, |x| x + 1, 40) + twice::<i64>(1, double) - stage.apply(3, |_, x| x);
    let scaled = g.add(ImageScale::new().image(image).upscale_method("area").width(width).height(height).crop("center"));
    let mixed = g.add(ImageBlend::new().image1(scaled).image2(images[0]).blend_factor(blend / 2.0).blend_mode("multiply"));
    let prefix = format!("{label}{number}{flag}{total}{}{kept}{applied}", names.join("-"));
    g.add(SaveImage::new().images(mixed).filename_prefix(prefix));
}
