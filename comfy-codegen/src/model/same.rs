//! Which of the types that a catalog brings are one in Rust.
//!
//! Choices of equal content at inputs of one name are one type under several names, and so are results with equal
//! outputs: a value serves every node that takes the same, and rustc has less to do. The generator makes them one by
//! these rules, and the reader of Rust flows takes them as one by the same rules; each depends on the two types alone,
//! not on what else there is. Names are not decided here.

use comfy_graph::catalog::InputKind;

use super::{ComboModel, DynamicModel, Form, InputModel, NodeModel, OptionModel};

impl ComboModel<'_> {
    /// Whether the two are one type: enums with the same variants, at inputs of the same name. Lists of files are of
    /// a kind each, whatever files there happen to be.
    pub fn is_same_type(&self, other: &Self) -> bool {
        let alike = || self.input == other.input && self.values == other.values;
        self.ident == other.ident || !self.files && !other.files && alike()
    }
}

impl<'c> DynamicModel<'c> {
    /// Whether the two are one type: the same options with the same inputs, at inputs of the same name.
    pub fn is_same_type(&self, other: &Self) -> bool {
        let alike = || {
            self.input == other.input
                && self.options.len() == other.options.len()
                && self.options.iter().zip(&other.options).all(|(a, b)| a.is_same(b))
        };
        self.ident == other.ident || alike()
    }

    /// The options that have inputs, those of one builder together.
    pub fn builders(&self) -> Vec<Vec<&OptionModel<'c>>> {
        let mut builders: Vec<Vec<&OptionModel<'c>>> = Vec::new();
        for option in self.options.iter().filter(|option| !option.inputs.is_empty()) {
            let same = |of: &&mut Vec<&OptionModel<'c>>| of.iter().any(|one| one.is_same_builder(option));
            match builders.iter_mut().find(same) {
                Some(of) => of.push(option),
                None => builders.push(vec![option]),
            }
        }
        builders
    }
}

impl OptionModel<'_> {
    /// Whether it is the same option of two dynamic combos.
    fn is_same(&self, other: &Self) -> bool {
        self.ident == other.ident && self.def.key == other.def.key && self.is_same_builder(other)
    }

    /// Whether options of one dynamic combo have the same builder: one with the same methods.
    pub fn is_same_builder(&self, other: &Self) -> bool {
        std::ptr::eq(self.def, other.def) || same_inputs(&self.inputs, &other.inputs)
    }
}

impl NodeModel<'_> {
    /// Whether what adding the two nodes gives is one type: fields of the same names and types in the same slots.
    pub fn is_same_result(&self, other: &Self) -> bool {
        let alike = || {
            self.generics.iter().map(|generic| &generic.param).eq(other.generics.iter().map(|g| &g.param))
                && self.outputs.len() == other.outputs.len()
                && self.outputs.iter().zip(&other.outputs).all(|(a, b)| {
                    (&a.ident, &a.marker, a.generic, a.def) == (&b.ident, &b.marker, b.generic, b.def)
                })
        };
        self.ident == other.ident || alike()
    }
}

fn same_inputs(a: &[InputModel<'_>], b: &[InputModel<'_>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_input(a, b))
}

/// Whether two methods are the same, documentation included. Recursion goes by the depth of dynamic combos.
fn same_input(a: &InputModel<'_>, b: &InputModel<'_>) -> bool {
    // these bring widgets that depend on the class, so methods after them set other positions
    let alone = !matches!(&a.def.kind, InputKind::Frontend(..))
        && !matches!(&a.def.kind, InputKind::Combo(combo) if combo.remote.is_some());
    let said = (&a.setter, a.required, &a.default) == (&b.setter, b.required, &b.default);
    let same = alone && said && a.def == b.def;
    same && match (&a.form, &b.form) {
        (Form::Combo(a), Form::Combo(b)) => a.is_same_type(b),
        (Form::Dynamic(a), Form::Dynamic(b)) => a.is_same_type(b),
        // equal definitions have equal forms, unless one stands in an option and uses no type parameter
        (Form::Match { .. }, _) | (_, Form::Match { .. }) => false,
        _ => true,
    }
}
