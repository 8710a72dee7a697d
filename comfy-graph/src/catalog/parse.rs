//! `/object_info` JSON → definitions. Total: whatever a node's author wrote, something is made of it.
//!
//! The forms read here are those of `server.py: node_info` for V1 classes and `comfy_api/latest/_io.py` for V3.
//! Keys without a meaning here are kept in `extra`.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use serde_json::{Map, Number, Value};

use crate::diag::{Diagnostic, codes};

use super::{
    AutogrowDef, AutogrowNames, BooleanDef, Choices, ComboDef, Control, DynamicOption, FloatDef,
    FrontendWidget, InputDef, InputFlags, InputKind, IntDef, IoType, NodeDef, OutputDef, Section, StringDef,
    Upload,
};

/// Dynamic inputs nest; a definition that nests deeper than this is cut off (three levels occur).
const MAX_DEPTH: usize = 16;

/// Turns the JSON of node infos into definitions, sharing the spelling of equal types and equal lists of options:
/// a server writes the list of its models once for every node that loads one.
#[derive(Default)]
pub(super) struct Parser {
    types: BTreeSet<Arc<str>>,
    /// Lists by a hash of what is in them.
    lists: BTreeMap<u64, Choices>,
    /// Where the parser is: the class, then names of inputs.
    place: Vec<Box<str>>,
    diagnostics: Vec<Diagnostic>,
}

/// More findings than anybody reads; a hostile catalog has no end of them.
const MOST_DIAGNOSTICS: usize = 1_000;

impl Parser {
    /// The definition of one class. `None` when the info is not even an object.
    pub(super) fn node(&mut self, class_type: &str, info: Value) -> Option<NodeDef> {
        self.place = vec![class_type.into()];
        let Value::Object(mut info) = info else {
            self.dropped(class_type, "its definition is not an object");
            return None;
        };
        self.expect_list(&info, "output");
        let input = self.object(&mut info, "input");
        let order = take_object(&mut info, "input_order");
        let hidden = hidden_names(&input);
        let inputs = self.ordered_inputs(input, &order);
        let outputs = self.outputs(&mut info);
        info.shift_remove("name"); // equal to the key; the key is what prompts use
        Some(NodeDef {
            class_type: class_type.into(),
            display_name: take_text(&mut info, "display_name").filter(|name| !name.is_empty()),
            description: take_text(&mut info, "description").unwrap_or_default(),
            category: take_text(&mut info, "category").unwrap_or_default(),
            python_module: take_text(&mut info, "python_module").unwrap_or_default(),
            inputs,
            hidden,
            outputs,
            output_node: take_flag(&mut info, "output_node"),
            is_input_list: take_flag(&mut info, "is_input_list"),
            has_intermediate_output: take_flag(&mut info, "has_intermediate_output"),
            deprecated: take_flag(&mut info, "deprecated"),
            experimental: take_flag(&mut info, "experimental"),
            dev_only: take_flag(&mut info, "dev_only"),
            api_node: take_flag(&mut info, "api_node"),
            extra: without_empty(info),
        })
    }

    /// Notes a class that is nested deeper than a parser goes.
    pub(super) fn too_deep(&mut self, class_type: &str) {
        self.dropped(class_type, "its definition is nested more than 127 levels deep");
    }

    /// A class whose definition has more bytes than the parser takes.
    pub(super) fn too_long(&mut self, class_type: &str) {
        self.dropped(class_type, "its definition has more than 64 MiB");
    }

    /// What was said so far.
    pub(super) fn diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    fn dropped(&mut self, class_type: &str, why: &str) {
        let message = format!("class {class_type:?} of the catalog is left out: {why}");
        self.note(Diagnostic::new(codes::CATALOG_NODE_DROPPED, message));
    }

    /// Notes something odd at the current place.
    fn odd(&mut self, what: &str) {
        let message = format!("{:?} in the catalog: {what}", self.place.join("."));
        self.note(Diagnostic::new(codes::CATALOG_ODD_DEFINITION, message));
    }

