//! JSON → ops. Nothing is passed over: a member that an op does not have is a finding, at its place.

use serde_json::{Map, Value};

use super::{Add, End, Insert, InsertLoras, Lora, MAX_OPS, NodeRef, Op, Restore};
use crate::{
    diag::{Applicability, Diagnostic, EditKind, JsonPath, Suggestion, codes, short},
    graph::Mode,
    suggest,
};

/// The ops, as [`read`] knows them, with their members.
const WORDS: &[(&str, &[&str])] = &[
    ("add", &["class", "as", "id", "title", "values", "at", "in"]),
    ("add_node", &["class_type", "as", "id", "title", "values", "at", "in", "node_id", "pos", "node"]),
    ("delete", &["node", "rewire"]),
    ("delete_node", &["node", "rewire", "node_id", "removed_links"]),
    (
        "connect",
        &["from", "to", "link_id", "from_node", "from_slot", "to_node", "to_slot", "link_type", "grow"],
    ),
    ("disconnect", &["to"]),
    ("set", &["node", "input", "value"]),
    ("set_widget", &["node", "widget", "value", "node_id", "old", "path", "inner_widget", "warnings"]),
    ("bypass", &["node"]),
    ("mute", &["node"]),
    ("unmute", &["node"]),
    ("set_mode", &["node", "mode"]),
    ("rename", &["node", "title"]),
    ("replace", &["node", "class", "values"]),
    ("insert", &["class", "as", "title", "values", "from", "to", "input", "output"]),
    ("insert_loras", &["loader", "clip", "loras", "class", "as"]),
    ("wrap", &["nodes", "name", "as"]),
    ("unpack", &["node"]),
    ("restore", &["root", "definitions", "order"]),
];

/// What every op of comfy-cli's vocabulary carries for the sake of merging; it has no meaning here.
const ENVELOPE: &[&str] = &["op", "op_id", "actor", "base_version", "stamp"];

/// Reads a batch: a JSON array of objects, each with the word of its op as `op`.
///
/// | op | members |
/// |---|---|
/// | `add` | `class`; `as`, `id`, `title`, `values` (object), `at` (`[x, y]`), `in` (an instance) |
/// | `delete` | `node`; `rewire` (`true`) |
/// | `connect` | `from`, `to` |
/// | `disconnect` | `to` |
/// | `set` | `node`, `input`, `value` |
/// | `bypass`, `mute`, `unmute` | `node` |
/// | `set_mode` | `node`, `mode` (0 to 4, as in files) |
/// | `rename` | `node`, `title` (text, or `null` for that of the class) |
/// | `replace` | `node`, `class`; `values` |
/// | `insert` | `class`, and `from`, `to` or both; `as`, `title`, `values`, `input`, `output` |
/// | `insert_loras` | `loader`, `loras`; `clip`, `class`, `as` |
/// | `wrap` | `nodes` (array); `name`, `as` |
/// | `unpack` | `node` |
/// | `restore` | what [`write`](super::write) makes of [`Applied::undo`](super::Applied::undo) |
///
/// A LoRA is a file's name, or `{"name": …, "strength_model": …, "strength_clip": …}`.
///
/// Of comfy-cli's op vocabulary v1 the batches are read as they are: `add_node` (`class_type`), `connect`, `set_widget`
/// (`widget`) and `delete_node`, which cuts the links of the node instead of leading them around it. `op_id`, `actor`,
/// `base_version` and `stamp` are allowed in every op and have no effect. `clear` and `reset_doc` are no ops of a batch
/// there either.
///
/// # Errors
/// Everything that is not an op as above, with its place in the batch.
pub fn read(batch: &Value) -> Result<Vec<Op>, Vec<Diagnostic>> {
    const MOST: usize = 100;
    let malformed =
        |message: String| vec![Diagnostic::new(codes::MALFORMED_EDIT, message).at(JsonPath::root())];
    let Value::Array(list) = batch else {
        return Err(malformed(format!("a batch of edits is an array, not {}", kind(batch))));
    };
    if list.len() > MAX_OPS {
        return Err(malformed(format!(
            "the batch has {} edits, and no more than {MAX_OPS} are made",
            list.len()
        )));
    }
    let (mut ops, mut found) = (Vec::with_capacity(list.len()), Vec::new());
    for (at, value) in list.iter().enumerate() {
        if found.len() >= MOST {
            break;
        }
        match entry(at, value) {
            Ok(op) => ops.push(op),
            Err(faults) => found.extend(faults),
        }
    }
    if found.is_empty() { Ok(ops) } else { Err(found) }
}

