//! The kinds of mistakes.

use comfy_graph::catalog::Catalog;
use serde_json::{Map, Value};

use super::{Chance, Fault, Patient, links, nodes, values};

macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident $name:literal $plant:path; )*) => {
        /// What is broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $( $(#[$doc])* $kind, )* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Its name in tables.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            fn plant(self, patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
                match self { $(Self::$kind => $plant(patient, chance),)* }
            }
        }
    };
}

kinds! {
    /// A class is misspelt.
    NodeName "node name" nodes::misspelt_class;
    /// A required input has another name.
    RequiredRenamed "input renamed (required)" values::required_renamed;
    /// An optional input has another name.
    OptionalRenamed "input renamed (optional)" values::optional_renamed;
    /// A required link is not there.
    LinkMissing "link missing" links::missing;
    /// A required value is not there.
    WidgetMissing "widget missing" values::missing;
    /// A choice is misspelt.
    EnumValue "enum value" values::misspelt_option;
    /// A choice of another list.
    EnumForeign "enum value of another combo" values::foreign_option;
    /// The name of a file is misspelt.
    ModelFile "model file" values::misspelt_file;
    /// An output that the node does not have.
    OutputIndex "output index" links::index;
    /// Another output of the same node, of a type that does not fit.
    WrongOutput "wrong output of the same node" links::wrong_output;
    /// An output of another node, of a type that does not fit.
    WrongType "wrong type from another node" links::wrong_type;
    /// A link to a node that is not there.
    Dangling "dangling reference" links::dangling;
    /// A node that others link to is not there.
    NodeForgotten "node forgotten" nodes::forgotten;
    /// A link in another form.
    LinkAsString "link as string" links::as_text;
    /// A literal where only a link can go.
    LiteralOnSocket "literal on a socket" links::literal;
    /// A node that waits for itself.
    Cycle "cycle" links::cycle;
    /// A number out of its range.
    Range "range" values::out_of_range;
    /// Text where a number goes.
    TextForNumber "text for number" values::text_for_number;
    /// Text where a BOOLEAN goes.
    TextForBoolean "text for boolean" values::text_for_boolean;
    /// Null where a value or a link goes.
    Null "null" values::null;
    /// No node saves or shows anything.
    NoOutput "no output node" nodes::no_output;
    /// A dynamic combo without its value.
    DynamicAbsent "dynamic combo absent" values::dynamic_absent;
    /// A dynamic combo with a value that is no option.
    DynamicUnknown "dynamic combo unknown" values::dynamic_unknown;
    /// An input of a dynamic combo without the combo's name.
    DynamicFlattened "dynamic key flattened" values::dynamic_flattened;
    /// An item of a growing list under another name.
    AutogrowFlattened "autogrow key flattened" values::autogrow_flattened;
    /// Fewer items than a growing list insists on, or one more than it takes.
    AutogrowBounds "autogrow out of bounds" values::autogrow_bounds;
    /// An input twice, in one node of the text.
    TwiceInText "input twice" nodes::input_twice;
}

/// What one change did.
pub(super) struct Planted {
    pub(super) what: String,
    /// One of these has to be named.
    pub(super) answers: Vec<String>,
    /// Replaces the text of the prompt.
    pub(super) text: Option<String>,
}

impl Planted {
    pub(super) fn new(what: impl Into<String>, answer: impl Into<String>) -> Self {
        Self { what: what.into(), answers: vec![answer.into()], text: None }
    }

    pub(super) fn or(mut self, answer: impl Into<String>) -> Self {
        self.answers.push(answer.into());
        self
    }
}

/// Breaks one thing of a valid prompt; `None` where there is nothing of the kind to break.
pub fn plant(kind: Kind, prompt: &Map<String, Value>, catalog: &Catalog, seed: u64) -> Option<Fault> {
    let mut patient = Patient { prompt: prompt.clone(), catalog };
    let planted = kind.plant(&mut patient, &mut Chance::new(seed))?;
    let text = planted.text.unwrap_or_else(|| patient.into_text());
    Some(Fault { text, what: planted.what, answers: vec![planted.answers] })
}

/// Breaks `count` things of different kinds, one after the other.
pub fn plant_several(
    count: usize,
    prompt: &Map<String, Value>,
    catalog: &Catalog,
    seed: u64,
) -> Option<Fault> {
    /// Kinds that do not hide each other: the rest of the prompt stays readable.
    const APART: &[Kind] = &[
        Kind::RequiredRenamed,
        Kind::LinkMissing,
        Kind::EnumValue,
        Kind::ModelFile,
        Kind::OutputIndex,
        Kind::WrongOutput,
        Kind::LinkAsString,
        Kind::Range,
        Kind::TextForNumber,
        Kind::OptionalRenamed,
    ];
    let mut chance = Chance::new(seed);
    let mut patient = Patient { prompt: prompt.clone(), catalog };
    let (mut what, mut answers) = (Vec::new(), Vec::new());
    let start = chance.below(APART.len());
    for step in 0..APART.len() {
        let kind = APART.get((start + 3 * step) % APART.len())?;
        if let Some(planted) = kind.plant(&mut patient, &mut chance) {
            what.push(planted.what);
            answers.push(planted.answers);
        }
        if answers.len() == count {
            return Some(Fault { text: patient.into_text(), what: what.join("; "), answers });
        }
    }
    None
}
