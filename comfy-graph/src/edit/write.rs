//! Ops → JSON, as [`read`](super::read) reads it.

use serde_json::{Map, Value, json};

use super::{Add, End, Insert, InsertLoras, Lora, Op};
use crate::graph::Mode;

/// The batch as JSON.
pub fn write(ops: &[Op]) -> Value {
    ops.iter().map(op).collect()
}

/// An object of the members that are there.
struct Members(Map<String, Value>);

impl Members {
    fn new(word: &str) -> Self {
        Self(Map::from_iter([("op".to_owned(), word.into())]))
    }

    fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.insert(member.to_owned(), value.into());
        self
    }

    fn maybe(self, member: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(member, value),
            None => self,
        }
    }

    fn values(self, values: &Map<String, Value>) -> Self {
        if values.is_empty() { self } else { self.with("values", values.clone()) }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

fn op(op: &Op) -> Value {
    match op {
        Op::Add(op) => add(op),
        Op::Delete { node, rewire } => {
            let members = Members::new("delete").with("node", node.as_str());
            members.maybe("rewire", (!rewire).then_some(false)).done()
        }
        Op::Connect { from, to } => {
            Members::new("connect").with("from", end(from)).with("to", end(to)).done()
        }
        Op::Disconnect { to } => Members::new("disconnect").with("to", end(to)).done(),
        Op::Set { node, input, value } => Members::new("set")
            .with("node", node.as_str())
            .with("input", &**input)
            .with("value", value.clone())
            .done(),
        Op::SetMode { node, mode } => {
            let word = match mode {
                Mode::Always => "unmute",
                Mode::Never => "mute",
                Mode::Bypass => "bypass",
                Mode::OnEvent | Mode::OnTrigger => "set_mode",
            };
            let number = (word == "set_mode").then(|| mode.number());
            Members::new(word).with("node", node.as_str()).maybe("mode", number).done()
        }
        Op::Rename { node, title } => {
            let title = title.as_deref().map_or(Value::Null, Value::from);
            Members::new("rename").with("node", node.as_str()).with("title", title).done()
        }
        Op::Replace { node, class, values } => {
            Members::new("replace").with("node", node.as_str()).with("class", &**class).values(values).done()
        }
        Op::Insert(op) => insert(op),
        Op::InsertLoras(op) => insert_loras(op),
        Op::Wrap { nodes, name, alias } => {
            let nodes: Vec<&str> = nodes.iter().map(super::NodeRef::as_str).collect();
            let name = (!name.is_empty()).then_some(&**name);
            Members::new("wrap").with("nodes", nodes).maybe("name", name).maybe("as", alias.as_deref()).done()
        }
        Op::Unpack { node } => Members::new("unpack").with("node", node.as_str()).done(),
        Op::Restore(restore) => {
            let mut members = Members::new("restore");
            if let Value::Object(state) = restore.to_json() {
                members.0.extend(state);
            }
            members.done()
        }
    }
}

fn add(op: &Add) -> Value {
    Members::new("add")
        .with("class", &*op.class)
        .maybe("as", op.alias.as_deref())
        .maybe("id", op.id.as_deref())
        .maybe("title", op.title.as_deref())
        .values(&op.values)
        .maybe("at", op.at.map(|at| json!(at)))
        .maybe("in", op.inside.as_ref().map(super::NodeRef::as_str))
        .done()
}

fn insert(op: &Insert) -> Value {
    Members::new("insert")
        .with("class", &*op.class)
        .maybe("as", op.alias.as_deref())
        .maybe("title", op.title.as_deref())
        .values(&op.values)
        .maybe("from", op.from.as_ref().map(end))
        .maybe("to", op.to.as_ref().map(end))
        .maybe("input", op.input.as_deref())
        .maybe("output", op.output.as_deref())
        .done()
}

fn insert_loras(op: &InsertLoras) -> Value {
    let lora = |lora: &Lora| {
        let mut written = Map::from_iter([("name".to_owned(), (&*lora.name).into())]);
        for (key, strength) in
            [("strength_model", lora.strength_model), ("strength_clip", lora.strength_clip)]
        {
            written.extend(strength.map(|strength| (key.to_owned(), strength.into())));
        }
        Value::Object(written)
    };
    Members::new("insert_loras")
        .with("loader", op.loader.as_str())
        .maybe("clip", op.clip.as_ref().map(super::NodeRef::as_str))
        .with("loras", op.loras.iter().map(lora).collect::<Vec<_>>())
        .maybe("class", op.class.as_deref())
        .maybe("as", op.alias.as_deref())
        .done()
}

fn end(end: &End) -> Value {
    match end {
        End::Text(text) => (&**text).into(),
        End::Named(node, slot) => json!([node.as_str(), slot]),
        End::Numbered(node, slot) => json!([node.as_str(), slot]),
    }
}
