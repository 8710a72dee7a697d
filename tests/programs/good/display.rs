//! `Display` of the program's own types.

use std::fmt;

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Clone, Copy)]
enum Style {
    Photo,
    Paint { strength: f64 },
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Style::Photo => write!(f, "a photo"),
            Style::Paint { strength } if *strength > 1.0 => f.write_str("a bold painting"),
            Style::Paint { strength } => write!(f, "a painting ({strength:.2})"),
        }
    }
}

struct Subject {
    name: String,
    styles: Vec<Style>,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        for (at, style) in self.styles.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{style}")?;
        }
        Ok(())
    }
}

pub fn flow(g: &Flow) {
    let subject = Subject { name: "cat".to_string(), styles: vec![Style::Photo, Style::Paint { strength: 0.5 }] };
    let bold = Style::Paint { strength: 2.0 };
    let text = format!("{subject}; {} and {bold}", bold.to_string().len());
    let other = &subject;
    let image = g.add(EmptyImage::new().width(text.len() as i64));
    g.add(SaveImage::new().images(image).filename_prefix(format!("{text}|{other}")));
}
