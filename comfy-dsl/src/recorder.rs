//! What stands behind a [`Flow`](crate::Flow), without Rust's types: for programs that read flows instead of
//! running them.
//!
//! A flow that is compiled and one that is read record the same calls here and get their graph from the same code,
//! so that they cannot disagree. Generated code uses the same tables with the lifetime `'static`.
//!
//! ```
//! use comfy_dsl::recorder::{Class, Def, Form, In, Record, Recorder, Val};
//! use comfy_graph::graph::NodeSource;
//!
//! let form = Form::Int(Def::I(512), 1, 16384);
//! let width = In { name: "width", io_type: "INT", required: true, form };
//! let class = Class {
//!     class_type: "EmptyImage", inputs: &[width], outputs: &[("IMAGE", "IMAGE")], matches: &[], output_node: false,
//! };
//! let mut recorder = Recorder::default();
//! let place = NodeSource::Bytes { start: 20, end: 42 };
//! let node = recorder.add(0, Record::new(&class).set_at(0, Val::Json(64.into()), place), place);
//! let graph = recorder.to_graph().value;
//! assert_eq!(graph.find("1").and_then(|ix| graph.get(ix)).unwrap().widgets[0].value, Some(64.into()));
//! # assert_eq!(node, 1);
//! ```

pub use crate::{
    facts::{Class, Def, Form, In, Names, Opt},
    record::{Item, Link, Pick, Record, Val},
    state::State as Recorder,
};
