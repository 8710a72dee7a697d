//! What a builder of a node collects before it is added: set inputs by position, raw inputs by name.

use std::panic::Location;

use comfy_graph::graph::{Mode, NodeSource};
use serde_json::Value;

use crate::{
    Given, NodeRef,
    facts::{Class, Form, In},
    tables,
};

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
    /// Puts another value in its place; a plain value stays behind a link.
    pub(crate) fn join(&mut self, val: Self) {
        let old = std::mem::replace(self, val);
        if let (Self::Link(link), Self::Json(_)) = (&*self, &old) {
            *self = Self::Or(*link, Box::new(old));
        }
    }

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

/// One call of a setter.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'c> {
    /// The input's position in its table.
    pub(crate) input: u16,
    pub(crate) val: Val<'c>,
    pub(crate) at: NodeSource,
}

/// Inputs by position in a table of [`In`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings<'c> {
    /// One for each input that is set: the last.
    pub(crate) set: Vec<Setting<'c>>,
    /// Calls that a later one made void.
    pub(crate) overridden: Vec<Setting<'c>>,
}

impl Settings<'static> {
    /// What the author of the calling line gives to an input.
    #[track_caller]
    pub(crate) fn give(&mut self, input: u16, given: impl Given) {
        self.put(Setting { input, val: given.into_val(), at: NodeSource::Rust(Location::caller()) });
    }
}

impl<'c> Settings<'c> {
    fn put(&mut self, setting: Setting<'c>) {
        match self.set.iter_mut().find(|known| known.input == setting.input) {
            Some(known) => self.overridden.push(std::mem::replace(known, setting)),
            None => self.set.push(setting),
        }
    }

    pub(crate) fn get(&self, input: usize) -> Option<&Setting<'c>> {
        self.set.iter().find(|setting| usize::from(setting.input) == input)
    }
}

/// An input set by its key in the prompt.
#[derive(Clone, Debug)]
pub(crate) struct Named<'c> {
    pub(crate) name: Box<str>,
    /// The type of its socket where the author said it; the input then has one, linked or not.
    pub(crate) io_type: Option<Box<str>>,
    pub(crate) val: Val<'c>,
    pub(crate) at: NodeSource,
}

/// An option of a dynamic combo with the inputs set on it. The inside of generated option builders.
#[derive(Clone, Debug, Default)]
pub struct Pick<'c> {
    pub(crate) key: &'c str,
    pub(crate) settings: Settings<'c>,
}

impl<'c> Pick<'c> {
    /// The option of this key with nothing set.
    pub const fn new(key: &'c str) -> Self {
        Self { key, settings: Settings { set: Vec::new(), overridden: Vec::new() } }
    }

    /// Sets the input at this position of the option's table, said at this place of a program.
    #[must_use]
    pub fn set_at(mut self, input: u16, val: Val<'c>, at: NodeSource) -> Self {
        self.settings.put(Setting { input, val, at });
        self
    }

    /// The choice as a value.
    pub fn into_val(self) -> Val<'c> {
        Val::Pick(self)
    }
}

impl Pick<'static> {
    /// Sets the input at this position of the option's table.
    #[must_use]
    #[track_caller]
    pub fn set(mut self, input: u16, given: impl Given) -> Self {
        self.settings.give(input, given);
        self
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
    pub(crate) by_name: Vec<Named<'c>>,
    /// It is a note with this text, and nothing else.
    pub(crate) note: Option<Box<str>>,
    pub(crate) title: Option<Box<str>>,
    /// The id that the author gave it.
    pub(crate) id: Option<Box<str>>,
    pub(crate) mode: Mode,
    /// The types of outputs that depend on what is linked, by slot.
    pub(crate) matched: Vec<(u16, Box<str>)>,
    /// Its class is not known, because the table of generated code cannot be read.
    pub(crate) unreadable: bool,
}

static NO_CLASS: Class<'static> =
    Class { class_type: "", inputs: &[], outputs: &[], matches: &[], output_node: false };

impl Default for Draft<'_> {
    fn default() -> Self {
        Self {
            class: &NO_CLASS,
            raw_class: None,
            settings: Settings::default(),
            by_name: Vec::new(),
            note: None,
            title: None,
            id: None,
            mode: Mode::Always,
            matched: Vec::new(),
            unreadable: false,
        }
    }
}

impl<'c> Draft<'c> {
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

    /// Gives an input of this name a value, in the place where it has one already.
    pub(crate) fn join(&mut self, name: Box<str>, val: Val<'c>, at: NodeSource) {
        if let Some(known) = self.by_name.iter_mut().find(|setting| setting.name == name) {
            return known.val.join(val);
        }
        let declared = self.class.inputs.iter().position(|input| *input.name == *name);
        let known = |setting: &&mut Setting<'c>| Some(usize::from(setting.input)) == declared;
        match self.settings.set.iter_mut().find(known) {
            Some(setting) => setting.val.join(val),
            None => self.by_name.push(Named { name, io_type: None, val, at }),
        }
    }

