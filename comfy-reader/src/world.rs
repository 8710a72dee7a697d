//! What exists outside of the program: the generated names, the runtime's, and the tables of classes.
//!
//! All names come from `comfy_codegen`; nothing here makes one up.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use bumpalo::Bump;
use comfy_codegen::{
    model::{DynamicModel, Form, InputModel, NodeModel},
    names::{ChoiceType, Names},
    table::{self, Row, RowForm, Table},
};
use comfy_dsl::recorder;
use comfy_graph::{catalog::AutogrowNames, suggest::makers::Makers};
use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::ty::{Con, Sym, Ty};

/// What exists outside of the program.
pub(super) struct World<'a, 'c> {
    pub(super) names: &'a Names<'c>,
    bump: &'a Bump,
    symbols: RefCell<IndexSet<Box<str>>>,
    /// Names of the generated code that were looked up, and what they stand for.
    known: RefCell<BTreeMap<Box<str>, Option<Generated<'a>>>>,
    /// Classes in the order of their first use, with what setters need.
    classes: RefCell<IndexMap<&'a str, Class<'a>>>,
    /// Made by [`makers`](Self::makers).
    makers: OnceCell<Makers<'a>>,
}

/// A class as the recorder wants it.
#[derive(Clone, Copy)]
pub(super) struct Class<'a> {
    pub(super) table: &'a recorder::Class<'a>,
    /// The row of every input of the model.
    pub(super) positions: &'a [u16],
}

/// What a name of the generated code stands for.
#[derive(Clone, Copy)]
pub(super) enum Generated<'a> {
    Node(&'a NodeModel<'a>),
    Combo(&'a comfy_codegen::model::ComboModel<'a>),
    Dynamic(&'a DynamicModel<'a>),
    Marker(Sym),
}

impl<'a, 'c> World<'a, 'c> {
    pub(super) fn new(names: &'a Names<'c>, bump: &'a Bump) -> Self {
        Self {
            names,
            bump,
            symbols: RefCell::default(),
            known: RefCell::default(),
            classes: RefCell::default(),
            makers: OnceCell::new(),
        }
    }

    pub(super) fn symbol(&self, name: &str) -> Sym {
        let mut symbols = self.symbols.borrow_mut();
        let index = match symbols.get_index_of(name) {
            Some(index) => index,
            None => symbols.insert_full(name.into()).0,
        };
        Sym(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) fn spelling(&self, symbol: Sym) -> String {
        self.symbols.borrow().get_index(symbol.0 as usize).map_or_else(String::new, ToString::to_string)
    }

    /// The runtime's own markers and `AnyOf` members by their text, as `comfy_codegen` writes it.
    pub(super) fn marker(&self, text: &str) -> Ty<'a> {
        match text.strip_prefix("AnyOf<(").and_then(|rest| rest.strip_suffix(")>")) {
            Some(members) => {
                let members = members.split(',').map(|member| self.plain_marker(member.trim()));
                Ty::with(Con::AnyOf, members.collect::<Vec<_>>())
            }
            None => self.plain_marker(text),
        }
    }