    fn note(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            let class = self.place.first().cloned().unwrap_or_default();
            self.diagnostics.push(diagnostic.node(class));
        }
    }

    /// An object that may be missing, but nothing else.
    fn object(&mut self, map: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
        if map.get(key).is_some_and(|value| !value.is_object() && !value.is_null()) {
            self.odd(&format!("`{key}` is not an object and counts as empty"));
        }
        take_object(map, key)
    }

    fn expect_list(&mut self, map: &Map<String, Value>, key: &str) {
        if map.get(key).is_some_and(|value| !value.is_array() && !value.is_null()) {
            self.odd(&format!("`{key}` is not a list and counts as empty"));
        }
    }

    /// The shared spelling of a type.
    fn io_type(&mut self, text: &str) -> IoType {
        if let Some(known) = self.types.get(text) {
            return IoType::new(known.clone());
        }
        let new: Arc<str> = text.into();
        self.types.insert(new.clone());
        IoType::new(new)
    }

    /// The shared list of these options.
    fn choices(&mut self, values: Vec<Value>) -> Choices {
        if values.is_empty() {
            return Choices::default();
        }
        let mut hasher = DefaultHasher::new();
        values.hash(&mut hasher);
        match self.lists.entry(hasher.finish()) {
            Entry::Occupied(known) if **known.get() == *values => known.get().clone(),
            // two lists with one hash: the second is not shared
            Entry::Occupied(_) => values.into(),
            Entry::Vacant(place) => place.insert(values.into()).clone(),
        }
    }

    /// Top-level inputs in the frontend's order: names of `input_order.required` that are not optional too, names
    /// of `input_order.optional`, then whatever the order forgot.
    fn ordered_inputs(&mut self, mut input: Map<String, Value>, order: &Map<String, Value>) -> Vec<InputDef> {
        let mut required = self.object(&mut input, "required");
        let mut optional = self.object(&mut input, "optional");
        let mut inputs = Vec::with_capacity(required.len() + optional.len());
        for name in order_of(order, "required") {
            if !optional.contains_key(name)
                && let Some(spec) = take(&mut required, name)
            {
                inputs.push(self.input(name, Section::Required, spec, 0));
            }
        }
        for name in order_of(order, "optional") {
            if let Some(spec) = take(&mut optional, name) {
                inputs.push(self.input(name, Section::Optional, spec, 0));
            }
        }
        for (section, rest) in [(Section::Required, required), (Section::Optional, optional)] {
            for (name, spec) in rest {
                // An input that is required and optional is optional.
                if !spec.is_null() && !inputs.iter().any(|known| *known.name == *name) {
                    inputs.push(self.input(&name, section, spec, 0));
                }
            }
        }
        inputs
    }

    /// The inputs of a nested block: required, then optional, each in the order of the JSON.
    fn nested_inputs(&mut self, mut block: Map<String, Value>, depth: usize) -> Vec<InputDef> {
        let mut inputs = Vec::new();
        for (section, key) in [(Section::Required, "required"), (Section::Optional, "optional")] {
            for (name, spec) in self.object(&mut block, key) {
                inputs.push(self.input(&name, section, spec, depth));
            }
        }
        inputs
    }

    /// One input from `[type, options?]`.
    fn input(&mut self, name: &str, section: Section, spec: Value, depth: usize) -> InputDef {
        self.place.push(name.into());
        let (word, options) = self.spec(spec);
        let input = self.input_of(name, section, word, options, depth);
        self.place.pop();
        input
    }

    /// The type and the options of an input.
    fn spec(&mut self, spec: Value) -> (Value, Map<String, Value>) {
        let mut parts = match spec {
            Value::Array(parts) => parts.into_iter(),
            word => {
                self.odd("the input is not a list of type and options");
                vec![word].into_iter()
            }
        };
        let word = parts.next().unwrap_or(Value::Null);
        if !word.is_string() && !word.is_array() {
            self.odd("the input's type is not a text and counts as `*`");
        }
        match parts.next() {
            Some(Value::Object(options)) => (word, options),
            None | Some(Value::Null) => (word, Map::new()),
            Some(_) => {
                self.odd("the input's options are not an object and count as none");
                (word, Map::new())
            }
        }
    }

    fn input_of(
        &mut self,
        name: &str,
        section: Section,
        word: Value,
        mut options: Map<String, Value>,
        depth: usize,
    ) -> InputDef {
        let flags = InputFlags {
            force_input: take_flag(&mut options, "forceInput"),
            default_input: take_flag(&mut options, "defaultInput"),
            advanced: take_flag(&mut options, "advanced"),
            lazy: take_flag(&mut options, "lazy"),
            hidden: take_flag(&mut options, "hidden"),
            socketless: take_flag(&mut options, "socketless"),
            raw_link: take_flag(&mut options, "rawLink"),
        };
        let tooltip = take_text(&mut options, "tooltip");
        let display_name = take_text(&mut options, "display_name");
        let (io_type, kind) = self.kind(word, &mut options, depth);
        InputDef { name: name.into(), section, io_type, kind, tooltip, display_name, flags, extra: options }
    }

    /// The socket type and the kind. The widget goes by `widgetType` where there is one, else by the type.
    fn kind(&mut self, word: Value, options: &mut Map<String, Value>, depth: usize) -> (IoType, InputKind) {
        let word: Box<str> = match word {
            Value::String(word) => word.into(),
            Value::Array(list) => {
                let combo = self.combo(options, Some(list));
                return (self.io_type("COMBO"), InputKind::Combo(combo));
            }
            // some packs put a class or nothing here; any link goes
            _ => "*".into(),
        };
        let widget = take_text(options, "widgetType").unwrap_or_else(|| word.clone());
        let mut io_type = self.io_type(&word);
        let kind = match &*widget {
            "INT" => InputKind::Int(take_int(options)),
            "FLOAT" => InputKind::Float(take_float(options)),
            "STRING" => InputKind::String(StringDef {
                default: take_text(options, "default"),
                multiline: take_flag(options, "multiline"),
                dynamic_prompts: take_flag(options, "dynamicPrompts"),
            }),
            "BOOLEAN" => InputKind::Boolean(take_boolean(options)),
            "COMBO" => {
                if options.get("options").is_some_and(|list| !list.is_array() && !list.is_null()) {
                    self.odd("the combo's options are not a list and count as none");
                }
                InputKind::Combo(self.combo(options, None))
            }
            "COMFY_DYNAMICCOMBO_V3" if depth < MAX_DEPTH => {
                InputKind::DynamicCombo(self.dynamic_options(options, depth))
            }
            "COMFY_AUTOGROW_V3" if depth < MAX_DEPTH => {
                if let Some(autogrow) = self.autogrow(options, depth) {
                    InputKind::Autogrow(Box::new(autogrow))
                } else {
                    self.odd("the growing input has no template and counts as a plain socket");
                    InputKind::Socket(None)
                }
            }
            "COMFY_MATCHTYPE_V3" => {
                let mut template = take_object(options, "template");
                let allowed = take_text(&mut template, "allowed_types").unwrap_or_else(|| "*".into());
                io_type = self.io_type(&allowed);
                let template_id = take_text(&mut template, "template_id").unwrap_or_default();
                InputKind::MatchType { template_id }
            }
            "COMFY_DYNAMICSLOT_V3" if depth < MAX_DEPTH => {
                let slot = take_text(options, "slotType").unwrap_or_else(|| "*".into());
                io_type = self.io_type(&slot);
                let inputs = take_object(options, "inputs");
                InputKind::DynamicSlot(self.nested_inputs(inputs, depth + 1))
            }
            word => match FrontendWidget::from_type(word) {
                Some(widget) => InputKind::Frontend(widget, options.shift_remove("default")),
                None => InputKind::Socket(options.shift_remove("default")),
            },
        };
        (io_type, kind)
    }

    /// A combo; `list` is the old form's list.
    fn combo(&mut self, options: &mut Map<String, Value>, list: Option<Vec<Value>>) -> ComboDef {
        let old_form = list.is_some();
        let declared = take_array(options, "options");
        let values = list.unwrap_or(declared);
        let upload = [
            ("image_upload", Upload::Image),
            ("animated_image_upload", Upload::AnimatedImage),
            ("video_upload", Upload::Video),
            ("audio_upload", Upload::Audio),
            ("file_upload", Upload::File),
        ]
        .into_iter()
        .filter(|(key, _)| take_flag(options, key))
        .map(|(_, upload)| upload)
        .next();
        ComboDef {
            options: self.choices(values),
            default: options.shift_remove("default").filter(|value| !value.is_null()),
            multiselect: take_flag(options, "multiselect"),
            multi_select_widget: options.shift_remove("multi_select").is_some_and(|value| !value.is_null()),
            remote: options.shift_remove("remote").filter(|value| !value.is_null()),
            upload,
            control: take_control(options),
            old_form,
            file_list: take_flag(options, super::input::FILE_LIST),
        }
    }

    fn dynamic_options(&mut self, options: &mut Map<String, Value>, depth: usize) -> Vec<DynamicOption> {
        let Some(Value::Array(list)) = options.shift_remove("options") else {
            self.odd("the dynamic combo has no list of options");
            return Vec::new();
        };
        list.into_iter()
            .filter_map(|entry| {
                let entry = if let Value::Object(entry) = entry { Some(entry) } else { None };
                let Some((mut entry, key)) = entry.and_then(|mut entry| {
                    let key = entry.shift_remove("key")?;
                    Some((entry, key))
                }) else {
                    self.odd("an option of the dynamic combo has no key and is left out");
                    return None;
                };
                let key = match key {
                    Value::String(key) => key,
                    other => other.to_string(),
                };
                let inputs = take_object(&mut entry, "inputs");
                Some(DynamicOption { key: key.into(), inputs: self.nested_inputs(inputs, depth + 1) })
            })
            .collect()
    }

    fn autogrow(&mut self, options: &mut Map<String, Value>, depth: usize) -> Option<AutogrowDef> {
        let mut template = take_object(options, "template");
        let item = self.nested_inputs(take_object(&mut template, "input"), depth + 1).into_iter().next()?;
        let min = template.get("min").and_then(as_index).unwrap_or(0);
        let names = match template.shift_remove("names") {
            Some(Value::Array(names)) => {
                AutogrowNames::List(names.iter().filter_map(Value::as_str).map(Into::into).collect())
            }
            _ => AutogrowNames::Prefix {
                prefix: take_text(&mut template, "prefix").unwrap_or_default(),
                // `_io.py: Autogrow` allows at most 100 items
                max: template.get("max").and_then(as_index).unwrap_or(100),
            },
        };
        Some(AutogrowDef { item, names, min })
    }

    fn outputs(&mut self, info: &mut Map<String, Value>) -> Vec<OutputDef> {
        let types = take_array(info, "output");
        let names = take_array(info, "output_name");
        let lists = take_array(info, "output_is_list");
        let tooltips = take_array(info, "output_tooltips");
        let templates = take_array(info, "output_matchtypes");
        types
            .iter()
            .enumerate()
            .map(|(slot, word)| {
                let text = |list: &[Value]| list.get(slot).and_then(Value::as_str).map(Box::<str>::from);
                let word = match word {
                    Value::String(word) => word.as_str(),
                    Value::Array(_) => "COMBO",
                    _ => {
                        self.odd("the type of an output is not a text and counts as `*`");
                        "*"
                    }
                };
                OutputDef {
                    name: text(&names).filter(|name| !name.is_empty()).unwrap_or_else(|| word.into()),
                    io_type: self.io_type(word),
                    is_list: lists.get(slot).and_then(Value::as_bool).unwrap_or(false),
                    match_template: text(&templates),
                    tooltip: text(&tooltips),
                }
            })
            .collect()
    }
}