/// As [`read`], from text.
///
/// # Errors
/// As [`read`], and when the text is not JSON.
pub fn read_text(text: &str) -> Result<Vec<Op>, Vec<Diagnostic>> {
    let batch = serde_json::from_str(crate::json::without_bom(text)).map_err(|error| {
        let message = format!("the batch is not JSON: {error}");
        let place = crate::json::error_place(&error, text).unwrap_or_else(|| JsonPath::root().into());
        vec![Diagnostic::new(codes::MALFORMED_EDIT, message).at(place)]
    })?;
    read(&batch)
}

/// `["4", 0]`: a node and a slot.
pub(super) fn pair(list: &[Value]) -> Option<End> {
    let [node, slot] = list else { return None };
    let node = node_ref(node)?;
    match slot {
        Value::Number(_) => Some(End::Numbered(node, usize::try_from(slot.as_u64()?).ok()?)),
        Value::String(name) => Some(End::Named(node, name.as_str().into())),
        _ => None,
    }
}

fn node_ref(value: &Value) -> Option<NodeRef> {
    match value {
        Value::String(text) if !text.is_empty() => Some(NodeRef::new(text.as_str())),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(NodeRef::new(number.to_string())),
        _ => None,
    }
}

/// What a value is called in a message.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn entry(at: usize, value: &Value) -> Result<Op, Vec<Diagnostic>> {
    let place = JsonPath::root().index(at);
    let malformed = |message: String, place: JsonPath| {
        Diagnostic::new(codes::MALFORMED_EDIT, format!("edit {at}: {message}")).at(place)
    };
    let Value::Object(map) = value else {
        return Err(vec![malformed(format!("an edit is an object, not {}", kind(value)), place)]);
    };
    let Some(word) = map.get("op").and_then(Value::as_str) else {
        return Err(vec![malformed("there is no \"op\" that says which edit it is".to_owned(), place)]);
    };
    let Some((_, members)) = WORDS.iter().find(|(known, _)| *known == word) else {
        let place = place.key("op");
        let found = malformed(format!("there is no edit {:?}", short(word)), place.clone());
        return Err(vec![unknown_word(found, &place, word)]);
    };
    let mut fields = Fields { at, word, map, found: Vec::new() };
    fields.check_members(members);
    let op = fields.op();
    match op {
        Some(op) if fields.found.is_empty() => Ok(op),
        _ => Err(fields.found),
    }
}

fn unknown_word(found: Diagnostic, place: &JsonPath, word: &str) -> Diagnostic {
    if matches!(word, "clear" | "reset_doc") {
        return found
            .help("it rewrites the whole document, so that it cannot be in a batch; delete the nodes");
    }
    let words = WORDS.iter().map(|(word, _)| *word);
    match suggest::nearest(word, words.clone()) {
        Some(near) => {
            let suggestion =
                Suggestion::new(format!("did you mean {near:?}?"), Applicability::MaybeIncorrect);
            found.suggest(suggestion.edit(Some(place.clone()), EditKind::Replace(near.into())))
        }
        None => found.help(format!("there is {}", words.collect::<Vec<_>>().join(", "))),
    }
}

/// The members of one op, with what is wrong with them.
struct Fields<'v> {
    at: usize,
    word: &'v str,
    map: &'v Map<String, Value>,
    found: Vec<Diagnostic>,
}

