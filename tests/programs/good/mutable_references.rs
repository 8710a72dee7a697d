//! `&mut`: of variables, fields and elements; receivers; passed on; with methods that read what they are called on.

use comfy_dsl::prelude::*;
use nodes::*;

struct Plan {
    sizes: Vec<i64>,
    label: String,
    used: usize,
}

impl Plan {
    fn add(&mut self, size: i64) -> usize {
        self.sizes.push(size);
        self.used += 1;
        self.sizes.len()
    }
    fn name(&mut self, part: &str) {
        if !self.label.is_empty() {
            self.label.push('_');
        }
        self.label.push_str(part);
    }
    fn both(&mut self, size: i64) {
        self.add(size);
        let count = self.add(size * 2);
        self.name(&format!("n{count}"));
        grow(&mut self.sizes, 8);
        rename(self);
    }
    fn total(&self) -> i64 {
        self.sizes.iter().sum()
    }
    fn take(&mut self) -> Option<i64> {
        let last = self.sizes.pop()?;
        self.used -= 1;
        Some(last)
    }
}

fn grow(sizes: &mut Vec<i64>, by: i64) {
    for at in 0..sizes.len() {
        sizes[at] += by;
    }
}

fn rename(plan: &mut Plan) {
    plan.name("renamed");
    bump(&mut plan.used);
}

fn bump(count: &mut usize) {
    *count += 1;
    again(count);
}

fn again(count: &mut usize) {
    if *count % 2 == 1 {
        *count += 1;
    }
}

fn swap<T: Clone>(a: &mut T, b: &mut T) {
    let kept = a.clone();
    *a = b.clone();
    *b = kept;
}

fn keep<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len()
}

fn invert(g: &Flow, image: &mut Output<Image>, times: &mut i64) {
    while *times > 0 {
        *image = g.add(ImageInvert::new().image(*image));
        *times -= 1;
    }
}

fn fill(list: &mut [i64], with: i64) {
    let end = list.len();
    list[end - 1] = with;
    list.reverse();
}

fn run(mut f: impl FnMut(i64) -> i64) -> i64 {
    f(1) + f(2)
}

pub fn flow(g: &Flow) {
    let mut plan = Plan { sizes: vec![16], label: String::new(), used: 0 };
    plan.add(64);
    plan.both(32);
    plan.add(plan.total());
    let taken = plan.take().unwrap_or(1);
    let mut image = g.add(EmptyImage::new().width(plan.total()).height(taken));
    let mut times = 2;
    invert(g, &mut image, &mut times);
    let (mut first, mut second) = ("a".to_string(), String::from("b"));
    swap(&mut first, &mut second);
    let mut images = vec![image];
    let count = keep(&mut images, g.add(ImageInvert::new().image(image)));
    let mut numbers = [1, 2, 3];
    fill(&mut numbers, 9);
    let mut grid = vec![vec![1_i64], vec![2, 3]];
    let row = 1;
    grow(&mut grid[row], 10);
    keep(&mut grid[0], 7);
    let mut calls = 0;
    let sum = run(|x| {
        calls += 1;
        bump(&mut plan.used);
        x * calls
    });
    let prefix = format!(
        "{}{first}{second}{count}{numbers:?}{grid:?}{calls}{sum}{}{times}",
        plan.label, plan.used
    );
    g.add(SaveImage::new().images(images[count - 1]).filename_prefix(prefix));
}
