//! What a builder of a node collects before it is added: set inputs by position, raw inputs by name.

use comfy_graph::graph::Mode;
use serde_json::Value;

use crate::{NodeRef, facts::Class};

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
    /// No link at all.
    pub const NOWHERE: Self = Self { flow: 0, node: 0, slot: 0, inside: false };

    /// The node it comes from; none for an input of a subgraph, seen from inside.
    pub fn node(self) -> NodeRef {
        NodeRef { flow: self.flow, node: if self.inside { 0 } else { self.node } }
    }

    /// The link as what is given to an input.
    pub fn into_val<'c>(self) -> Val<'c> {
        if self.node == 0 { Val::Unlinked } else { Val::Link(self) }
    }
}

/// What was given to an input.
#[derive(Clone, Debug)]
pub enum Val<'c> {
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
    Or(Link, Box<Val<'c>>),
    /// An option of a dynamic combo, with its inputs.
    Pick(Pick<'c>),
    /// The items of an autogrow list.
    Grow(Vec<Item<'c>>),
}

impl Val<'_> {
    /// A number, if JSON can say it.
    pub fn float(number: f64) -> Self {
        if number.is_finite() { Self::Json(number.into()) } else { Self::NotFinite(number) }
    }

    /// The link, and the value under it; the value alone where the link is nowhere.
    pub fn or(link: Link, value: Self) -> Self {
        if link.node == 0 { value } else { Self::Or(link, Box::new(value)) }
    }
}

impl Val<'_> {
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
pub struct Item<'c> {
    /// Its name where it is not the one of its position.
    pub name: Option<Box<str>>,
    /// What was given.
    pub val: Val<'c>,
}

/// Inputs by position in a table of [`In`](crate::__private::In).
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings<'c> {
    pub(crate) set: Vec<(u16, Val<'c>)>,
    /// Positions that were set again; the last setting holds.
    pub(crate) twice: Vec<u16>,
}

impl<'c> Settings<'c> {
    fn put(&mut self, input: u16, val: Val<'c>) {
        match self.set.iter_mut().find(|(known, _)| *known == input) {
            Some((_, old)) => {
                *old = val;
                self.twice.push(input);
            }
            None => self.set.push((input, val)),
        }
    }

    pub(crate) fn get(&self, input: usize) -> Option<&Val<'c>> {
        self.set.iter().find(|(known, _)| usize::from(*known) == input).map(|(_, val)| val)
    }
}

/// An option of a dynamic combo with the inputs set on it. The inside of generated option builders.
#[derive(Clone, Debug)]
pub struct Pick<'c> {
    pub(crate) key: &'c str,
    pub(crate) settings: Settings<'c>,
}

impl<'c> Pick<'c> {
    /// The option of this key with nothing set.
    pub const fn new(key: &'c str) -> Self {
        Self { key, settings: Settings { set: Vec::new(), twice: Vec::new() } }
    }

    /// Sets the input at this position of the option's table.
    #[must_use]
    pub fn set(mut self, input: u16, val: Val<'c>) -> Self {
        self.settings.put(input, val);
        self
    }

    /// The choice as a value.
    pub fn into_val(self) -> Val<'c> {
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
pub(crate) struct Draft<'c> {
    pub(crate) class: &'c Class<'c>,
    pub(crate) raw_class: Option<Box<RawClass>>,
    pub(crate) settings: Settings<'c>,
    /// Inputs set by name; they win over `settings`.
    pub(crate) by_name: Vec<(Box<str>, Val<'c>)>,
    pub(crate) title: Option<Box<str>>,
    pub(crate) mode: Mode,
    /// The types of outputs that depend on what is linked, by slot.
    pub(crate) matched: Vec<(u16, Box<str>)>,
}

static NO_CLASS: Class<'static> = Class { class_type: "", inputs: &[], outputs: &[], matches: &[] };

impl Default for Draft<'_> {
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

impl Draft<'_> {
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
}

/// A node being built: the inside of every generated node struct.
#[derive(Clone, Debug, Default)]
pub struct Record<'c>(pub(crate) Box<Draft<'c>>);

impl<'c> Record<'c> {
    /// A node of this class with nothing set.
    pub fn new(class: &'c Class<'c>) -> Self {
        Self(Box::new(Draft { class, ..Draft::default() }))
    }

    /// Sets the input at this position of the class's table. Setting it again is reported by
    /// [`Flow::build`](crate::Flow::build).
    #[must_use]
    pub fn set(mut self, input: u16, val: Val<'c>) -> Self {
        self.0.settings.put(input, val);
        self
    }

    /// A node of a class that no table describes.
    pub fn raw(class_type: Box<str>) -> Self {
        let raw_class = Some(Box::new(RawClass { class_type, outputs: Vec::new() }));
        Self(Box::new(Draft { raw_class, ..Draft::default() }))
    }

    /// Sets an input by its key in the prompt. Wins over [`set`](Self::set); of several the last holds.
    pub fn set_by_name(&mut self, name: Box<str>, val: Val<'c>) {
        match self.0.by_name.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = val,
            None => self.0.by_name.push((name, val)),
        }
    }

    /// Declares the next output of a [`raw`](Self::raw) node: label and type.
    pub fn output(&mut self, label: Box<str>, io_type: Box<str>) {
        if let Some(class) = &mut self.0.raw_class {
            class.outputs.push((label, io_type));
        }
    }

    /// The title on the node.
    pub fn title(&mut self, title: Box<str>) {
        self.0.title = Some(title);
    }

    /// Whether and how the node takes part in execution.
    pub fn mode(&mut self, mode: Mode) {
        self.0.mode = mode;
    }
}