/// Names of hidden inputs, whatever their values look like.
fn hidden_names(input: &Map<String, Value>) -> Vec<Box<str>> {
    match input.get("hidden") {
        Some(Value::Object(hidden)) => hidden.keys().map(|name| name.as_str().into()).collect(),
        _ => Vec::new(),
    }
}

/// The names of one section of `input_order`.
fn order_of<'a>(order: &'a Map<String, Value>, section: &str) -> impl Iterator<Item = &'a str> {
    order.get(section).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Moves a value out and leaves null, which keeps this linear (`shift_remove` is not).
fn take(map: &mut Map<String, Value>, key: &str) -> Option<Value> {
    map.get_mut(key).map(Value::take).filter(|value| !value.is_null())
}

fn take_object(map: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
    match map.shift_remove(key) {
        Some(Value::Object(inner)) => inner,
        _ => Map::new(),
    }
}

fn take_array(map: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match map.shift_remove(key) {
        Some(Value::Array(inner)) => inner,
        _ => Vec::new(),
    }
}

/// A text, if it is one; other values stay where they are.
fn take_text(map: &mut Map<String, Value>, key: &str) -> Option<Box<str>> {
    match map.get_mut(key)? {
        Value::String(_) => {}
        Value::Null => {
            map.shift_remove(key);
            return None;
        }
        _ => return None,
    }
    match map.shift_remove(key) {
        Some(Value::String(text)) => Some(text.into()),
        _ => None,
    }
}

