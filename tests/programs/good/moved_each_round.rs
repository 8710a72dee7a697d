//! What a loop or a closure declares is new in each round, and can be handed on in each.

use comfy_dsl::prelude::*;
use nodes::*;

fn take(text: String) -> usize {
    text.len()
}

pub fn flow(g: &Flow) {
    let mut n = 0;
    for name in vec!["a".to_string(), "bc".to_string()] {
        n += take(name);
    }
    for round in 0..3 {
        let text = format!("{round}");
        let (first, second) = (text.clone(), text);
        n += take(first) + take(second);
        match Some(format!("{round}")) {
            Some(text) if round > 1 => n += take(text),
            Some(_) | None => {}
        }
        if let Some(text) = Some("x".to_string()) {
            n += take(text);
        }
        let [a, b] = ["y".to_string(), "z".to_string()];
        n += take(a) + take(b);
    }
    let mut left = 2;
    while left > 0 {
        let text = "w".repeat(left);
        left -= 1;
        n += take(text);
    }
    let sizes: Vec<usize> = vec!["p".to_string(), "qr".to_string()].into_iter().map(|text| take(text)).collect();
    let sum = |text: String| take(text) + 1;
    n += sizes[1] + sum("s".to_string()) + sum("t".to_string());
    for result in [Ok("ok".to_string()), Err("error".to_string())] {
        match result {
            Ok(text) => n += take(text),
            Err(result) => n += take(result),
        }
    }
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(n as i64))));
}
