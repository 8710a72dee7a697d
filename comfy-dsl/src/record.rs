//! What a builder of a node collects before it is added: set inputs by position, raw inputs by name.

use comfy_graph::graph::Mode;
use serde_json::Value;

use crate::facts::Class;

/// A link to an output, or to an input of a subgraph seen from inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which [`Flow`](crate::Flow); handles of one are nothing to another.
    pub(crate) flow: u32,
    /// The node's number, 0 for nowhere.
    pub(crate) node: u32,
    /// The slot.
    pub(crate) slot: u32,
    /// The slot is an *input* of instance `node`, and the link starts at the boundary inside of it.
    pub(crate) inside: bool,
}

impl Link {
    pub(crate) const NOWHERE: Self = Self { flow: 0, node: 0, slot: 0, inside: false };

    pub(crate) fn into_val(self) -> Val {
        if self.node == 0 { Val::Unlinked } else { Val::Link(self) }
    }
}

/// What was given to an input.
#[derive(Clone, Debug)]
pub enum Val {
    /// Deliberately no link; a widget keeps its default.
    Unlinked,
    /// No key in the prompt.
    Unset,
    /// A link.
    Link(Link),
    /// A value.
    Json(Value),
    /// NaN or an infinity, which JSON cannot say.
    NotFinite(f64),
    /// A link, and the widget's own value under it.
    Or(Link, Box<Val>),
    /// An option of a dynamic combo, with its inputs.
    Pick(Pick),
    /// The items of an autogrow list.
    Grow(Vec<Item>),
}

impl Val {
    pub(crate) fn float(number: f64) -> Self {
        if number.is_finite() { Self::Json(number.into()) } else { Self::NotFinite(number) }
    }

    pub(crate) fn or(link: Link, value: Self) -> Self {
        if link.node == 0 { value } else { Self::Or(link, Box::new(value)) }
    }
}

impl Val {
    /// The first link in it, which decides match types.
    pub(crate) fn first_link(&self) -> Option<Link> {
        match self {
            Self::Link(link) | Self::Or(link, _) => Some(*link),
            Self::Grow(items) => items.iter().find_map(|item| item.val.first_link()),
            Self::Unlinked | Self::Unset | Self::Json(_) | Self::NotFinite(_) | Self::Pick(_) => None,
        }
    }
}

/// One item of an autogrow list.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its name where it is not the one of its position.
    pub(crate) name: Option<Box<str>>,
    pub(crate) val: Val,
}

/// Inputs by position in a table of [`In`](crate::__private::In).
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) set: Vec<(u16, Val)>,
    /// Positions that were set again; the last setting holds.
    pub(crate) twice: Vec<u16>,
}

impl Settings {
    fn put(&mut self, input: u16, val: Val) {
        match self.set.iter_mut().find(|(known, _)| *known == input) {
            Some((_, old)) => {
                *old = val;
                self.twice.push(input);
            }
            None => self.set.push((input, val)),
        }
    }

    pub(crate) fn get(&self, input: usize) -> Option<&Val> {
        self.set.iter().find(|(known, _)| usize::from(*known) == input).map(|(_, val)| val)
    }
}

/// An option of a dynamic combo with the inputs set on it. The inside of generated option builders.
#[derive(Clone, Debug)]
pub struct Pick {
    pub(crate) key: &'static str,
    pub(crate) settings: Settings,
}

impl Pick {
    /// The option of this key with nothing set.
    pub const fn new(key: &'static str) -> Self {
        Self { key, settings: Settings { set: Vec::new(), twice: Vec::new() } }
    }

    /// Sets the input at this position of the option's table.
    #[must_use]
    pub fn set(mut self, input: u16, val: Val) -> Self {
        self.settings.put(input, val);
        self
    }

    /// The choice as a value.
    pub fn into_val(self) -> Val {
        Val::Pick(self)
    }
}

/// The class of a node that no table knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawClass {
    pub(crate) class_type: Box<str>,
    pub(crate) outputs: Vec<(Box<str>, Box<str>)>,
}

/// What was collected about one node.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) class: &'static Class,
    pub(crate) raw_class: Option<Box<RawClass>>,
    pub(crate) settings: Settings,
    /// Inputs set by name; they win over `settings`.
    pub(crate) by_name: Vec<(Box<str>, Val)>,
    pub(crate) title: Option<Box<str>>,
    pub(crate) mode: Mode,
    /// The types of outputs that depend on what is linked, by slot.
    pub(crate) matched: Vec<(u16, Box<str>)>,
}

static NO_CLASS: Class = Class { class_type: "", inputs: &[], outputs: &[], matches: &[] };

impl Default for Draft {
    fn default() -> Self {
        Self {
            class: &NO_CLASS,
            raw_class: None,
            settings: Settings::default(),
            by_name: Vec::new(),
            title: None,
            mode: Mode::Always,
            matched: Vec::new(),
        }
    }
}

impl Draft {
    /// The class's name in prompts.
    pub(crate) fn class_type(&self) -> &str {
        self.raw_class.as_ref().map_or(self.class.class_type, |raw| &raw.class_type)
    }

    /// Label and type of every declared output.
    pub(crate) fn outputs(&self) -> Vec<(&str, &str)> {
        if let Some(raw) = &self.raw_class {
            return raw.outputs.iter().map(|(label, io_type)| (&**label, &**io_type)).collect();
        }
        let mut outputs = self.class.outputs.to_vec();
        for (slot, io_type) in &self.matched {
            if let Some((_, known)) = outputs.get_mut(usize::from(*slot)) {
                *known = io_type;
            }
        }
        outputs
    }

    pub(crate) fn put_by_name(&mut self, name: Box<str>, val: Val) {
        match self.by_name.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = val,
            None => self.by_name.push((name, val)),
        }
    }
}

/// A node being built: the inside of every generated node struct.
#[derive(Clone, Debug, Default)]
pub struct Record(pub(crate) Box<Draft>);

impl Record {
    /// A node of this class with nothing set.
    pub fn new(class: &'static Class) -> Self {
        Self(Box::new(Draft { class, ..Draft::default() }))
    }

    /// Sets the input at this position of the class's table. Setting it again is reported by
    /// [`Flow::build`](crate::Flow::build).
    #[must_use]
    pub fn set(mut self, input: u16, val: Val) -> Self {
        self.0.settings.put(input, val);
        self
    }
}
