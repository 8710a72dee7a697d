//! Shapes of workflows that are easy for one way of doing things and hard for another.

use serde_json::{Value, json};

use super::workflow::{At, From, Scope, workflow_of};

macro_rules! shapes {
    ($( $(#[$doc:meta])* $variant:ident => $function:ident; )*) => {
        /// A family of workflows, one for every size.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Shape {
            $( $(#[$doc])* $variant, )*
        }

        impl Shape {
            /// Every shape.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The workflow of about `size` nodes (or links, or definitions, as the shape says) as JSON.
            pub fn workflow(self, size: usize) -> String {
                match self {
                    $(Self::$variant => $function(size),)*
                }
            }
        }
    };
}

shapes! {
    /// Pictures made the usual way, seven nodes each: the shape of real workflows.
    Pictures => pictures;
    /// One long chain of nodes that run.
    Chain => chain;
    /// A chain of reroutes.
    Reroutes => reroutes;
    /// A chain of bypassed nodes.
    Bypassed => bypassed;
    /// A ring of reroutes.
    RerouteRing => reroute_ring;
    /// A ring of nodes that run.
    Ring => ring;
    /// One output with all the links.
    FanOut => fan_out;
    /// One reroute with all the links.
    RerouteFanOut => reroute_fan_out;
    /// One bypassed node with all the links.
    BypassFanOut => bypass_fan_out;
    /// One node with all the inputs, each with a link from its own reroute.
    FanIn => fan_in;
    /// One node with all the inputs, each with a link from its own muted node.
    MutedFanIn => muted_fan_in;
    /// One bypassed node with as many inputs as outputs, all linked.
    BypassWide => bypass_wide;
    /// One primitive that sets a widget of every node.
    PrimitiveFanOut => primitive_fan_out;
    /// Primitives that set all the widgets of one node.
    PrimitiveFanIn => primitive_fan_in;
    /// Two links from every node to the next: 2^n ways from one end to the other.
    Diamonds => diamonds;
    /// As many definitions, each used once.
    Definitions => definitions;
    /// One definition with all the inputs, all promoted, used once.
    WideDefinition => wide_definition;
    /// Definitions inside each other, the outermost first in the file.
    NestedDefinitions => nested_definitions;
    /// One instance with a legacy promotion for every inner node, all of one name.
    Proxies => proxies;
    /// One instance that promotes the same primitive again and again, which sets all the nodes inside.
    ProxiedPrimitive => proxied_primitive;
    /// Legacy group nodes.
    GroupNodes => group_nodes;
    /// Senders of one type to everywhere, and as many free inputs.
    Everywhere => everywhere;
    /// Nodes of classes that nobody knows.
    Unknown => unknown;
    /// Loaders whose file is not on the list.
    WrongOptions => wrong_options;
    /// A node whose widgets grow with its values.
    GrowingOptions => growing_options;
}

const IMAGE: &str = "IMAGE";

fn source(scope: &mut Scope) -> From {
    let at = scope.node("EmptyImage", &[], &[IMAGE], json!([512, 512, 1, 0]));
    (At::Node(at), 0)
}

fn invert(scope: &mut Scope, from: From) -> From {
    let at = scope.node("ImageInvert", &[("image", IMAGE, false, Some(from))], &[IMAGE], json!([]));
    (At::Node(at), 0)
}

fn reroute(scope: &mut Scope, from: Option<From>) -> From {
    let at = scope.node("Reroute", &[("", "*", false, from)], &["*"], json!([]));
    (At::Node(at), 0)
}

fn preview(scope: &mut Scope, from: From) {
    scope.node("PreviewImage", &[("images", IMAGE, false, Some(from))], &[], json!([]));
}

fn mode(scope: &mut Scope, (at, _): From, mode: u8) {
    if let At::Node(node) = at {
        scope.set(node, "mode", json!(mode));
    }
}

fn pictures(size: usize) -> String {
    let mut root = Scope::default();
    while root.len() < size {
        picture(&mut root);
    }
    workflow_of(root, Vec::new())
}

/// The seven nodes of the frontend's default workflow.
fn picture(root: &mut Scope) {
    let number = root.len();
    let loader =
        root.node("CheckpointLoaderSimple", &[], &["MODEL", "CLIP", "VAE"], json!(["a.safetensors"]));
    let clip = Some((At::Node(loader), 1));
    let text = |root: &mut Scope, text: String| {
        root.node("CLIPTextEncode", &[("clip", "CLIP", false, clip)], &["CONDITIONING"], json!([text]))
    };
    let positive = text(root, format!("a photograph of cat number {number}"));
    let negative = text(root, "watermark".to_owned());
    let latent = root.node("EmptyLatentImage", &[], &["LATENT"], json!([512, 512, 1]));
    let sampler = root.node(
        "KSampler",
        &[
            ("model", "MODEL", false, Some((At::Node(loader), 0))),
            ("positive", "CONDITIONING", false, Some((At::Node(positive), 0))),
            ("negative", "CONDITIONING", false, Some((At::Node(negative), 0))),
            ("latent_image", "LATENT", false, Some((At::Node(latent), 0))),
        ],
        &["LATENT"],
        json!([number, "randomize", 20, 8.0, "euler", "normal", 1.0]),
    );
    let decode = root.node(
        "VAEDecode",
        &[
            ("samples", "LATENT", false, Some((At::Node(sampler), 0))),
            ("vae", "VAE", false, Some((At::Node(loader), 2))),
        ],
        &[IMAGE],
        json!([]),
    );
    let images = Some((At::Node(decode), 0));
    root.node("SaveImage", &[("images", IMAGE, false, images)], &[], json!(["ComfyUI"]));
}

/// A chain of `size` links made by `step`, shown at the end.
fn chained(size: usize, step: impl Fn(&mut Scope, From) -> From) -> String {
    let mut root = Scope::default();
    let mut last = source(&mut root);
    for _ in 0..size {
        last = step(&mut root, last);
    }
    preview(&mut root, last);
    workflow_of(root, Vec::new())
}

fn chain(size: usize) -> String {
    chained(size, invert)
}

fn reroutes(size: usize) -> String {
    chained(size, |root, from| reroute(root, Some(from)))
}

fn bypassed(size: usize) -> String {
    chained(size, |root, from| {
        let node = invert(root, from);
        mode(root, node, 4);
        node
    })
}

/// The last of a chain leads to its first.
fn ringed(size: usize, step: impl Fn(&mut Scope, From) -> From) -> String {
    let mut root = Scope::default();
    let last = (At::Node(size.max(1) - 1), 0);
    // the first node names a link that the last one has when it is there
    let mut at = step_to_come(&mut root, &step, last, size);
    for _ in 1..size {
        at = step(&mut root, at);
    }
    preview(&mut root, at);
    workflow_of(root, Vec::new())
}

/// A node linked from one that does not exist yet; a link record needs no more than its number.
fn step_to_come(root: &mut Scope, step: &impl Fn(&mut Scope, From) -> From, last: From, size: usize) -> From {
    if size <= 1 {
        return source(root);
    }
    let first = reroute(root, None);
    root.link_later(last, first);
    step(root, first)
}

fn reroute_ring(size: usize) -> String {
    ringed(size, |root, from| reroute(root, Some(from)))
}

fn ring(size: usize) -> String {
    ringed(size, invert)
}

fn fan_out(size: usize) -> String {
    let mut root = Scope::default();
    let from = source(&mut root);
    (0..size).for_each(|_| preview(&mut root, from));
    workflow_of(root, Vec::new())
}

fn reroute_fan_out(size: usize) -> String {
    let mut root = Scope::default();
    let from = source(&mut root);
    let from = reroute(&mut root, Some(from));
    (0..size).for_each(|_| preview(&mut root, from));
    workflow_of(root, Vec::new())
}

fn bypass_fan_out(size: usize) -> String {
    let mut root = Scope::default();
    let from = source(&mut root);
    let from = invert(&mut root, from);
    mode(&mut root, from, 4);
    (0..size).for_each(|_| preview(&mut root, from));
    workflow_of(root, Vec::new())
}

/// A node with an input for each link.
fn wide(root: &mut Scope, class: &str, links: &[From], outputs: &[&str]) -> usize {
    let names: Vec<String> = (0..links.len()).map(|n| format!("image_{n}")).collect();
    let inputs: Vec<_> =
        names.iter().zip(links).map(|(name, from)| (&**name, IMAGE, false, Some(*from))).collect();
    root.node(class, &inputs, outputs, json!([]))
}

fn fan_in(size: usize) -> String {
    let mut root = Scope::default();
    let from = source(&mut root);
    let links: Vec<From> = (0..size).map(|_| reroute(&mut root, Some(from))).collect();
    wide(&mut root, "NobodyKnowsThis", &links, &[]);
    workflow_of(root, Vec::new())
}

fn muted_fan_in(size: usize) -> String {
    let mut root = Scope::default();
    let links: Vec<From> = (0..size).map(|_| source(&mut root)).collect();
    for link in &links {
        mode(&mut root, *link, 2);
    }
    wide(&mut root, "NobodyKnowsThis", &links, &[]);
    workflow_of(root, Vec::new())
}

fn bypass_wide(size: usize) -> String {
    let mut root = Scope::default();
    let from = source(&mut root);
    let types: Vec<String> = (0..size).map(|n| format!("T{}", n % 100)).collect();
    let outputs: Vec<&str> = types.iter().map(|io_type| &**io_type).collect();
    let wide = wide(&mut root, "NobodyKnowsThis", &vec![from; size], &outputs);
    root.set(wide, "mode", json!(4));
    (0..size).for_each(|slot| preview(&mut root, (At::Node(wide), slot)));
    workflow_of(root, Vec::new())
}

fn primitive_fan_out(size: usize) -> String {
    let mut root = Scope::default();
    let at = root.node("PrimitiveNode", &[], &["INT"], json!([64, "fixed"]));
    let from = Some((At::Node(at), 0));
    for _ in 0..size {
        let width = ("width", "INT", true, from);
        root.node("EmptyImage", &[width], &[IMAGE], json!([512, 512, 1, 0]));
    }
    workflow_of(root, Vec::new())
}

fn primitive_fan_in(size: usize) -> String {
    let mut root = Scope::default();
    let at = root.node("PrimitiveNode", &[], &["INT"], json!([64, "fixed"]));
    let names: Vec<String> = (0..size).map(|n| format!("value_{n}")).collect();
    let inputs: Vec<_> = names.iter().map(|name| (&**name, "INT", true, Some((At::Node(at), 0)))).collect();
    let values: Value = names.iter().map(|name| (name.clone(), json!(1))).collect();
    root.node("NobodyKnowsThis", &inputs, &[], values);
    workflow_of(root, Vec::new())
}

fn diamonds(size: usize) -> String {
    let mut root = Scope::default();
    let mut last = source(&mut root);
    for _ in 0..size {
        let both = [("image1", IMAGE, false, Some(last)), ("image2", IMAGE, false, Some(last))];
        last = (At::Node(root.node("ImageBatch", &both, &[IMAGE], json!([]))), 0);
    }
    preview(&mut root, last);
    workflow_of(root, Vec::new())
}

/// A use of a definition with one input and one output for pictures.
fn instance(root: &mut Scope, id: &str, from: From) -> From {
    (At::Node(root.node(id, &[("image", IMAGE, false, Some(from))], &[IMAGE], json!([]))), 0)
}

fn definitions(size: usize) -> String {
    let mut root = Scope::default();
    let mut last = source(&mut root);
    let mut all = Vec::with_capacity(size);
    for number in 0..size {
        let mut inside = Scope::default();
        let image = inside.input("image", IMAGE);
        let image = invert(&mut inside, image);
        inside.output("IMAGE", IMAGE, image);
        let id = format!("definition-{number}");
        all.push(inside.into_definition(&id, "Invert"));
        last = instance(&mut root, &id, last);
    }
    preview(&mut root, last);
    workflow_of(root, all)
}

fn wide_definition(size: usize) -> String {
    let (mut root, mut inside) = (Scope::default(), Scope::default());
    let names: Vec<String> = (0..size).map(|n| format!("width_{n}")).collect();
    for name in &names {
        let width = inside.input(name, "INT");
        inside.node("EmptyImage", &[("width", "INT", true, Some(width))], &[IMAGE], json!([512, 512, 1, 0]));
    }
    let inputs: Vec<_> = names.iter().map(|name| (&**name, "INT", true, None)).collect();
    root.node("wide", &inputs, &[], json!([64]));
    workflow_of(root, vec![inside.into_definition("wide", "Wide")])
}

fn nested_definitions(size: usize) -> String {
    let mut root = Scope::default();
    root.node("definition-0", &[("width", "INT", true, None)], &[], json!([64]));
    let mut all = Vec::with_capacity(size);
    for number in 0..size {
        let mut inside = Scope::default();
        let width = Some(inside.input("width", "INT"));
        if number + 1 < size {
            let next = format!("definition-{}", number + 1);
            inside.node(&next, &[("width", "INT", true, width)], &[], json!([]));
        } else {
            inside.node("EmptyImage", &[("width", "INT", true, width)], &[IMAGE], json!([512, 512, 1, 0]));
        }
        all.push(inside.into_definition(&format!("definition-{number}"), "Nested"));
    }
    workflow_of(root, all)
}

fn proxies(size: usize) -> String {
    let (mut root, mut inside) = (Scope::default(), Scope::default());
    for _ in 0..size {
        inside.node("EmptyImage", &[("width", "INT", true, None)], &[IMAGE], json!([512, 512, 1, 0]));
    }
    let entries: Vec<Value> = (1..=size).map(|id| json!([id.to_string(), "width"])).collect();
    let values: Vec<usize> = (1..=size).collect();
    let at = root.node("proxied", &[], &[], json!(values));
    root.set(at, "properties", json!({"proxyWidgets": entries}));
    workflow_of(root, vec![inside.into_definition("proxied", "Proxied")])
}

fn proxied_primitive(size: usize) -> String {
    let (mut root, mut inside) = (Scope::default(), Scope::default());
    let at = inside.node("PrimitiveNode", &[], &["INT"], json!([64, "fixed"]));
    for _ in 0..size {
        let width = ("width", "INT", true, Some((At::Node(at), 0)));
        inside.node("EmptyImage", &[width], &[IMAGE], json!([512, 512, 1, 0]));
    }
    let entries: Vec<Value> = (0..size).map(|n| json!(["1", format!("value_{n}")])).collect();
    let values: Vec<usize> = (0..size).collect();
    let at = root.node("proxied", &[], &[], json!(values));
    root.set(at, "properties", json!({"proxyWidgets": entries}));
    workflow_of(root, vec![inside.into_definition("proxied", "Proxied")])
}

fn group_nodes(size: usize) -> String {
    let mut root = Scope::default();
    let mut last = source(&mut root);
    for _ in 0..size {
        last = instance(&mut root, "workflow>pair", last);
    }
    preview(&mut root, last);
    let member = |index: usize| {
        json!({"type": "ImageInvert", "index": index, "inputs": [{"name": "image", "type": IMAGE, "link": null}],
               "outputs": [{"name": IMAGE, "type": IMAGE, "links": null}], "widgets_values": []})
    };
    let pair = json!({"nodes": [member(0), member(1)], "links": [[0, 0, 1, 0, 1, IMAGE]], "external": []});
    let mut file: Value = serde_json::from_str(&workflow_of(root, Vec::new())).unwrap_or_default();
    file["extra"] = json!({"groupNodes": {"pair": pair}});
    file.to_string()
}

fn everywhere(size: usize) -> String {
    let mut root = Scope::default();
    let mut last = source(&mut root);
    for _ in 0..size {
        last = reroute(&mut root, Some(last));
        root.node("Anything Everywhere", &[("anything", "*", false, Some(last))], &[], json!([]));
        root.node("PreviewImage", &[("images", IMAGE, false, None)], &[], json!([]));
    }
    workflow_of(root, Vec::new())
}

fn unknown(size: usize) -> String {
    let mut root = Scope::default();
    for number in 0..size {
        root.node(&format!("KSamplr{number}"), &[], &[], json!([1, 2]));
    }
    workflow_of(root, Vec::new())
}

fn wrong_options(size: usize) -> String {
    let mut root = Scope::default();
    for number in 0..size {
        root.node("LoadImage", &[], &[IMAGE, "MASK"], json!([format!("picture-{number}.png"), "image"]));
    }
    workflow_of(root, Vec::new())
}

fn growing_options(size: usize) -> String {
    let mut root = Scope::default();
    let names: Vec<String> = (1..=size).map(|n| format!("option{n}")).collect();
    let inputs: Vec<_> = names.iter().map(|name| (&**name, "STRING", true, None)).collect();
    let mut values = vec![json!("a"), json!(0)];
    values.extend((0..size).map(|n| json!(format!("value {n}"))));
    root.node("CustomCombo", &inputs, &["STRING", "INT"], json!(values));
    let mut by_name: serde_json::Map<String, Value> =
        names.iter().map(|name| (name.clone(), json!("x"))).collect();
    by_name.insert("choice".to_owned(), json!("x"));
    root.node("CustomCombo", &[], &["STRING", "INT"], Value::Object(by_name));
    workflow_of(root, Vec::new())
}
