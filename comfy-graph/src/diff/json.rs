//! The machine form of a [`Diff`]: one JSON object a line.

use serde_json::{Map, Value, json};

use super::{Change, Diff, End, Level, Party, Role, Setting, What};

impl Diff {
    /// One JSON object a line, nothing if there is no difference.
    ///
    /// Each has `change`: `added`, `removed`, `class`, `title`, `mode`, `value`, `rewired` (also linked and unlinked),
    /// `port`; `level`: `authored` or `queued`; `subgraph`, where it is in one; `node`, with `old` and `new` id,
    /// `class_type`, `title`, and `role` if it is not a node; and by its kind `input`, `old`, `new`, `inputs`, `uses`.
    pub fn to_json_lines(&self) -> String {
        let level = match self.level {
            Level::Authored => "authored",
            Level::Queued => "queued",
        };
        let mut lines = String::new();
        for change in &self.changes {
            lines.push_str(&Value::Object(line(change, level)).to_string());
            lines.push('\n');
        }
        lines
    }
}

impl What {
    /// The word for it in the machine form.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Removed(_) => "removed",
            Self::Class => "class",
            Self::Title => "title",
            Self::Mode { .. } => "mode",
            Self::Input { rewired: false, .. } => "value",
            Self::Input { .. } => "rewired",
            Self::Port { .. } => "port",
        }
    }
}

fn line(change: &Change, level: &str) -> Map<String, Value> {
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| {
        if !value.is_null() {
            line.insert(key.to_owned(), value);
        }
    };
    put("change", change.what.word().into());
    put("level", level.into());
    put("subgraph", change.scope.as_deref().into());
    put("node", json!({"old": change.old.as_ref().map(party), "new": change.new.as_ref().map(party)}));
    let (old, new) = sides(&change.what);
    put("old", old);
    put("new", new);
    match &change.what {
        What::Input { name, .. } => put("input", (&**name).into()),
        What::Port { output, .. } => put("end", if *output { "output" } else { "input" }.into()),
        What::Added(contents) | What::Removed(contents) => {
            let inputs = contents.inputs.iter().map(|(name, value)| (name.to_string(), setting(value)));
            put("inputs", Value::Object(inputs.collect()));
            let uses = contents.uses.iter().map(|(user, input)| json!({"node": party(user), "input": input}));
            put("uses", uses.collect());
            if contents.nodes > 0 {
                put("nodes", contents.nodes.into());
            }
        }
        What::Class | What::Title | What::Mode { .. } => {}
    }
    line
}

/// What was and what is, for kinds that have both.
fn sides(what: &What) -> (Value, Value) {
    let port = |port: &Option<(Box<str>, Box<str>)>| match port {
        Some((name, io_type)) => json!({"name": name, "type": io_type}),
        None => Value::Null,
    };
    match what {
        What::Mode { old, new } => (super::text::mode(*old).into(), super::text::mode(*new).into()),
        What::Input { old, new, .. } => (setting(old), setting(new)),
        What::Port { old, new, .. } => (port(old), port(new)),
        What::Added(_) | What::Removed(_) | What::Class | What::Title => (Value::Null, Value::Null),
    }
}

fn party(party: &Party) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), (&*party.id).into());
    object.insert("class_type".to_owned(), (&*party.class_type).into());
    if let Some(title) = &party.title {
        object.insert("title".to_owned(), (&**title).into());
    }
    let role = match party.role {
        Role::Node => return Value::Object(object),
        Role::Definition => "definition",
        Role::Inputs => "inputs",
        Role::Outputs => "outputs",
    };
    object.insert("role".to_owned(), role.into());
    Value::Object(object)
}

/// `{"link": .., "value": ..}`, each where there is one.
fn setting(setting: &Setting) -> Value {
    let mut object = Map::new();
    if let Some(link) = &setting.link {
        let End { node, slot, output } = &**link;
        object.insert("link".to_owned(), json!({"node": party(node), "slot": slot, "output": output}));
    }
    if let Some(value) = &setting.value {
        object.insert("value".to_owned(), value.clone());
    }
    Value::Object(object)
}
