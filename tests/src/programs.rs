//! Programs in the language of flows, made up by a seed: some are right, and some have mistakes planted by changing a
//! word. Which is which is for a compiler to say.

use std::fmt::Write as _;

/// A source of choices that is the same for the same seed.
#[derive(Debug)]
pub struct Choices(u64);

impl Choices {
    /// The choices of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is not 0 (`SplitMix64`).
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// What the variables of a program are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Int,
    Float,
    Text,
    Bool,
    Image,
    Images,
    Mask,
    Sampler,
    Method,
    Numbers,
    Maybe,
    Map,
    Tally,
    Steps,
}

const KINDS: &[Kind] = &[
    Kind::Int,
    Kind::Float,
    Kind::Text,
    Kind::Bool,
    Kind::Image,
    Kind::Images,
    Kind::Mask,
    Kind::Sampler,
    Kind::Method,
    Kind::Numbers,
    Kind::Maybe,
    Kind::Map,
    Kind::Tally,
    Kind::Steps,
];

/// A program of this seed, without planted mistakes. It may still end in a panic.
pub fn program(seed: u64) -> String {
    let mut writer =
        Writer { choices: Choices::new(seed), text: String::new(), vars: Vec::new(), names: 0, depth: 1 };
    writer.text.push_str(
        "//! Made up.\n\nuse std::collections::BTreeMap;\n\nuse comfy_dsl::prelude::*;\nuse nodes::*;\n\n",
    );
    writer.text.push_str(HELPERS);
    writer.text.push_str(TYPES);
    writer.text.push_str("\npub fn flow(g: &Flow) {\n");
    for kind in [Kind::Int, Kind::Image, Kind::Text] {
        writer.bind(kind);
    }
    for _ in 0..6 + writer.choices.below(10) {
        writer.statement();
    }
    writer.save();
    writer.text.push_str("}\n");
    writer.text
}

/// What every program may call.
const HELPERS: &str = "const SIDE: i64 = 256;

struct Pair {
    image: Output<Image>,
    width: i64,
}

fn plain(g: &Flow, width: i64, color: i64) -> Output<Image> {
    g.add(EmptyImage::new().width(width).color(color))
}

fn pair(g: &Flow, width: i64) -> Pair {
    Pair { image: plain(g, width, 7), width: width + 8 }
}

