//! The tables of generated classes, which are texts in the generated code: hundreds of constants with thousands of
//! parts cost rustc much, hundreds of strings next to nothing. A table is read when its class is first used.
//!
//! A table is a JSON list: class, whether it is an output node, `[label, type]` of every output, `[input, slot]` of
//! every match type, then the inputs. An input is a list too: name, type, whether it is required, and its form, which is
//! one of these:
//! ```text
//!                                         a socket without a widget
//! "widget", default
//! "int", least, greatest, default         null for no bound
//! "float", least, greatest, default
//! "combo", [option, ..], default
//! "special", widget form, default
//! "hidden", widget form, default
//! "dynamic", [[key, input, ..], ..]
//! "prefix", prefix, most items, least items
//! "list", [name, ..], least items
//! ```
//! Where the default is undefined the list ends before it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    vec,
};

use comfy_graph::graph::WidgetForm;
use serde_json::Value;

use crate::facts::{Class, Def, Form, In, Names, Opt};

/// The class of this table; `None` if the text is none. What was read stays, as the text does.
pub(crate) fn class(table: &'static str) -> Option<&'static Class<'static>> {
    static KNOWN: Mutex<BTreeMap<&str, Option<&Class<'_>>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *known.entry(table).or_insert_with(|| read(table).map(|class| &*Box::leak(Box::new(class))))
}

fn read(table: &str) -> Option<Class<'static>> {
    let mut cells = Cells::of(serde_json::from_str(table).ok()?)?;
    Some(Class {
        class_type: cells.text()?,
        output_node: cells.flag()?,
        outputs: cells.list(|output| Some((output.text()?, output.text()?)))?,
        matches: cells.list(|pair| Some((pair.number()?, pair.number()?)))?,
        inputs: cells.rest(input)?,
    })
}

/// Recursion goes by the depth of the JSON, which `serde_json` limits.
fn input(cells: &mut Cells) -> Option<In<'static>> {
    Some(In {
        name: cells.text()?,
        io_type: cells.text()?,
        required: cells.flag()?,
        form: match cells.next() {
            Some(form) => self::form(form.as_str()?, cells)?,
            None => Form::Socket,
        },
    })
}

fn form(form: &str, cells: &mut Cells) -> Option<Form<'static>> {
    Some(match form {
        "widget" => Form::Widget(cells.default()),
        "int" => {
            let (least, greatest) = (cells.integer()?, cells.integer()?);
            Form::Int(cells.default(), least.unwrap_or(i128::MIN), greatest.unwrap_or(i128::MAX))
        }
        "float" => {
            let (least, greatest) = (cells.float()?, cells.float()?);
            Form::Float(
                cells.default(),
                least.unwrap_or(f64::NEG_INFINITY),
                greatest.unwrap_or(f64::INFINITY),
            )
        }
        "combo" => {
            let options = cells.texts()?;
            Form::Combo(cells.default(), options)
        }
        "special" => Form::Special(cells.widget_form()?, cells.default()),
        "hidden" => Form::Hidden(cells.widget_form()?, cells.default()),
        "dynamic" => Form::Dynamic(
            cells.list(|option| Some(Opt { key: option.text()?, inputs: option.rest(input)? }))?,
        ),
        "prefix" => Form::Grow(Names::Prefix(cells.text()?, cells.number()?), cells.number()?),
        "list" => Form::Grow(Names::List(cells.texts()?), cells.number()?),
        _ => return None,
    })
}

/// What is left of a list.
struct Cells(vec::IntoIter<Value>);

impl Cells {
    fn of(list: Value) -> Option<Self> {
        match list {
            Value::Array(cells) => Some(Self(cells.into_iter())),
            _ => None,
        }
    }

    fn next(&mut self) -> Option<Value> {
        self.0.next()
    }

