//! Working out one node.

use std::collections::BTreeSet;

use comfy_graph::catalog::{
    AutogrowDef, AutogrowNames, ComboDef, DynamicOption, InputDef, InputKind, NodeDef, OutputDef, Section,
    widgets,
};
use serde_json::Value;

use super::{
    Case, NameLock, Names, RESERVED_METHODS, WELL_KNOWN,
    choices::{ChoiceNames, Place, same_list, typed_combo},
    is_keyword,
    lock::settle_locked,
    scope, snake, upper,
};
use crate::model::{
    AutogrowModel, ComboModel, ComboValue, DynamicModel, Form, Generic, InputModel, NodeModel, OptionModel,
    OutputModel,
};

/// What is the same for all inputs of one node.
struct Context<'n, 'c> {
    names: &'n Names<'c>,
    def: &'c NodeDef,
    choices: ChoiceNames<'c>,
    generics: Vec<Generic<'c>>,
}

impl<'c> Names<'c> {
    /// The model of one class.
    pub(super) fn build(&self, def: &'c NodeDef, ident: &str) -> NodeModel<'c> {
        let choices = ChoiceNames::new(self, def, ident);
        let context = Context { names: self, def, choices, generics: generics(def) };
        let inputs = context.inputs(&def.inputs, None, &[&*def.class_type]);
        let outputs = context.outputs();
        NodeModel { def, ident: ident.to_owned(), generics: context.generics, inputs, outputs }
    }
}

/// The templates of required match type inputs. One that is only optional may stay open, so it is no parameter.
fn generics(def: &NodeDef) -> Vec<Generic<'_>> {
    let mut templates: Vec<&str> = Vec::new();
    for input in &def.inputs {
        if let InputKind::MatchType { template_id } = &input.kind
            && input.section == Section::Required
            && !templates.contains(&&**template_id)
        {
            templates.push(template_id);
        }
    }
    let single = templates.len() == 1;
    let param = |at: usize| if single { "T".to_owned() } else { format!("T{at}") };
    templates.into_iter().enumerate().map(|(at, template)| Generic { template, param: param(at) }).collect()
}

