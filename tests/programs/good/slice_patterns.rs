//! Patterns of slices and arrays: lengths, the rest, both ends.

use comfy_dsl::prelude::*;
use nodes::*;

fn total(list: &[i64]) -> i64 {
    match list {
        [] => 0,
        [only] => *only,
        [first, rest @ ..] => first + total(rest),
    }
}

fn described(list: &[&str]) -> String {
    match list {
        ["a", ..] => "begins with a".to_string(),
        [.., "z"] => "ends with z".to_string(),
        [first, .., last] => format!("{first} to {last}"),
        [one] => one.to_string(),
        [] => String::new(),
    }
}

fn chain(g: &Flow, image: Output<Image>, steps: &[bool]) -> Output<Image> {
    let [step, rest @ ..] = steps else { return image };
    let image = if *step { g.add(ImageInvert::new().image(image)) } else { image };
    chain(g, image, rest)
}

pub fn flow(g: &Flow) {
    let sizes = vec![64, 128, 256];
    let image = g.add(EmptyImage::new().width(total(&sizes)).height(total(&sizes[1..])));
    let image = chain(g, image, &[true, false, true]);
    let [a, others @ ..] = [1_i64, 2, 3];
    let [.., last] = [4, 5_i64];
    if let [first, second] = sizes[..2] {
        g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(first + second).height(a + others[1] + last))));
    }
    let names = [described(&["a", "b"]), described(&["x", "z"]), described(&["m", "n", "o"]), described(&["q"]), described(&[])];
    if let [first, .., last] = names.as_slice() {
        g.add(SaveImage::new().images(image).filename_prefix(format!("{first}|{last}|{}", names.join("/"))));
    }
}