    fn plain_marker(&self, text: &str) -> Ty<'a> {
        Ty::con(Con::Marker(self.symbol(text)))
    }

    /// What a name of the flat namespace of the generated code stands for.
    pub(super) fn generated(&self, name: &str) -> Option<Generated<'a>> {
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        let found = self.look_up(name);
        self.known.borrow_mut().insert(name.into(), found);
        found
    }

    fn look_up(&self, name: &str) -> Option<Generated<'a>> {
        if let Some(class) = self.names.class_of(name) {
            return self.names.node(class).map(|model| Generated::Node(shorten(model)));
        }
        if self.names.word_of(name).is_some() {
            return Some(Generated::Marker(self.symbol(name)));
        }
        self.names.choice_type(name).map(|choice| match choice {
            ChoiceType::Combo(model) => Generated::Combo(model),
            ChoiceType::Dynamic(model) => Generated::Dynamic(model),
        })
    }

    /// The node of this name in Rust.
    pub(super) fn node(&self, ident: &str) -> Option<&'a NodeModel<'a>> {
        let class = self.names.class_of(ident)?;
        self.names.node(class).map(shorten)
    }

    /// ComfyUI's word for a marker.
    pub(super) fn word(&self, marker: &str) -> String {
        let own = match marker {
            "Int" => "INT",
            "Float" => "FLOAT",
            "Str" => "STRING",
            "Bool" => "BOOLEAN",
            "Combo" => "COMBO",
            "Any" => "*",
            _ => self.names.word_of(marker).unwrap_or("*"),
        };
        own.to_owned()
    }

    /// All names of the generated code, for suggestions.
    pub(super) fn class_idents(&self) -> impl Iterator<Item = &'a str> {
        let catalog = self.names.catalog();
        catalog.class_types().filter_map(|class| self.names.node_ident(class))
    }

    /// The classes of the catalog by what they give.
    pub(super) fn makers(&self) -> &Makers<'a> {
        self.makers.get_or_init(|| Makers::new(self.names.catalog().iter()))
    }

    /// The classes that the program makes nodes of.
    pub(super) fn classes_used(&self) -> BTreeSet<Box<str>> {
        self.classes.borrow().values().map(|class| class.table.class_type.into()).collect()
    }

    /// The table of a class.
    pub(super) fn class(&self, model: &'a NodeModel<'a>) -> Class<'a> {
        let mut classes = self.classes.borrow_mut();
        if let Some(class) = classes.get(&*model.ident) {
            return *class;
        }
        let Table { rows, positions } = table::of_node(model);
        let matches = table::matches(model, &positions);
        let class = recorder::Class {
            class_type: &model.def.class_type,
            inputs: self.rows(&rows),
            outputs: self.bump.alloc_slice_fill_iter(table::outputs(model).collect::<Vec<_>>()),
            matches: self.bump.alloc_slice_copy(&matches),
            output_node: model.def.output_node,
        };
        let class =
            Class { table: self.bump.alloc(class), positions: self.bump.alloc_slice_copy(&positions) };
        classes.insert(&model.ident, class);
        class
    }

    /// The table of a class that was asked for, by its index.
    pub(super) fn class_at(&self, index: usize) -> Option<Class<'a>> {
        self.classes.borrow().get_index(index).map(|(_, class)| *class)
    }

    pub(super) fn class_index(&self, model: &'a NodeModel<'a>) -> usize {
        self.class(model);
        self.classes.borrow().get_index_of(&*model.ident).unwrap_or(0)
    }

    /// The rows of an option's inputs. Positions do not depend on the class, but for widgets that it adds itself.
    pub(super) fn option_positions(
        &self,
        dynamic: &'a DynamicModel<'a>,
        inputs: &'a [InputModel<'a>],
    ) -> Vec<u16> {
        match self.owner_of(dynamic) {
            Some(owner) => table::of_option(owner.def, inputs).positions,
            None => (0..inputs.len()).map(|at| u16::try_from(at).unwrap_or(u16::MAX)).collect(),
        }
    }

    /// A class with this dynamic combo.
    fn owner_of(&self, dynamic: &DynamicModel<'_>) -> Option<&'a NodeModel<'a>> {
        let ident = &*dynamic.ident;
        let ends = ident.char_indices().map(|(at, _)| at).skip(1);
        let candidates = ends.filter_map(|end| self.node(ident.get(..end)?));
        candidates.into_iter().find(|model| has_dynamic(&model.inputs, ident))
    }

    fn rows(&self, rows: &[Row<'a>]) -> &'a [recorder::In<'a>] {
        let rows: Vec<_> = rows.iter().map(|row| self.row(row)).collect();
        self.bump.alloc_slice_fill_iter(rows)
    }

    fn row(&self, row: &Row<'a>) -> recorder::In<'a> {
        let form = match &row.form {
            RowForm::Socket => recorder::Form::Socket,
            RowForm::Widget(comfy_graph::graph::WidgetForm::Plain, default) => {
                recorder::Form::Widget(self.default(default.as_ref()))
            }
            RowForm::Widget(form, default) => recorder::Form::Special(*form, self.default(default.as_ref())),
            RowForm::Int(default, min, max) => {
                let (min, max) = (min.unwrap_or(i128::MIN), max.unwrap_or(i128::MAX));
                recorder::Form::Int(self.default(default.as_ref()), min, max)
            }
            RowForm::Float(default, min, max) => {
                let end = |end: Option<f64>, none: f64| end.filter(|end| end.is_finite()).unwrap_or(none);
                let (min, max) = (end(*min, f64::NEG_INFINITY), end(*max, f64::INFINITY));
                recorder::Form::Float(self.default(default.as_ref()), min, max)
            }
            RowForm::Combo(default, combo) => {
                let options: Vec<&'a str> =
                    combo.values.iter().filter_map(|value| value.value.as_str()).collect();
                recorder::Form::Combo(self.default(default.as_ref()), self.bump.alloc_slice_copy(&options))
            }
            RowForm::Hidden(form, default) => recorder::Form::Hidden(*form, self.default(default.as_ref())),
            RowForm::Dynamic(options) => {
                let options: Vec<_> = options
                    .iter()
                    .map(|(key, rows)| recorder::Opt { key, inputs: self.rows(rows) })
                    .collect();
                recorder::Form::Dynamic(self.bump.alloc_slice_fill_iter(options))
            }
            RowForm::Grow(names, min) => {
                recorder::Form::Grow(self.item_names(names), u32::try_from(*min).unwrap_or(u32::MAX))
            }
        };
        recorder::In {
            name: self.bump.alloc_str(&row.name),
            io_type: row.io_type,
            required: row.required,
            form,
        }
    }

    fn item_names(&self, names: &'a AutogrowNames) -> recorder::Names<'a> {
        match names {
            AutogrowNames::Prefix { prefix, max } => {
                recorder::Names::Prefix(prefix, u32::try_from(*max).unwrap_or(u32::MAX))
            }
            AutogrowNames::List(names) => {
                let names: Vec<&'a str> = names.iter().map(|name| &**name).collect();
                recorder::Names::List(self.bump.alloc_slice_copy(&names))
            }
        }
    }

    fn default(&self, value: Option<&Value>) -> recorder::Def<'a> {
        match value {
            None => recorder::Def::Undefined,
            Some(Value::Bool(flag)) => recorder::Def::B(*flag),
            Some(Value::String(text)) => recorder::Def::S(self.bump.alloc_str(text)),
            Some(Value::Number(number)) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(n), ..) => recorder::Def::I(n),
                (_, Some(n), _) => recorder::Def::U(n),
                (.., Some(n)) if n.is_finite() => recorder::Def::F(n),
                _ => recorder::Def::Undefined,
            },
            Some(other) => recorder::Def::J(self.bump.alloc_str(&other.to_string())),
        }
    }
}

/// Models are covariant, so that one lifetime does for the model and the catalog behind it.
fn shorten<'a, 'c: 'a>(model: &'a NodeModel<'c>) -> &'a NodeModel<'a> {
    model
}

fn has_dynamic(inputs: &[InputModel<'_>], ident: &str) -> bool {
    inputs.iter().any(|input| match &input.form {
        Form::Dynamic(dynamic) => {
            dynamic.ident == ident || dynamic.options.iter().any(|option| has_dynamic(&option.inputs, ident))
        }
        _ => false,
    })
}