    /// Every value that was given to an input.
    pub(crate) fn vals_mut(&mut self) -> impl Iterator<Item = &mut Val<'c>> {
        let by_position = self.settings.set.iter_mut().map(|setting| &mut setting.val);
        by_position.chain(self.by_name.iter_mut().map(|setting| &mut setting.val))
    }

    /// Where the input of this full name was set; for a part of a dynamic input that has no setting of its own,
    /// where the dynamic input was.
    pub(crate) fn place_of(&self, name: &str) -> Option<NodeSource> {
        let by_name = self.by_name.iter().find(|setting| *setting.name == *name).map(|setting| setting.at);
        by_name.or_else(|| place_in(self.class.inputs, &self.settings, name))
    }
}

/// Recursion goes by the depth of the table.
fn place_in(inputs: &[In<'_>], settings: &Settings<'_>, name: &str) -> Option<NodeSource> {
    for setting in &settings.set {
        let Some(input) = inputs.get(usize::from(setting.input)) else { continue };
        let Some(rest) = name.strip_prefix(input.name) else { continue };
        let inner = match (rest.strip_prefix('.'), &input.form, &setting.val) {
            (None, ..) if rest.is_empty() => None,
            (None, ..) => continue,
            (Some(rest), Form::Dynamic(options), Val::Pick(pick)) => {
                let option = options.iter().find(|option| option.key == pick.key);
                option.and_then(|option| place_in(option.inputs, &pick.settings, rest))
            }
            (Some(_), ..) => None,
        };
        return inner.or(Some(setting.at));
    }
    None
}

/// A node being built: the inside of every generated node struct.
#[derive(Clone, Debug, Default)]
pub struct Record<'c>(pub(crate) Box<Draft<'c>>);

impl Record<'static> {
    /// Sets the input at this position of the class's table.
    #[must_use]
    #[track_caller]
    pub fn set(mut self, input: u16, given: impl Given) -> Self {
        self.0.settings.give(input, given);
        self
    }

    /// A node of the class of this table, with nothing set. [`Flow::build`](crate::Flow::build) reports tables that
    /// cannot be read.
    pub fn of(table: &'static str) -> Self {
        match tables::class(table) {
            Some(class) => Self::new(class),
            None => Self(Box::new(Draft { unreadable: true, ..Draft::default() })),
        }
    }
}

impl<'c> Record<'c> {
    /// A node of this class with nothing set.
    pub fn new(class: &'c Class<'c>) -> Self {
        Self(Box::new(Draft { class, ..Draft::default() }))
    }

    /// Sets the input at this position of the class's table, said at this place of a program. Setting it again is
    /// reported by [`Flow::build`](crate::Flow::build).
    #[must_use]
    pub fn set_at(mut self, input: u16, val: Val<'c>, at: NodeSource) -> Self {
        self.0.settings.put(Setting { input, val, at });
        self
    }

    /// A node of a class that no table describes.
    pub fn raw(class_type: Box<str>) -> Self {
        let raw_class = Some(Box::new(RawClass { class_type, outputs: Vec::new() }));
        Self(Box::new(Draft { raw_class, ..Draft::default() }))
    }

    /// Sets an input by its key in the prompt. Wins over [`set_at`](Self::set_at); of several the last holds.
    #[track_caller]
    pub fn set_by_name(&mut self, name: Box<str>, val: Val<'c>) {
        self.set_by_name_at(name, val, NodeSource::Rust(Location::caller()));
    }

    /// [`set_by_name`](Self::set_by_name), said at this place of a program.
    pub fn set_by_name_at(&mut self, name: Box<str>, val: Val<'c>, at: NodeSource) {
        self.name(Named { name, io_type: None, val, at });
    }

    /// [`set_by_name_at`](Self::set_by_name_at) for an input with a socket of this type, linked or not.
    pub fn set_typed_at(&mut self, name: Box<str>, io_type: Box<str>, val: Val<'c>, at: NodeSource) {
        self.name(Named { name, io_type: Some(io_type), val, at });
    }

    fn name(&mut self, setting: Named<'c>) {
        match self.0.by_name.iter_mut().find(|known| known.name == setting.name) {
            Some(known) => *known = setting,
            None => self.0.by_name.push(setting),
        }
    }

    /// Declares the next output of a [`raw`](Self::raw) node: label and type.
    pub fn output(&mut self, label: Box<str>, io_type: Box<str>) {
        if let Some(class) = &mut self.0.raw_class {
            class.outputs.push((label, io_type));
        }
    }

    /// The number of outputs of the class; `None` for a [`raw`](Self::raw) node.
    pub fn declared_outputs(&self) -> Option<usize> {
        if self.0.raw_class.is_some() { None } else { Some(self.0.class.outputs.len()) }
    }

    /// The title on the node.
    pub fn title(&mut self, title: Box<str>) {
        self.0.title = Some(title);
    }

    /// Whether and how the node takes part in execution.
    pub fn mode(&mut self, mode: Mode) {
        self.0.mode = mode;
    }

    /// The id under which the node stands in the prompt.
    pub fn id(&mut self, id: Box<str>) {
        self.0.id = Some(id);
    }

    /// A note with this text.
    pub fn note(text: Box<str>) -> Self {
        Self(Box::new(Draft { note: Some(text), ..Draft::default() }))
    }
}
