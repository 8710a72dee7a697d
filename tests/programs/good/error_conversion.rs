//! `?` that makes one error another; `From` and `into`.

use std::error::Error;

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Debug, Clone, PartialEq)]
enum Problem {
    Missing(String),
    Odd(i64),
}

impl From<String> for Problem {
    fn from(name: String) -> Self {
        Problem::Missing(name)
    }
}

impl From<i64> for Problem {
    fn from(size: i64) -> Self {
        Problem::Odd(size)
    }
}

struct Size {
    width: i64,
    height: i64,
}

impl From<(i64, i64)> for Size {
    fn from((width, height): (i64, i64)) -> Self {
        Self { width, height }
    }
}

fn named(name: &str) -> Result<i64, String> {
    match name {
        "wide" => Ok(1344),
        "odd" => Ok(7),
        _ => Err(format!("no {name}")),
    }
}

fn even(size: i64) -> Result<i64, i64> {
    if size % 2 == 0 { Ok(size) } else { Err(size) }
}

fn width(name: &str) -> Result<i64, Problem> {
    let width = even(named(name)?)?;
    if width > 2000 {
        return Err(Problem::from(width));
    }
    Ok(width)
}

fn boxed(name: &str, list: &[i64]) -> Result<i64, Box<dyn Error>> {
    let width = named(name)?;
    let first = list.first().ok_or("an empty list")?;
    if *first < 0 {
        return Err("too small".into());
    }
    if *first > 100 {
        return Err(format!("{first} is too large").into());
    }
    Ok(width + first)
}

pub fn flow(g: &Flow) {
    let size: Size = (width("wide").unwrap_or(64), 32).into();
    let other = Size::from((boxed("wide", &[1]).unwrap_or(0), 8));
    let errors = [boxed("wide", &[]), boxed("x", &[1]), boxed("odd", &[-1]), boxed("odd", &[200])];
    let mut texts = Vec::new();
    for error in errors {
        match error {
            Ok(value) => texts.push(value.to_string()),
            Err(error) => texts.push(error.to_string()),
        }
    }
    let problem = match width("odd") {
        Err(Problem::Odd(size)) => size,
        Err(Problem::Missing(name)) => name.len() as i64,
        Ok(_) => 0,
    };
    let missing = width("none") == Err(Problem::Missing("no none".to_string()));
    let image = g.add(EmptyImage::new().width(size.width + other.width).height(size.height + other.height + problem));
    g.add(SaveImage::new().images(image).filename_prefix(format!("{}{missing}", texts.join(","))));
}