impl<'c> Context<'_, 'c> {
    /// The inputs of the node, or of the option of a dynamic combo (`parent`). Of several with one name the first
    /// counts. `path` is the class, then names of dynamic combos and keys of options.
    fn inputs(
        &self,
        defs: &'c [InputDef],
        parent: Option<(&Place, &str)>,
        path: &[&str],
    ) -> Vec<InputModel<'c>> {
        let (lock, names) = (&self.names.lock, defs.iter().map(|input| &*input.name));
        let place = scope("input", path.iter().copied());
        let setters = settle_locked(lock, &place, names, Case::Snake, setter, |_| false);
        let mut seen = BTreeSet::new();
        defs.iter()
            .filter(|input| seen.insert(&*input.name))
            .map(|input| {
                let form = self.form(input, parent, path);
                InputModel {
                    def: input,
                    setter: setters.get(&*input.name).cloned().unwrap_or_default(),
                    required: is_required(input, &form),
                    default: widgets::default_of(self.def, &input.name, input),
                    form,
                }
            })
            .collect()
    }

    fn form(&self, input: &'c InputDef, parent: Option<(&Place, &str)>, path: &[&str]) -> Form<'c> {
        let marker = || self.names.marker(&input.io_type);
        if input.is_forced_socket()
            && !matches!(input.kind, InputKind::MatchType { .. } | InputKind::Autogrow(_))
        {
            return socket(marker());
        }
        let own = |word: &str| input.io_type.as_str() == word;
        match &input.kind {
            InputKind::Int(int) if own("INT") => {
                let max = int.max.as_ref();
                let seed = max.is_some_and(|max| max.as_i64().is_none() && max.as_u64().is_some());
                if seed { Form::Seed } else { Form::Int }
            }
            InputKind::Float(_) if own("FLOAT") => Form::Float,
            InputKind::String(_) if own("STRING") => Form::Str,
            InputKind::Boolean(_) if own("BOOLEAN") => Form::Bool,
            InputKind::Int(_) | InputKind::Float(_) | InputKind::String(_) | InputKind::Boolean(_) => {
                Form::Union { marker: marker() }
            }
            InputKind::Combo(combo) => match typed_combo(input) {
                Some(_) => Form::Combo(self.combo(input, combo, parent)),
                None => Form::Json { marker: marker() },
            },
            InputKind::DynamicCombo(options) => Form::Dynamic(self.dynamic(input, options, parent, path)),
            InputKind::Autogrow(autogrow) => Form::Autogrow(self.autogrow(autogrow)),
            InputKind::MatchType { template_id } => {
                let generic = self.generics.iter().find(|generic| generic.template == &**template_id);
                match generic.filter(|_| parent.is_none()) {
                    Some(generic) => Form::Match { param: generic.param.clone(), marker: marker() },
                    None => Form::Union { marker: marker() },
                }
            }
            InputKind::DynamicSlot(_) => Form::Union { marker: marker() },
            InputKind::Frontend(..) => Form::Json { marker: marker() },
            InputKind::Socket(_) => socket(marker()),
        }
    }

    fn combo(
        &self,
        input: &'c InputDef,
        combo: &'c ComboDef,
        parent: Option<(&Place, &str)>,
    ) -> ComboModel<'c> {
        let own = self.choices.get(&self.choices.place(parent, input));
        let shared = self.shared_ident(input, combo);
        let sensible = |value: &Value| !value.is_array() && !value.is_object();
        let files = combo.is_file_list() || !combo.options.iter().any(sensible);
        let (ident, alias) = match shared {
            Some(shared) => (shared, Some(own)),
            None => (own, None),
        };
        let values = values(&self.names.lock, &scope("value", [ident.as_str()]), combo, files);
        ComboModel { def: combo, input: &input.name, ident, alias, files, values }
    }

    /// The well-known name of a list, if its options are those of the reference.
    fn shared_ident(&self, input: &InputDef, combo: &ComboDef) -> Option<String> {
        let (_, ident, class, reference) = WELL_KNOWN.iter().find(|(name, ..)| *name == &*input.name)?;
        let (_, reference) = self.names.reference(class, reference)?;
        let same = typed_combo(reference).is_some_and(|known| same_list(known, combo));
        same.then(|| self.names.well_known_ident(ident))
    }

    fn dynamic(
        &self,
        input: &'c InputDef,
        options: &'c [DynamicOption],
        parent: Option<(&Place, &str)>,
        path: &[&str],
    ) -> DynamicModel<'c> {
        let place = self.choices.place(parent, input);
        let keys = options.iter().map(|option| &*option.key);
        let inner = |key| [path, &[&*input.name, key]].concat();
        let own = scope("option", path.iter().copied().chain([&*input.name]));
        let idents = settle_locked(&self.names.lock, &own, keys, Case::Snake, function, |_| false);
        let mut seen = BTreeSet::new();
        let models = options
            .iter()
            .filter(|option| seen.insert(&*option.key))
            .map(|option| OptionModel {
                def: option,
                ident: idents.get(&*option.key).cloned().unwrap_or_default(),
                inputs: self.inputs(&option.inputs, Some((&place, &option.key)), &inner(&option.key)),
            })
            .collect();
        DynamicModel { input: &input.name, ident: self.choices.get(&place), options: models }
    }

    fn autogrow(&self, autogrow: &'c AutogrowDef) -> AutogrowModel<'c> {
        let AutogrowDef { item, names, min } = autogrow;
        let names: &AutogrowNames = names;
        AutogrowModel { marker: self.names.marker(&item.io_type), names, min: *min, item }
    }

    fn outputs(&self) -> Vec<OutputModel<'c>> {
        let wishes: Vec<String> = self.def.outputs.iter().map(field).collect();
        let mut given: BTreeSet<String> = BTreeSet::new();
        let mut models = Vec::with_capacity(wishes.len());
        for (slot, (def, wish)) in self.def.outputs.iter().zip(&wishes).enumerate() {
            let mut ident = wish.clone();
            // the slots of a node are its own; the number says which one it is
            let mut number = slot + 1;
            while given.contains(&ident) || (ident != *wish && wishes.contains(&ident)) {
                ident = format!("{}_{number}", wish.trim_end_matches('_'));
                number += 1;
            }
            given.insert(ident.clone());
            let template = def.match_template.as_deref();
            let generic = self.generics.iter().find(|generic| Some(generic.template) == template);
            let marker =
                generic.map_or_else(|| self.names.marker(&def.io_type), |generic| generic.param.clone());
            models.push(OutputModel { def, ident, marker, generic: generic.is_some() });
        }
        models
    }
}