impl<'v> Fields<'v> {
    fn place(&self, member: &str) -> JsonPath {
        JsonPath::root().index(self.at).key(member)
    }

    fn fault(&mut self, member: &str, message: &str) {
        let message = format!("edit {}: {}: {message}", self.at, self.word);
        self.found.push(Diagnostic::new(codes::MALFORMED_EDIT, message).at(self.place(member)));
    }

    /// The other name that a member has.
    fn synonym(member: &str) -> Option<&'static str> {
        Some(match member {
            "class" => "class_type",
            "class_type" => "class",
            "input" => "widget",
            "widget" => "input",
            "values" => "inputs",
            _ => return None,
        })
    }

    fn check_members(&mut self, members: &[&str]) {
        let map = self.map;
        for key in map.keys() {
            let known = |member: &&str| **member == **key || Self::synonym(member) == Some(key);
            if ENVELOPE.contains(&&**key) || members.iter().any(known) {
                continue;
            }
            self.fault(key, &format!("there is no member {:?}", short(key)));
            let place = self.place(key);
            let Some(found) = self.found.pop() else { continue };
            let found = match suggest::nearest(key, members.iter().copied()) {
                Some(near) => {
                    let message = format!("did you mean {near:?}?");
                    let suggestion = Suggestion::new(message, Applicability::MaybeIncorrect);
                    found.suggest(suggestion.edit(Some(place), EditKind::RenameKey(near.into())))
                }
                None => found.help(format!("there is {}", members.join(", "))),
            };
            self.found.push(found);
        }
    }

    /// A member under either of its names. `null` is as good as nothing.
    fn get(&self, member: &str) -> Option<&'v Value> {
        let other = || Self::synonym(member).and_then(|other| self.map.get(other));
        self.map.get(member).or_else(other).filter(|value| !value.is_null())
    }

    fn missing(&mut self, member: &str) {
        let message = format!("edit {}: {} needs {member:?}", self.at, self.word);
        let place = JsonPath::root().index(self.at);
        self.found.push(Diagnostic::new(codes::MALFORMED_EDIT, message).at(place));
    }

    fn text(&mut self, member: &str) -> Option<Box<str>> {
        let value = self.get(member)?;
        let text = value.as_str().map(Into::into);
        if text.is_none() {
            self.fault(member, &format!("{member} is text, not {}", kind(value)));
        }
        text
    }

    fn needed_text(&mut self, member: &str) -> Option<Box<str>> {
        if self.get(member).is_none() {
            self.missing(member);
        }
        self.text(member)
    }

    fn node(&mut self, member: &str) -> Option<NodeRef> {
        let value = self.get(member)?;
        let found = node_ref(value);
        if found.is_none() {
            self.fault(member, &format!("{member} names a node by its id or alias, not by {}", kind(value)));
        }
        found
    }

    /// The node of an op; ops that comfy-cli has made before have `node_id`.
    fn needed_node(&mut self) -> Option<NodeRef> {
        for member in ["node", "node_id"] {
            if self.get(member).is_some() {
                return self.node(member);
            }
        }
        self.missing("node");
        None
    }

    fn end(&mut self, member: &str) -> Option<End> {
        let value = self.get(member)?;
        let found = match value {
            Value::String(text) => Some(End::Text(text.as_str().into())),
            Value::Array(list) => pair(list),
            _ => None,
        };
        if found.is_none() {
            self.fault(member, &format!("{member} is \"NODE.SLOT\" or [NODE, SLOT]"));
        }
        found
    }

    /// One end of a link; ops that comfy-cli has made before have `from_node` and `from_slot`.
    fn needed_end(&mut self, member: &str) -> Option<End> {
        if self.get(member).is_some() {
            return self.end(member);
        }
        let (node, slot) = (format!("{member}_node"), format!("{member}_slot"));
        let minted = self.get(&node).and_then(node_ref).zip(self.get(&slot).and_then(Value::as_u64));
        let end = minted.and_then(|(node, slot)| Some(End::Numbered(node, usize::try_from(slot).ok()?)));
        if end.is_none() {
            self.missing(member);
        }
        end
    }

    fn object(&mut self, member: &str) -> Map<String, Value> {
        match self.get(member) {
            None => Map::new(),
            Some(Value::Object(map)) => map.clone(),
            Some(other) => {
                self.fault(member, &format!("{member} is an object, not {}", kind(other)));
                Map::new()
            }
        }
    }

    fn flag(&mut self, member: &str, default: bool) -> bool {
        match self.get(member) {
            None => default,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                self.fault(member, &format!("{member} is true or false, not {}", kind(other)));
                default
            }
        }
    }

    fn op(&mut self) -> Option<Op> {
        Some(match self.word {
            "add" | "add_node" => Op::Add(self.add()?),
            "delete" | "delete_node" => {
                let rewire = self.flag("rewire", self.word == "delete");
                Op::Delete { node: self.needed_node()?, rewire }
            }
            "connect" => {
                let (from, to) = (self.needed_end("from"), self.needed_end("to"));
                Op::Connect { from: from?, to: to? }
            }
            "disconnect" => Op::Disconnect { to: self.needed_end("to")? },
            "set" | "set_widget" => self.set()?,
            "bypass" => Op::SetMode { node: self.needed_node()?, mode: Mode::Bypass },
            "mute" => Op::SetMode { node: self.needed_node()?, mode: Mode::Never },
            "unmute" => Op::SetMode { node: self.needed_node()?, mode: Mode::Always },
            "set_mode" => self.mode()?,
            "rename" => {
                if !self.map.contains_key("title") {
                    self.missing("title");
                }
                Op::Rename { node: self.needed_node()?, title: self.text("title") }
            }
            "replace" => {
                let (node, class) = (self.needed_node(), self.needed_text("class"));
                Op::Replace { node: node?, class: class?, values: self.object("values") }
            }
            "insert" => Op::Insert(self.insert()?),
            "insert_loras" => Op::InsertLoras(self.loras()?),
            "wrap" => self.wrap()?,
            "unpack" => Op::Unpack { node: self.needed_node()? },
            _ => self.restore()?,
        })
    }

    fn add(&mut self) -> Option<Add> {
        let class = self.needed_text("class");
        let at = match self.get("at").or_else(|| self.get("pos")) {
            None => None,
            Some(value) => {
                let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let at = match list {
                    [x, y] => x.as_f64().zip(y.as_f64()),
                    _ => None,
                };
                if at.is_none() {
                    self.fault("at", "at is [x, y], in pixels");
                }
                at.map(|(x, y)| [x, y])
            }
        };
        let id = ["id", "node_id"].into_iter().find(|member| self.get(member).is_some());
        let id = id.and_then(|member| self.node(member)).map(|id| id.as_str().into());
        let stored = self.get("node").and_then(|node| node.get("widgets_values"));
        if stored.is_some_and(|values| values.as_array().is_none_or(|values| !values.is_empty())) {
            self.fault("node", "the values of a whole node are not read; say them by name, as \"values\"");
        }
        Some(Add {
            class: class?,
            alias: self.text("as"),
            id,
            title: self.text("title"),
            values: self.object("values"),
            at,
            inside: self.node("in"),
        })
    }

    fn set(&mut self) -> Option<Op> {
        if !self.map.contains_key("value") {
            self.missing("value");
        }
        let input = if self.word == "set" { "input" } else { "widget" };
        let (node, input) = (self.needed_node(), self.needed_text(input));
        let value = self.map.get("value").cloned().unwrap_or_default();
        Some(Op::Set { node: node?, input: input?, value })
    }

    fn mode(&mut self) -> Option<Op> {
        let number = self.get("mode").and_then(Value::as_i64).filter(|number| (0..=4).contains(number));
        if number.is_none() {
            self.fault("mode", "mode is a number from 0 to 4");
        }
        Some(Op::SetMode { node: self.needed_node()?, mode: Mode::from_number(number?) })
    }

    fn insert(&mut self) -> Option<Insert> {
        if self.get("from").is_none() && self.get("to").is_none() {
            self.missing("to");
        }
        let class = self.needed_text("class");
        let output = match self.get("output") {
            Some(Value::Number(number)) => Some(number.to_string().into()),
            _ => self.text("output"),
        };
        Some(Insert {
            class: class?,
            alias: self.text("as"),
            title: self.text("title"),
            values: self.object("values"),
            from: self.end("from"),
            to: self.end("to"),
            input: self.text("input"),
            output,
        })
    }

    fn loras(&mut self) -> Option<InsertLoras> {
        if self.get("loader").is_none() {
            self.missing("loader");
        }
        let list = match self.get("loras") {
            None => {
                self.missing("loras");
                Vec::new()
            }
            Some(Value::Array(list)) => {
                list.iter().enumerate().filter_map(|(at, lora)| self.lora(at, lora)).collect()
            }
            Some(other) => {
                self.fault("loras", &format!("loras is an array, not {}", kind(other)));
                Vec::new()
            }
        };
        Some(InsertLoras {
            loader: self.node("loader")?,
            clip: self.node("clip"),
            loras: list,
            class: self.text("class"),
            alias: self.text("as"),
        })
    }

    fn lora(&mut self, at: usize, lora: &Value) -> Option<Lora> {
        let place = format!("lora {at}");
        let map = match lora {
            Value::String(name) => {
                return Some(Lora { name: name.as_str().into(), strength_model: None, strength_clip: None });
            }
            Value::Object(map) => map,
            other => {
                self.fault("loras", &format!("{place} is a name or an object, not {}", kind(other)));
                return None;
            }
        };
        let is_known =
            |key: &str| matches!(key, "name" | "lora_name" | "strength" | "strength_model" | "strength_clip");
        for key in map.keys().filter(|key| !is_known(key)) {
            let known = "name, strength_model, strength_clip";
            self.fault("loras", &format!("{place}: there is no member {:?}, only {known}", short(key)));
        }
        let name = map.get("name").or_else(|| map.get("lora_name")).and_then(Value::as_str);
        if name.is_none() {
            self.fault("loras", &format!("{place} needs a name"));
        }
        let mut strength = |key: &str| {
            let value = map.get(key).filter(|value| !value.is_null())?;
            if value.as_f64().is_none() {
                self.fault("loras", &format!("{place}: {key} is a number, not {}", kind(value)));
            }
            value.as_f64()
        };
        let both = strength("strength");
        let (model, clip) = (strength("strength_model"), strength("strength_clip"));
        Some(Lora { name: name?.into(), strength_model: model.or(both), strength_clip: clip })
    }

    fn wrap(&mut self) -> Option<Op> {
        let nodes: Option<Vec<NodeRef>> = match self.get("nodes") {
            Some(Value::Array(list)) => list.iter().map(node_ref).collect(),
            Some(_) => None,
            None => {
                self.missing("nodes");
                return None;
            }
        };
        if nodes.is_none() {
            self.fault("nodes", "nodes is an array of ids and aliases");
        }
        Some(Op::Wrap { nodes: nodes?, name: self.text("name").unwrap_or_default(), alias: self.text("as") })
    }

    fn restore(&mut self) -> Option<Op> {
        let mut state = self.map.clone();
        for key in ENVELOPE {
            state.shift_remove(*key);
        }
        match Restore::from_json(Value::Object(state)) {
            Ok(restore) => Some(Op::Restore(Box::new(restore))),
            Err(error) => {
                self.fault("op", &format!("this is no state: {error}"));
                None
            }
        }
    }
}