fn scaled(g: &Flow, image: Output<Image>, factor: impl FloatInput) -> Output<Image> {
    let g = &g.subgraph(\"Scaled\");
    let image = g.input(\"image\", image);
    let factor = g.input(\"factor\", factor);
    let scaled = g.add(ImageScaleBy::new().image(image).scale_by(factor));
    g.output(\"IMAGE\", scaled)
}

fn describe(name: &str, number: i64) -> String {
    format!(\"{name}-{number:04}\")
}
";

/// Traits, type parameters, `&mut` and functions as parameters.
const TYPES: &str = "
trait Step {
    fn run(&self, g: &Flow, image: Output<Image>) -> Output<Image>;
    fn cost(&self) -> i64 {
        3
    }
}

struct Flip;
struct Zoom(f64);

impl Step for Flip {
    fn run(&self, g: &Flow, image: Output<Image>) -> Output<Image> {
        g.add(ImageInvert::new().image(image))
    }
}

impl Step for Zoom {
    fn run(&self, g: &Flow, image: Output<Image>) -> Output<Image> {
        scaled(g, image, self.0)
    }
    fn cost(&self) -> i64 {
        self.0 as i64 + 1
    }
}

#[derive(Clone, PartialEq)]
struct Tally {
    total: i64,
    seen: Vec<i64>,
}

impl Tally {
    fn of(total: i64) -> Self {
        Tally { total, seen: vec![total] }
    }
    fn add(&mut self, number: i64) -> i64 {
        self.seen.push(number);
        bump(&mut self.total, number);
        self.total
    }
    fn best(&self) -> Option<i64> {
        self.seen.iter().copied().max()
    }
    fn with(mut self, number: i64) -> Self {
        self.add(number);
        self
    }
}

impl From<i64> for Tally {
    fn from(total: i64) -> Self {
        Tally::of(total)
    }
}

fn bump(number: &mut i64, by: i64) {
    *number = (*number + by) % 4096;
}

fn push_all<T: Clone>(list: &mut Vec<T>, item: &T, times: usize) {
    for _ in 0..times {
        list.push(item.clone());
    }
}

fn choose<T>(flag: bool, yes: T, no: T) -> T {
    if flag { yes } else { no }
}

fn apply<A, B>(value: A, f: impl Fn(A) -> B) -> B {
    f(value)
}

fn each(times: i64, mut f: impl FnMut(i64)) {
    for at in 0..times {
        f(at);
    }
}

fn ends(list: &[i64]) -> i64 {
    match list {
        [] => 0,
        [only] => *only,
        [first, .., last] => first + last,
    }
}

fn all(g: &Flow, image: Output<Image>, steps: &[Box<dyn Step>]) -> Output<Image> {
    steps.iter().fold(image, |image, step| step.run(g, image))
}

fn checked(number: i64) -> Result<i64, Box<dyn std::error::Error>> {
    let small = if number > 100 { Err(format!(\"{number} is large\")) } else { Ok(number) };
    let small = small?;
    if small < 0 {
        return Err(\"negative\".into());
    }
    Ok(small)
}
";

struct Writer {
    choices: Choices,
    text: String,
    vars: Vec<(String, Kind, bool)>,
    names: usize,
    depth: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        let indent = "    ".repeat(self.depth);
        let _ = writeln!(self.text, "{indent}{line}");
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn var(&mut self, kind: Kind) -> Option<String> {
        let fitting: Vec<String> =
            self.vars.iter().filter(|(_, known, _)| *known == kind).map(|(name, ..)| name.clone()).collect();
        if fitting.is_empty() { None } else { Some(self.choices.of(&fitting).clone()) }
    }

    fn bind(&mut self, kind: Kind) {
        let (name, value) = (self.name(), self.value(kind, 3));
        let changes = matches!(kind, Kind::Int | Kind::Images | Kind::Numbers | Kind::Map | Kind::Tally);
        let mutable = changes && self.choices.one_in(2);
        let ty = match kind {
            Kind::Int if self.choices.one_in(2) => ": i64",
            Kind::Numbers => ": Vec<i64>",
            Kind::Images => ": Vec<Output<Image>>",
            Kind::Maybe => ": Option<i64>",
            Kind::Map => ": BTreeMap<String, i64>",
            Kind::Steps => ": Vec<Box<dyn Step>>",
            Kind::Tally => ": Tally",
            _ => "",
        };
        let word = if mutable { "mut " } else { "" };
        self.line(&format!("let {word}{name}{ty} = {value};"));
        self.vars.push((name, kind, mutable));
    }

    fn block(&mut self, head: &str, inside: impl FnOnce(&mut Self)) {
        self.line(&format!("{head} {{"));
        let mark = self.vars.len();
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.vars.truncate(mark);
        self.line("}");
    }

    fn statement(&mut self) {
        match self.choices.below(16) {
            12..=15 => self.change(),
            0..=4 => {
                let kind = *self.choices.of(KINDS);
                self.bind(kind);
            }
            5 => self.save(),
            6 if self.depth < 4 => {
                let condition = self.value(Kind::Bool, 2);
                self.block(&format!("if {condition}"), Self::statement);
            }
            7 if self.depth < 4 => self.for_loop(),
            8 => {
                let ints: Vec<String> =
                    self.vars.iter().filter(|(_, k, m)| *k == Kind::Int && *m).map(|v| v.0.clone()).collect();
                if let Some(name) = ints.first() {
                    let (op, value) = (*self.choices.of(&["+=", "-=", "*=", "="]), self.value(Kind::Int, 1));
                    self.line(&format!("{name} {op} {value};"));
                }
            }
            9 => {
                let lists: Vec<String> = self
                    .vars
                    .iter()
                    .filter(|(_, k, m)| *k == Kind::Images && *m)
                    .map(|v| v.0.clone())
                    .collect();
                if let Some(name) = lists.first() {
                    let value = self.value(Kind::Image, 2);
                    self.line(&format!("{name}.push({value});"));
                }
            }
            10 => {
                let (name, width, value) = (self.name(), self.name(), self.value(Kind::Int, 1));
                self.line(&format!("let Pair {{ image: {name}, width: {width} }} = pair(g, {value});"));
                self.vars.push((name, Kind::Image, false));
                self.vars.push((width, Kind::Int, false));
            }
            _ => {
                let (image, name) = (self.value(Kind::Image, 1), self.name());
                self.line(&format!("let {name} = g.add(LoadImage::new().image(\"{name}.png\"));"));
                self.line(&format!("g.add(PreviewImage::new().images({image}).title(\"{name}\"));"));
                self.vars.push((format!("{name}.image"), Kind::Image, false));
                self.vars.push((format!("{name}.mask"), Kind::Mask, false));
            }
        }
    }

    /// A variable that can be changed.
    fn changing(&mut self, kind: Kind) -> Option<String> {
        let fits = |(_, known, mutable): &&(String, Kind, bool)| *known == kind && *mutable;
        let names: Vec<String> = self.vars.iter().filter(fits).map(|(name, ..)| name.clone()).collect();
        if names.is_empty() { None } else { Some(self.choices.of(&names).clone()) }
    }

    /// Something that changes a variable through a reference, a method or a closure.
    fn change(&mut self) {
        let value = self.value(Kind::Int, 1);
        let line = match self.choices.below(6) {
            0 => self.changing(Kind::Int).map(|name| format!("bump(&mut {name}, {value});")),
            1 => self.changing(Kind::Numbers).map(|name| format!("push_all(&mut {name}, &{value}, 2);")),
            2 => {
                let image = self.value(Kind::Image, 1);
                self.changing(Kind::Images).map(|name| format!("push_all(&mut {name}, &{image}, 1);"))
            }
            3 => self.changing(Kind::Tally).map(|name| format!("{name}.add({value});")),
            4 => {
                let key = self.value(Kind::Text, 1);
                self.changing(Kind::Map).map(|name| format!("{name}.insert({key}, {value});"))
            }
            _ => self.changing(Kind::Int).map(|name| format!("each(3, |at| {name} += at);")),
        };
        if let Some(line) = line {
            self.line(&line);
        }
    }

    fn for_loop(&mut self) {
        let name = self.name();
        match self.choices.below(5) {
            4 => {
                let (map, key) = (self.var(Kind::Map), self.name());
                let map = map.unwrap_or_else(|| "BTreeMap::from([(\"x\".to_string(), 1)])".to_owned());
                self.block(&format!("for ({key}, {name}) in &{map}"), |writer| {
                    writer.vars.push((format!("*{name}"), Kind::Int, false));
                    writer.vars.push((format!("{key}.to_string()"), Kind::Text, false));
                    writer.statement();
                });
            }
            0 => self.block(&format!("for {name} in 0..3"), |writer| {
                writer.vars.push((name, Kind::Int, false));
                writer.statement();
            }),
            1 => {
                let list = self.var(Kind::Numbers).unwrap_or_else(|| "[4, 8]".to_owned());
                self.block(&format!("for {name} in {list}.iter().skip(1)"), |writer| {
                    writer.vars.push((format!("*{name}"), Kind::Int, false));
                    writer.statement();
                });
            }
            2 => {
                let index = self.name();
                self.block(
                    &format!("for ({index}, {name}) in [\"a\", \"b\"].iter().enumerate()"),
                    |writer| {
                        writer.vars.push((format!("({index} as i64)"), Kind::Int, false));
                        writer.vars.push((format!("{name}.to_string()"), Kind::Text, false));
                        writer.statement();
                    },
                );
            }
            _ => {
                let list = self.var(Kind::Images).unwrap_or_else(|| "[]".to_owned());
                self.block(&format!("for {name} in {list}.iter().copied().rev()"), |writer| {
                    writer.vars.push((name, Kind::Image, false));
                    writer.save();
                });
            }
        }
    }

    fn save(&mut self) {
        let (image, prefix) = (self.value(Kind::Image, 2), self.value(Kind::Text, 1));
        self.line(&format!("g.add(SaveImage::new().images({image}).filename_prefix({prefix}));"));
    }

    /// An expression of this kind.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn value(&mut self, kind: Kind, depth: usize) -> String {
        if (depth == 0 || self.choices.one_in(3))
            && let Some(name) = self.var(kind)
        {
            let owned = matches!(kind, Kind::Text | Kind::Tally | Kind::Map) && !name.ends_with("()");
            return if owned { format!("{name}.clone()") } else { name };
        }
        let depth = depth.saturating_sub(1);
        match kind {
            Kind::Int => self.int(depth),
            Kind::Float => match self.choices.below(4) {
                0 => format!("({} as f64)", self.value(Kind::Int, depth)),
                1 if depth > 0 => format!("({} * 1.5)", self.value(Kind::Float, depth)),
                _ => (*self.choices.of(&["0.5", "1.25", "2.0", "0.75"])).to_owned(),
            },
            Kind::Text => match self.choices.below(4) {
                0 => format!("describe(\"n\", {})", self.value(Kind::Int, depth)),
                1 => format!(
                    "format!(\"{{}}_{{:>3}}\", {}, {})",
                    self.value(Kind::Int, depth),
                    self.value(Kind::Bool, depth)
                ),
                2 if depth > 0 => format!("{}.replace(\"n\", \"mm\")", self.value(Kind::Text, depth)),
                _ => format!("String::from(\"t{}\")", self.choices.below(9)),
            },
            Kind::Bool => match self.choices.below(4) {
                0 => format!("({} > {})", self.value(Kind::Int, depth), self.value(Kind::Int, depth)),
                1 if depth > 0 => format!("!{}", self.value(Kind::Bool, depth)),
                2 => format!("{}.is_some()", self.value(Kind::Maybe, 0)),
                _ => (*self.choices.of(&["true", "false"])).to_owned(),
            },
            Kind::Image => self.image(depth),
            Kind::Images => {
                format!("vec![{}, {}]", self.value(Kind::Image, depth), self.value(Kind::Image, depth))
            }
            Kind::Mask => format!("g.add(ImageToMask::new().image({}))", self.value(Kind::Image, depth)),
            Kind::Sampler => {
                (*self.choices.of(&["SamplerName::Euler", "SamplerName::Dpmpp2m", "SamplerName::Lcm"]))
                    .to_owned()
            }
            Kind::Method => self.method(depth),
            Kind::Numbers => match self.choices.below(3) {
                0 => format!(
                    "(1..{}).map(|n| n * {}).collect()",
                    2 + self.choices.below(4),
                    self.value(Kind::Int, 0)
                ),
                1 => format!("vec![{}; 3]", self.value(Kind::Int, 0)),
                _ => format!("vec![{}, {}]", self.value(Kind::Int, depth), self.value(Kind::Int, depth)),
            },
            Kind::Map => match self.choices.below(3) {
                0 => "BTreeMap::new()".to_owned(),
                1 => format!("BTreeMap::from([(\"a\".to_string(), {})])", self.value(Kind::Int, depth)),
                _ => format!(
                    "[\"b\", \"c\"].iter().map(|key| (key.to_string(), {})).collect()",
                    self.value(Kind::Int, 0)
                ),
            },
            Kind::Tally => match self.choices.below(3) {
                0 => format!("Tally::of({})", self.value(Kind::Int, depth)),
                1 if depth > 0 => {
                    format!("{}.with({})", self.value(Kind::Tally, depth), self.value(Kind::Int, 0))
                }
                _ => format!("Tally::from({})", self.value(Kind::Int, depth)),
            },
            Kind::Steps => match self.choices.below(2) {
                0 => format!("vec![Box::new(Flip), Box::new(Zoom({}))]", self.value(Kind::Float, 0)),
                _ => "vec![Box::new(Zoom(0.5))]".to_owned(),
            },
            Kind::Maybe => match self.choices.below(4) {
                3 => match self.var(Kind::Map) {
                    Some(map) => format!("{map}.get(\"a\").copied()"),
                    None => format!("{}.best()", self.value(Kind::Tally, 0)),
                },
                0 => "None::<i64>".to_owned(),
                _ => format!("Some({})", self.value(Kind::Int, depth)),
            },
        }
    }

    fn int(&mut self, depth: usize) -> String {
        match self.choices.below(15) {
            9 => match self.var(Kind::Numbers) {
                Some(list) => format!("ends(&{list}{})", self.choices.of(&["", "[1..]"])),
                None => "ends(&[4, 5, 6])".to_owned(),
            },
            10 if depth > 0 => format!("apply({}, |n| n / 2 + 1)", self.value(Kind::Int, depth)),
            11 if depth > 0 => format!("checked({}).unwrap_or(9)", self.value(Kind::Int, depth)),
            12 if depth > 0 => {
                let (flag, no) = (self.value(Kind::Bool, 0), self.value(Kind::Int, 0));
                format!("choose({flag}, {}, {no})", self.value(Kind::Int, depth))
            }
            13 => match self.var(Kind::Steps) {
                Some(steps) => format!("{steps}.iter().map(|step| step.cost()).sum::<i64>()"),
                None => "Flip.cost()".to_owned(),
            },
            14 => match self.var(Kind::Map) {
                Some(map) => {
                    (*self.choices.of(&["MAP[\"a\"]", "(MAP.len() as i64)", "MAP.values().sum::<i64>()"]))
                        .replace("MAP", &map)
                }
                None => "21".to_owned(),
            },
            0 if depth > 0 => {
                format!("({} + {})", self.value(Kind::Int, depth), self.value(Kind::Int, depth))
            }
            1 if depth > 0 => format!("({} * {})", self.value(Kind::Int, depth), 1 + self.choices.below(7)),
            2 if depth > 0 => format!("({} % 100 - 3)", self.value(Kind::Int, depth)),
            3 => {
                let condition = self.value(Kind::Bool, depth.min(1));
                format!("if {condition} {{ 16 }} else {{ {} }}", self.value(Kind::Int, 0))
            }
            4 => match self.var(Kind::Numbers) {
                Some(list) => format!("{list}[{}]", self.choices.below(3)),
                None => "SIDE".to_owned(),
            },
            5 => match self.var(Kind::Numbers) {
                Some(list) => format!("{list}.iter().sum::<i64>()"),
                None => "SIDE / 3".to_owned(),
            },
            6 => match self.var(Kind::Maybe) {
                Some(maybe) => {
                    format!(
                        "match {maybe} {{ Some(n) if n > 9 => n, Some(_) => 1, None => {} }}",
                        self.choices.below(5)
                    )
                }
                None => "64".to_owned(),
            },
            _ => (8 * (1 + self.choices.below(40))).to_string(),
        }
    }

    /// A way to enlarge an image, whose list three nodes have.
    fn method(&mut self, depth: usize) -> String {
        let node = *self.choices.of(&["ImageScale", "ImageScaleBy", "ImageScaleToTotalPixels"]);
        let plain = format!("{node}UpscaleMethod::{}", self.choices.of(&["Area", "Bicubic", "NearestExact"]));
        match self.choices.below(3) {
            0 if depth > 0 => {
                let (condition, other) = (self.value(Kind::Bool, 0), self.value(Kind::Method, depth));
                format!("if {condition} {{ {plain} }} else {{ {other} }}")
            }
            1 => format!(
                "match {plain} {{ ImageScaleUpscaleMethod::Area => ImageScaleByUpscaleMethod::Lanczos, other => other }}"
            ),
            _ => plain,
        }
    }

    fn image(&mut self, depth: usize) -> String {
        match self.choices.below(9) {
            8 if depth > 0 => {
                let image = self.value(Kind::Image, depth);
                match self.var(Kind::Steps) {
                    Some(steps) => format!("all(g, {image}, &{steps})"),
                    None => format!("Flip.run(g, {image})"),
                }
            }
            5 if depth > 0 => {
                let (image, method) = (self.value(Kind::Image, depth), self.value(Kind::Method, depth));
                let node = *self.choices.of(&["ImageScaleBy", "ImageScale"]);
                format!("g.add({node}::new().image({image}).upscale_method({method}))")
            }
            0 if depth > 0 => {
                format!("scaled(g, {}, {})", self.value(Kind::Image, depth), self.value(Kind::Float, depth))
            }
            1 if depth > 0 => format!("g.add(ImageInvert::new().image({}))", self.value(Kind::Image, depth)),
            2 => format!("g.add(MaskToImage::new().mask({}))", self.value(Kind::Mask, depth)),
            3 => match self.var(Kind::Images) {
                Some(list) => format!("{list}[{}]", self.choices.below(2)),
                None => "plain(g, SIDE, 1)".to_owned(),
            },
            4 => format!("node!(g, EmptyImage {{ width: {}, height: 8 }})", self.value(Kind::Int, depth)),
            _ => format!("plain(g, {}, {})", self.value(Kind::Int, depth), self.value(Kind::Int, 0)),
        }
    }
}

/// The program with a word changed, left out or put in: mostly a mistake.
pub fn mistaken(source: &str, seed: u64) -> String {
    let mut choices = Choices::new(seed ^ 0x5eed);
    // every third changes what the flow calls
    let start = if seed.is_multiple_of(3) { "const SIDE" } else { "pub fn flow" };
    let start = source.find(start).unwrap_or(0);
    let words = words(source, start);
    if words.is_empty() {
        return source.to_owned();
    }
    let (at, word) = *choices.of(&words);
    let another = *choices.of(&words);
    let new = match (word, choices.below(6)) {
        ("mut" | "copied" | "clone", _) => String::new(),
        (word, 0..4) if word.ends_with("UpscaleMethod") => {
            (*choices.of(&["LatentUpscaleUpscaleMethod", "ImageScaleUpscaleMethod"])).to_owned()
        }
        (word, 0) if word.starts_with(|c: char| c.is_ascii_digit()) => format!("{word}.0"),
        (word, 1) if word.starts_with(|c: char| c.is_ascii_digit()) => format!("\"{word}\""),
        (word, 2) if word.starts_with(|c: char| c.is_ascii_digit()) => format!("{word}_u64"),
        (word, 3) if word.starts_with(|c: char| c.is_ascii_digit()) => format!("-{word}"),
        (word, 4) => format!("{word}x"),
        _ => another.1.to_owned(),
    };
    format!("{}{new}{}", &source[..at], &source[at + word.len()..])
}

/// Names and numbers with their places, those in texts apart.
fn words(source: &str, start: usize) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_text = false;
    let mut begin = None;
    for (at, c) in source.char_indices().skip_while(|(at, _)| *at < start) {
        let word = (c.is_ascii_alphanumeric() || c == '_') && !in_text;
        if c == '"' {
            in_text = !in_text;
        }
        match (begin, word) {
            (None, true) => begin = Some(at),
            (Some(from), false) => {
                found.push((from, &source[from..at]));
                begin = None;
            }
            _ => {}
        }
    }
    found.retain(|(_, word)| {
        !["pub", "fn", "flow", "g", "let", "for", "in", "if", "else", "match"].contains(word)
    });
    found
}