    fn text(&mut self) -> Option<&'static str> {
        text(self.next()?)
    }

    fn flag(&mut self) -> Option<bool> {
        self.next()?.as_bool()
    }

    fn number<N: TryFrom<u64>>(&mut self) -> Option<N> {
        N::try_from(self.next()?.as_u64()?).ok()
    }

    /// A bound, which may be none.
    #[expect(clippy::option_option, reason = "the outer one is a list that ends too early")]
    fn integer(&mut self) -> Option<Option<i128>> {
        let bound = self.next()?;
        Some(bound.as_i64().map(i128::from).or_else(|| bound.as_u64().map(i128::from)))
    }

    /// A bound, which may be none.
    #[expect(clippy::option_option, reason = "the outer one is a list that ends too early")]
    fn float(&mut self) -> Option<Option<f64>> {
        self.next().map(|bound| bound.as_f64())
    }

    fn widget_form(&mut self) -> Option<WidgetForm> {
        Some(match self.next()?.as_str()? {
            "plain" => WidgetForm::Plain,
            "dynamic prompt" => WidgetForm::DynamicPrompt,
            "curve" => WidgetForm::Curve,
            "live" => WidgetForm::Live,
            "control" => WidgetForm::Control,
            _ => return None,
        })
    }

    /// The default, which ends a list.
    fn default(&mut self) -> Def<'static> {
        match self.next() {
            None => Def::Undefined,
            Some(Value::Bool(flag)) => Def::B(flag),
            Some(Value::String(text)) => Def::S(text.leak()),
            Some(Value::Number(number)) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(n), ..) => Def::I(n),
                (_, Some(n), _) => Def::U(n),
                (.., n) => n.map_or(Def::Undefined, Def::F),
            },
            Some(other) => Def::J(other.to_string().leak()),
        }
    }

    fn texts(&mut self) -> Option<&'static [&'static str]> {
        let Value::Array(texts) = self.next()? else { return None };
        Some(texts.into_iter().map(text).collect::<Option<Vec<_>>>()?.leak())
    }

    /// A list of lists.
    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<&'static [T]> {
        Self::of(self.next()?)?.rest(item)
    }

    /// All that follows, which are lists.
    fn rest<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<&'static [T]> {
        let items = self.0.by_ref().map(|cells| item(&mut Self::of(cells)?));
        Some(items.collect::<Option<Vec<_>>>()?.leak())
    }
}

fn text(value: Value) -> Option<&'static str> {
    match value {
        Value::String(text) => Some(text.leak()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{__private::Record, Flow, NodeRef};

    /// How an input of this form is read.
    fn read_form(cells: &str) -> Option<String> {
        let table = format!(r#"["A",false,[["L","T"]],[[1,2]],["i","INT",true{cells}]]"#);
        let class = read(&table)?;
        assert_eq!((class.class_type, class.outputs, class.matches), ("A", &[("L", "T")][..], &[(1, 2)][..]));
        let [In { name: "i", io_type: "INT", required: true, form }] = class.inputs else { return None };
        Some(format!("{form:?}"))
    }

    #[test]
    fn every_form_is_read() {
        for (cells, form) in [
            ("", "Socket"),
            (r#","widget""#, "Widget(Undefined)"),
            (r#","widget",null"#, r#"Widget(J("null"))"#),
            (r#","widget",{"a":[1]}"#, r#"Widget(J("{\"a\":[1]}"))"#),
            (r#","widget",true"#, "Widget(B(true))"),
            (r#","int",-1,18446744073709551615,7"#, "Int(I(7), -1, 18446744073709551615)"),
            (
                r#","int",0,null,9223372036854775808"#,
                &format!("Int(U(9223372036854775808), 0, {})", i128::MAX),
            ),
            (r#","float",0.5,null,1.0"#, "Float(F(1.0), 0.5, inf)"),
            (r#","combo",["a","b"],"b""#, r#"Combo(S("b"), ["a", "b"])"#),
            (r#","special","dynamic prompt","""#, r#"Special(DynamicPrompt, S(""))"#),
            (r#","hidden","live""#, "Hidden(Live, Undefined)"),
            (
                r#","dynamic",[["k",["x","MASK",false]],["l"]]"#,
                r#"Dynamic([Opt { key: "k", inputs: [In { name: "x", io_type: "MASK", required: false, form: Socket }] }, Opt { key: "l", inputs: [] }])"#,
            ),
            (r#","prefix","p",10,1"#, r#"Grow(Prefix("p", 10), 1)"#),
            (r#","list",["a","b"],2"#, r#"Grow(List(["a", "b"]), 2)"#),
        ] {
            assert_eq!(read_form(cells).as_deref(), Some(form), "{cells}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for cells in
            [r#","knob""#, r#","int",1"#, r#","prefix","p",-1,1"#, r#","list",[1],0"#, r#","dynamic",[1]"#]
        {
            assert_eq!(read_form(cells), None, "{cells}");
        }
        for table in ["", "{}", "[]", r#"["A"]"#, r#"["A",false,[],[[70000,0]]]"#, r#"["A",false,[],[],1]"#] {
            assert!(read(table).is_none(), "{table}");
        }
    }

    #[test]
    fn a_flow_reports_a_table_that_cannot_be_read() {
        struct Broken(Record);
        impl crate::Builder for Broken {
            type Out = NodeRef;
            type State = crate::Set;
            fn record(&mut self) -> &mut Record {
                &mut self.0
            }
        }
        let g = Flow::new();
        g.add(Broken(Record::of("[\"Broken\"")));
        let problems = g.build().expect_err("a problem");
        assert!(problems.to_string().contains("cannot be read"), "{problems}");
    }
}