fn take_number(map: &mut Map<String, Value>, key: &str) -> Option<Number> {
    match map.get(key)? {
        Value::Number(number) => {
            let number = number.clone();
            map.shift_remove(key);
            Some(number)
        }
        _ => None,
    }
}

/// True only for `true`: authors write `"forceInput": false` too.
fn take_flag(map: &mut Map<String, Value>, key: &str) -> bool {
    match map.get(key) {
        Some(Value::Bool(flag)) => {
            let flag = *flag;
            map.shift_remove(key);
            flag
        }
        Some(Value::Null) => {
            map.shift_remove(key);
            false
        }
        _ => false,
    }
}

fn take_int(options: &mut Map<String, Value>) -> IntDef {
    IntDef {
        default: take_number(options, "default"),
        min: take_number(options, "min"),
        max: take_number(options, "max"),
        step: take_number(options, "step"),
        control: take_control(options),
    }
}

fn take_float(options: &mut Map<String, Value>) -> FloatDef {
    FloatDef {
        default: take_number(options, "default"),
        min: take_number(options, "min"),
        max: take_number(options, "max"),
        step: take_number(options, "step"),
        control: take_control(options),
    }
}

/// The default of a BOOLEAN; packs also write it as a number.
fn take_boolean(options: &mut Map<String, Value>) -> BooleanDef {
    let default = match options.shift_remove("default") {
        Some(Value::Bool(flag)) => Some(flag),
        Some(Value::Number(n)) => Some(n.as_f64() != Some(0.0)),
        _ => None,
    };
    BooleanDef { default }
}

fn take_control(options: &mut Map<String, Value>) -> Option<Control> {
    match options.shift_remove("control_after_generate")? {
        Value::Bool(flag) => Some(Control::Declared(flag)),
        Value::String(name) if !name.is_empty() => Some(Control::Named(name.into())),
        _ => None,
    }
}

fn as_index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|n| usize::try_from(n).ok())
}

/// Drops nulls and empty lists, which say nothing.
fn without_empty(map: Map<String, Value>) -> Map<String, Value> {
    map.into_iter()
        .filter(|(_, value)| !value.is_null() && !value.as_array().is_some_and(Vec::is_empty))
        .collect()
}
