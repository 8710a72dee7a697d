//! Messages about types, in the words of rustc and of the runtime's traits.

use comfy_graph::diag::{Code, Diagnostic, codes};
use comfy_graph::suggest;

use super::Checker;
use crate::{
    at::At,
    builder::{Want, missing},
    hir::Expr,
    infer::Kind,
    program::{Bound, Calls},
    traits::Obligation,
    ty::{Con, IterKind, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    /// A type as rustc writes it.
    pub(crate) fn show(&self, ty: &Ty<'a>) -> String {
        match self.infer.shallow(ty) {
            Ty::Var(var) => match self.infer.kind(&Ty::Var(var)) {
                Some(Kind::Int) => "{integer}".to_owned(),
                Some(Kind::Float) => "{float}".to_owned(),
                _ => "_".to_owned(),
            },
            Ty::Con(con, args) => self.show_con(con, &args),
        }
    }

    fn show_all(&self, args: &[Ty<'a>]) -> String {
        args.iter().map(|arg| self.show(arg)).collect::<Vec<_>>().join(", ")
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn show_con(&self, con: Con<'a>, args: &[Ty<'a>]) -> String {
        let of = |name: &str| match args {
            [] => name.to_owned(),
            args => format!("{name}<{}>", self.show_all(args)),
        };
        match con {
            Con::Error => "{unknown}".to_owned(),
            Con::Never => "!".to_owned(),
            Con::Bool => "bool".to_owned(),
            Con::Char => "char".to_owned(),
            Con::Int(int) => int.name().to_owned(),
            Con::F32 => "f32".to_owned(),
            Con::F64 => "f64".to_owned(),
            Con::Str => "str".to_owned(),
            Con::String => "String".to_owned(),
            Con::Tuple if args.len() == 1 => format!("({},)", self.show_all(args)),
            Con::Tuple => format!("({})", self.show_all(args)),
            Con::Ref => format!("&{}", self.show_all(args)),
            Con::RefMut => format!("&mut {}", self.show_all(args)),
            Con::Array(length) => format!("[{}; {length}]", self.show_all(args)),
            Con::Slice => format!("[{}]", self.show_all(args)),
            Con::Vec => of("Vec"),
            Con::Option => of("Option"),
            Con::Result => of("Result"),
            Con::Map(true) => of("BTreeMap"),
            Con::Map(false) => of("HashMap"),
            Con::Dyn(of) => {
                let item = self.program.traits.get(of as usize);
                item.map_or_else(String::new, |item| format!("dyn {}", item.ident))
            }
            Con::Boxed => of("Box"),
            Con::Formatter => "Formatter".to_owned(),
            Con::FmtError => "fmt::Error".to_owned(),
            Con::BoxError => "Box<dyn Error>".to_owned(),
            Con::FnPtr => match args.split_last() {
                Some((result, params))
                    if self.infer.shallow(result).args().is_empty() && self.show(result) == "()" =>
                {
                    format!("fn({})", self.show_all(params))
                }
                Some((result, params)) => format!("fn({}) -> {}", self.show_all(params), self.show(result)),
                None => "fn()".to_owned(),
            },
            Con::Range => of("Range"),
            Con::RangeInclusive => of("RangeInclusive"),
            Con::Iter(IterKind::Vec) => of("IntoIter"),
            Con::Iter(kind) => of(&format!("{kind:?}")),
            Con::Closure(_) => "{closure}".to_owned(),
            Con::Fn(index) => {
                let name = self.program.fns.get(index as usize).map(|item| item.sig.ident.to_string());
                format!("fn item `{}`", name.unwrap_or_default())
            }
            Con::Param(index) => {
                self.program.params.get(index as usize).map_or_else(String::new, |param| param.text.clone())
            }
            Con::Struct(index) => self
                .program
                .structs
                .get(index as usize)
                .map_or_else(String::new, |s| s.item.ident.to_string()),
            Con::Enum(index) => {
                self.program.enums.get(index as usize).map_or_else(String::new, |e| e.item.ident.to_string())
            }
            Con::Flow => "Flow".to_owned(),
            Con::NodeRef => "NodeRef".to_owned(),
            Con::Output => of("Output"),
            Con::Marker(symbol) => self.world.spelling(symbol),
            Con::AnyOf => format!("AnyOf<({})>", self.show_all(args)),
            Con::List => of("List"),
            Con::Mode => "Mode".to_owned(),
            Con::Raw => "Raw".to_owned(),
            Con::Unset => "Unset".to_owned(),
            Con::Or => of("Or"),
            Con::Grow => of("Grow"),
            Con::Json => "Value".to_owned(),
            Con::RawNode => "RawNode".to_owned(),
            Con::Problems => "Problems".to_owned(),
            Con::Node(model, set) => {
                let required = model.inputs.iter().filter(|input| input.required).enumerate();
                let states = required.map(
                    |(at, input)| {
                        if set.has(at) { "Set".to_owned() } else { input.setter.clone() }
                    },
                );
                let all: Vec<String> = states.chain(args.iter().map(|arg| self.show(arg))).collect();
                if all.is_empty() {
                    model.ident.clone()
                } else {
                    format!("{}<{}>", model.ident, all.join(", "))
                }
            }
            Con::Out(model) => of(&format!("{}Out", model.ident)),
            Con::Combo(combo) => combo.ident.clone(),
            Con::Dynamic(dynamic) => dynamic.ident.clone(),
            Con::Pick(dynamic, option, _) => format!("{}::{}", dynamic.ident, option.ident),
        }
    }

    /// An expression is of another type than its place wants.
    pub(super) fn mismatch(&mut self, expr: &Expr<'a>, wanted: &Ty<'a>, setter: Option<(&'a str, &'a str)>) {
        let found = self.type_of(expr);
        self.mismatch_of(&found, wanted, expr.at, setter);
    }

    fn mismatch_of(&mut self, found: &Ty<'a>, wanted: &Ty<'a>, at: At, setter: Option<(&'a str, &'a str)>) {
        if let (Ty::Con(Con::Fn(_) | Con::Closure(_), _), Ty::Con(Con::Fn(_) | Con::FnPtr, _)) =
            (found, wanted)
        {
            let instead = "write the type of the functions: `let f: fn(A) -> B = ..`; closures only where they are used";
            return self.report.unsupported_but(at, "this function as a value", instead);
        }
        let (want, have) = (self.show(wanted), self.show(found));
        let is_output = matches!(wanted, Ty::Con(Con::Output, _));
        let is_link = is_output && matches!(found, Ty::Con(Con::Output | Con::Out(_) | Con::NodeRef, _));
        let code = if is_link { codes::RETURN_TYPE_MISMATCH } else { codes::RUST_TYPE };
        let message = match setter {
            Some((class, input)) => format!("`{input}` of {class} takes `{want}`; found `{have}`"),
            None => format!("mismatched types: expected `{want}`, found `{have}`"),
        };
        let mut diagnostic = Diagnostic::new(code, message).at(at.place());
        if let Some((_, input)) = setter {
            diagnostic = diagnostic.input(input);
        }
        for help in self.conversions(found, wanted) {
            diagnostic = diagnostic.help(help);
        }
        self.report.push(diagnostic);
    }

    /// What would make a value fit.
    fn conversions(&mut self, found: &Ty<'a>, wanted: &Ty<'a>) -> Vec<String> {
        match (found, wanted) {
            (Ty::Con(Con::Node(..) | Con::RawNode, _), _) => {
                vec!["the node is not added yet: write `g.add(..)` around it".to_owned()]
            }
            (Ty::Con(Con::Out(model), args), Ty::Con(Con::Output, _)) => {
                let model = *model;
                let fields = model.outputs.iter().filter(|output| {
                    let field = self.world.field(model, args, &output.ident);
                    field.is_some_and(|(_, ty)| self.show(&ty) == self.show(wanted))
                });
                let fields: Vec<String> = fields.map(|output| format!("`.{}`", output.ident)).collect();
                if fields.is_empty() {
                    return self.sources(wanted);
                }
                vec![format!("this node has several outputs; write {}", fields.join(" or "))]
            }
            (Ty::Con(Con::Output, args), Ty::Con(Con::Output, _)) if self.show(&args[0]) == "Any" => {
                vec!["nothing is known of the type of this output; `.cast()` says that it fits".to_owned()]
            }
            (_, Ty::Con(Con::Output, _)) => self.sources(wanted),
            (Ty::Con(Con::String, _), Ty::Con(Con::Ref, _)) => {
                vec!["borrow it: write `&` before it".to_owned()]
            }
            (Ty::Con(Con::Ref, _), Ty::Con(Con::String, _)) => {
                vec!["write `.to_owned()` after it".to_owned()]
            }
            (_, Ty::Con(Con::F64 | Con::F32, _)) if matches!(self.infer.kind(found), Some(Kind::Int)) => {
                vec!["write the number with a point, as in `8.0`".to_owned()]
            }
            (_, Ty::Con(Con::Int(_), _)) if matches!(self.infer.kind(found), Some(Kind::Float)) => {
                vec!["write the number without a point, as in `8`".to_owned()]
            }
            (Ty::Con(Con::Int(_), _), Ty::Con(Con::Int(_) | Con::F64 | Con::F32, _)) => {
                vec![format!("convert it: `.. as {}`", self.show(wanted))]
            }
            _ => Vec::new(),
        }
    }

    /// Variables in reach that are of this type, or have an output of it.
    fn sources(&self, wanted: &Ty<'a>) -> Vec<String> {
        let wanted = self.show(wanted);
        let mut found = Vec::new();
        for (name, locals) in self.names.iter().rev() {
            let Some(local) = locals.last().and_then(|local| self.local(*local)) else { continue };
            match self.infer.shallow(&local.ty) {
                ty @ Ty::Con(Con::Output, _) if self.show(&ty) == wanted => found.push(format!("`{name}`")),
                Ty::Con(Con::Out(model), args) => {
                    let fits = |output: &&comfy_codegen::model::OutputModel<'a>| {
                        let field = self.world.field(model, &args, &output.ident);
                        field.is_some_and(|(_, ty)| self.show(&ty) == wanted)
                    };
                    found.extend(model.outputs.iter().filter(fits).map(|o| format!("`{name}.{}`", o.ident)));
                }
                _ => {}
            }
            if found.len() > 3 {
                break;
            }
        }
        match found.as_slice() {
            [] => Vec::new(),
            [one] => vec![format!("{one} is an `{wanted}`")],
            several => vec![format!("{} are `{wanted}`", several.join(", "))],
        }
    }

    /// A type does not fulfil what its place asks.
    pub(crate) fn refuse(&mut self, ob: &Obligation<'a>) {
        let ty = self.infer.shallow(&ob.ty);
        if let (Bound::Choice(_), Ty::Con(Con::Pick(_, option, set), _)) = (&ob.bound, &ty)
            && missing(&option.inputs, *set).next().is_some()
        {
            return self.missing_inputs(&option.inputs, *set, ob.at, "option");
        }
        if let Bound::Link(marker) = &ob.bound {
            let wanted = Ty::with(Con::Output, [marker.clone()]);
            return self.mismatch_of(&ty, &wanted, ob.at, ob.setter);
        }
        let (code, message, help) = self.refusal(ob, &ty);
        let message = match ob.setter {
            Some((class, input)) => format!("`{input}` of {class}: {message}"),
            None => message,
        };
        let mut diagnostic = Diagnostic::new(code, message).at(ob.at.place());
        if let Some((_, input)) = ob.setter {
            diagnostic = diagnostic.input(input);
        }
        for line in help {
            diagnostic = diagnostic.help(line);
        }
        self.report.push(diagnostic);
    }

    fn refusal(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>) -> (Code, String, Vec<String>) {
        let found = self.show(ty);
        let value = |what: &str| {
            (codes::INVALID_INPUT_TYPE, format!("this input takes {what}; found `{found}`"), Vec::new())
        };
        if matches!(ty, Ty::Con(Con::Node(..) | Con::RawNode, _)) && !matches!(ob.bound, Bound::Display) {
            let help = vec!["the node is not added yet: write `g.add(..)` around it".to_owned()];
            return (codes::RETURN_TYPE_MISMATCH, format!("a node is no value; found `{found}`"), help);
        }
        let number = |what: &str| {
            let (code, message, _) = value(what);
            (code, message, self.without_quotes(ob))
        };
        let integer = |limits: &str, output: &str| format!("{limits}, or an `Output<{output}>`");
        match &ob.bound {
            Bound::Int => number(&integer("an integer (`20`, any `i64`)", "Int")),
            Bound::Seed => number(&integer("a non-negative integer (`42`, any `u64`)", "Int")),
            Bound::Float => number(&integer("a number (`8`, `0.5`, any `f64` or `i64`)", "Float")),
            Bound::Str => value(&integer("a string (`\"...\"`, `&str` or `String`)", "Str")),
            Bound::Bool => number("`true` or `false`, or an `Output<Bool>`"),
            Bound::Choice(choice) => {
                let (choice, name) = (self.infer.shallow(choice), self.show(choice));
                let message = format!("this input takes a variant of `{name}`; found `{found}`");
                (codes::INVALID_INPUT_TYPE, message, self.choice_help(&choice, &name, ob))
            }
            Bound::Boundary(marker) => {
                let message = format!("this cannot be an input of type `{}`: `{found}`", self.show(marker));
                (codes::INVALID_INPUT_TYPE, message, Vec::new())
            }
            Bound::Into(marker) => {
                let marker = self.show(marker);
                let message = format!("wrong value for a `{marker}` input: `{found}`");
                let help =
                    format!("wanted: an output that a `{marker}` input takes, `raw(..)` or `json!(..)`");
                (codes::INVALID_INPUT_TYPE, message, vec![help])
            }
            Bound::Accepts(output) => {
                let output = self.show(output);
                let message = format!("a `{output}` output cannot be connected to a `{found}` input");
                let wanted = Ty::with(Con::Output, [ty.clone()]);
                (codes::RETURN_TYPE_MISMATCH, message, self.sources(&wanted))
            }
            Bound::RawValue => {
                value("a string, an `i64`, an `f64`, a `bool`, `raw(..)`, `json!(..)` or any output")
            }
            bound => {
                let bound = rust_name(bound);
                (codes::RUST_TYPE, format!("`{found}` does not implement `{bound}`"), Vec::new())
            }
        }
    }

    /// A number or a truth that is written as text.
    fn without_quotes(&self, ob: &Obligation<'a>) -> Vec<String> {
        let written = self.texts.get(&ob.at.bytes().start).map(|text| text.trim());
        let is_meant = |text: &&str| match ob.bound {
            Bound::Bool => matches!(*text, "true" | "false"),
            _ => text.parse::<f64>().is_ok_and(f64::is_finite),
        };
        written
            .filter(is_meant)
            .map(|text| format!("write `{text}` without the quotes"))
            .into_iter()
            .collect()
    }

    fn choice_help(&self, choice: &Ty<'a>, name: &str, ob: &Obligation<'a>) -> Vec<String> {
        let written = self.texts.get(&ob.at.bytes().start);
        match (choice, written) {
            (Ty::Con(Con::Combo(combo), _), Some(text)) => {
                let value = serde_json::Value::from(text.as_str());
                if let Some(ident) = combo.ident_of(&value) {
                    return vec![format!("write `{name}::{ident}`")];
                }
                let near =
                    suggest::nearest(text, combo.values.iter().filter_map(|value| value.value.as_str()));
                match near.and_then(|near| combo.ident_of(&near.into())) {
                    Some(ident) => vec![format!("did you mean `{name}::{ident}`?")],
                    None if combo.files => vec![format!("write `{text:?}`")],
                    None => vec![format!("write `{name}::...`")],
                }
            }
            (Ty::Con(Con::Dynamic(dynamic), _), _) => {
                let options = dynamic.options.iter().map(|option| format!("`{name}::{}()`", option.ident));
                vec![format!("write {}", options.take(5).collect::<Vec<_>>().join(", "))]
            }
            (Ty::Con(Con::Combo(combo), _), None) if combo.files => {
                vec!["write the name of the file as text: `\"..\"`".to_owned()]
            }
            _ => vec![format!("write `{name}::...`")],
        }
    }

    /// Required inputs are not set.
    pub(super) fn missing_inputs(
        &self,
        inputs: &'a [comfy_codegen::model::InputModel<'a>],
        set: crate::ty::Set,
        at: At,
        what: &str,
    ) {
        for setter in missing(inputs, set) {
            let message = format!("required input `{setter}` of this {what} is not set");
            let diagnostic =
                Diagnostic::new(codes::REQUIRED_INPUT_MISSING, message).at(at.place()).input(setter);
            let diagnostic = diagnostic.help(format!("add `.{setter}(...)` to this {what}"));
            let input = inputs.iter().find(|input| input.setter == setter);
            let sources = match input.map(|input| self.world.want(None, &[], &input.form)) {
                Some(Want::Bound(Bound::Link(marker))) => self.sources(&Ty::with(Con::Output, [marker])),
                _ => Vec::new(),
            };
            self.report.push(sources.into_iter().fold(diagnostic, Diagnostic::help));
        }
    }
}

fn rust_name(bound: &Bound<'_>) -> &'static str {
    match bound {
        Bound::String => "Into<String>",
        Bound::NodeRef => "Into<NodeRef>",
        Bound::Json => "Into<Value>",
        Bound::Display => "Display",
        Bound::Debug => "Debug",
        Bound::ComfyType => "ComfyType",
        Bound::Serialize => "Serialize",
        Bound::Clone => "Clone",
        Bound::Copy => "Copy",
        Bound::Items(_) => "IntoIterator",
        Bound::Trait(_) => "the trait that its place wants",
        Bound::PartialEq => "PartialEq",
        Bound::PartialOrd => "PartialOrd",
        Bound::Eq => "Eq",
        Bound::Ord => "Ord",
        Bound::Fn(Calls::Shared, ..) => "Fn",
        Bound::Fn(Calls::Mut, ..) => "FnMut",
        Bound::Fn(Calls::Once, ..) => "FnOnce",
        _ => "what its place wants",
    }
}