/// A socket: concrete where one type fits.
fn socket(marker: String) -> Form<'static> {
    if marker == "Any" || marker.starts_with("AnyOf<") {
        Form::Union { marker }
    } else {
        Form::Link { marker }
    }
}

/// Whether a node without this input cannot be sent, or would mean something else on each machine.
fn is_required(input: &InputDef, form: &Form<'_>) -> bool {
    if input.section == Section::Optional {
        return false;
    }
    if !input.is_widget() {
        return match &input.kind {
            InputKind::Autogrow(autogrow) => autogrow.min > 0,
            InputKind::DynamicSlot(_) => false,
            _ => true,
        };
    }
    match &input.kind {
        InputKind::Int(int) => int.default.is_none(),
        InputKind::Float(float) => float.default.is_none(),
        InputKind::String(text) => text.default.is_none(),
        InputKind::Boolean(boolean) => boolean.default.is_none(),
        InputKind::Combo(combo) => !combo.multi_select_widget && combo.is_file_list(),
        InputKind::DynamicCombo(_) => match form {
            Form::Dynamic(dynamic) => {
                dynamic.options.first().is_none_or(|first| first.inputs.iter().any(|i| i.required))
            }
            _ => true,
        },
        InputKind::Frontend(..)
        | InputKind::Autogrow(_)
        | InputKind::MatchType { .. }
        | InputKind::DynamicSlot(_)
        | InputKind::Socket(_) => false,
    }
}

/// The method that sets an input.
fn setter(name: &str) -> String {
    let ident = snake(name);
    if RESERVED_METHODS.contains(&ident.as_str()) || is_keyword(&ident) { format!("{ident}_") } else { ident }
}

/// The function that makes an option.
fn function(key: &str) -> String {
    let ident = snake(key);
    if is_keyword(&ident) { format!("{ident}_") } else { ident }
}

/// The field of an output. Labels are mostly type words, so their case says nothing.
fn field(output: &OutputDef) -> String {
    let ident = snake(&output.name.to_lowercase());
    match ident.as_str() {
        "" => "output".to_owned(),
        word if is_keyword(word) => format!("{ident}_"),
        _ => ident,
    }
}

/// What a value is told apart by: `"5"` and 5 are two.
pub(super) fn value_key(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => format!("{other}\0"),
    }
}

/// The variants of an enum, or the constants of a file list.
fn values<'c>(lock: &NameLock, place: &str, combo: &'c ComboDef, files: bool) -> Vec<ComboValue<'c>> {
    let mut distinct: Vec<(String, &Value)> = Vec::with_capacity(combo.options.len());
    let mut seen = BTreeSet::new();
    for value in &combo.options {
        let text = value_key(value);
        // a list or an object is no option that can be chosen, and a file has a name
        let sensible = if files { value.is_string() } else { !value.is_array() && !value.is_object() };
        if sensible && seen.insert(text.clone()) {
            distinct.push((text, value));
        }
    }
    let stems = if files { short_names(&distinct) } else { BTreeSet::new() };
    let wish = |text: &str| {
        let text = text.trim_end_matches('\0');
        let name = match text {
            "" => "Empty".to_owned(),
            _ if stems.contains(text) => upper(stem(text)),
            _ => upper(text),
        };
        if is_keyword(&name) { format!("{name}_") } else { name }
    };
    let texts = distinct.iter().map(|(text, _)| text.as_str());
    let idents = settle_locked(lock, place, texts, Case::Upper, wish, |_| false);
    let ident = |text: &str| idents.get(text).cloned().unwrap_or_default();
    distinct.iter().map(|(text, value)| ComboValue { ident: ident(text), value }).collect()
}

/// The files whose name without extension says which one it is.
fn short_names<'a>(files: &'a [(String, &Value)]) -> BTreeSet<&'a str> {
    let mut groups: std::collections::BTreeMap<String, Vec<&str>> = std::collections::BTreeMap::new();
    for (text, _) in files {
        groups.entry(upper(stem(text))).or_default().push(text);
    }
    groups.into_values().filter(|group| group.len() == 1).flatten().collect()
}

/// A path without its extension.
fn stem(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 11 && !extension.contains('/') => {
            stem
        }
        _ => path,
    }
}
