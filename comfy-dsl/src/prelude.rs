//! Everything a flow needs beside its generated nodes: `use comfy_dsl::prelude::*;`.

pub use serde_json::json;

pub use crate::{
    Any, Bool, BoolInput, Choice, Combo, Float, FloatInput, Flow, Int, IntInput, IntoInput, List,
    NodeExt as _, NodeRef, Output, Raw, RawNode, SeedInput, Str, StrInput, Unset, grow, node, raw, unlinked,
};
