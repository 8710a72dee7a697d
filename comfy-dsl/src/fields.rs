//! One node's sockets and widgets with what was given to them: its class's table joined with its settings.
//!
//! The order is that of the table, dynamic inputs unfolded in their place: the order of
//! `comfy_graph::catalog::widgets`. Nothing here knows of other nodes or of graphs.

use comfy_graph::{
    diag::{Code, codes},
    graph::{NodeSource, WidgetForm},
};
use serde_json::Value;

use crate::{
    facts::{Def, Form, In, Names, Opt},
    record::{Draft, Item, Link, Named, Settings, Val},
};

/// One input of a node.
#[derive(Debug)]
pub(crate) struct Field {
    /// The key in the prompt.
    pub(crate) name: Box<str>,
    pub(crate) io_type: Box<str>,
    pub(crate) place: Place,
    /// Has a widget, which holds `value`; else `value` arrives at the socket.
    pub(crate) widget: bool,
    pub(crate) form: WidgetForm,
    pub(crate) link: Option<Link>,
    pub(crate) value: Option<Value>,
}

/// Where the socket of a field stands among the node's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Among the declared ones without a widget.
    Socket,
    /// Among those of declared widgets.
    Widget,
    /// After both.
    Further,
    /// It has none.
    Nowhere,
}

/// Something wrong with an input.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) input: Box<str>,
    /// Without the node, which the caller names.
    pub(crate) message: String,
    /// Settings that have no effect.
    pub(crate) overridden: Vec<NodeSource>,
}

/// The fields of a node and what was wrong.
#[derive(Debug)]
pub(crate) struct Fields<'d, 'c> {
    pub(crate) list: Vec<Field>,
    pub(crate) problems: Vec<Problem>,
    /// Settings by name, which win over setters.
    by_name: &'d [Named<'c>],
    /// Positions in `by_name` that belong to a declared input.
    used: Vec<usize>,
}

/// The fields of a node in the order of its table, then undeclared ones. `type_of` gives the type of what a link
/// starts from, for sockets that no table declares.
pub(crate) fn of_draft<'d, 'c>(draft: &'d Draft<'c>, type_of: impl Fn(Link) -> Box<str>) -> Fields<'d, 'c> {
    let mut fields =
        Fields { list: Vec::new(), problems: Vec::new(), by_name: &draft.by_name, used: Vec::new() };
    fields.unfold(draft.class.inputs, &draft.settings, "");
    for (position, setting) in draft.by_name.iter().enumerate() {
        if !fields.used.contains(&position) {
            fields.undeclared(setting, &type_of);
        }
    }
    fields
}

/// A declared input with its full name and what was given to it.
struct Given<'s, 'c> {
    name: String,
    io_type: &'c str,
    /// Declared by the class itself, not by an option.
    top: bool,
    val: Option<&'s Val<'c>>,
}

impl<'d, 'c> Fields<'d, 'c> {
    /// Adds the fields of a table's inputs, whose names begin with `prefix`.
    fn unfold(&mut self, inputs: &'c [In<'c>], settings: &'d Settings<'c>, prefix: &str) {
        for (position, input) in inputs.iter().enumerate() {
            let name = format!("{prefix}{}", input.name);
            let overridden = settings.overridden.iter().filter(|other| usize::from(other.input) == position);
            let overridden: Vec<NodeSource> = overridden.map(|setting| setting.at).collect();
            if !overridden.is_empty() {
                self.problem(codes::DUPLICATE_SETTING, &name, format!("`{name}` is set more than once"));
                self.problems.last_mut().into_iter().for_each(|last| last.overridden.clone_from(&overridden));
            }
            let own = settings.get(position).map(|setting| &setting.val);
            let val = self.by_name(&name).or(own);
            let given = Given { name, io_type: input.io_type, top: prefix.is_empty(), val };
            match input.form {
                Form::Socket => self.socket(&given),
                Form::Widget(def) | Form::Int(def, ..) | Form::Float(def, ..) | Form::Combo(def, _) => {
                    self.widget(&given, WidgetForm::Plain, def);
                }
                Form::Special(form, def) => self.widget(&given, form, def),
                Form::Hidden(form, def) => self.hidden(&given, form, def),
                Form::Dynamic(options) => self.dynamic(&given, options),
                Form::Grow(names, _) => self.grow(&given, names),
            }
        }
    }

    /// What was set by name for this declared input.
    fn by_name(&mut self, name: &str) -> Option<&'d Val<'c>> {
        let position = self.by_name.iter().position(|setting| *setting.name == *name)?;
        self.used.push(position);
        self.by_name.get(position).map(|setting| &setting.val)
    }

    fn socket(&mut self, given: &Given<'_, 'c>) {
        let place = if given.top { Place::Socket } else { Place::Further };
        let (link, value) = self.read(&given.name, given.val, None);
        self.push(given, place, link, value);
    }

    fn widget(&mut self, given: &Given<'_, 'c>, form: WidgetForm, def: Def<'_>) {
        let place = if given.top { Place::Widget } else { Place::Further };
        let (link, value) = self.read(&given.name, given.val, def.value());
        self.push_widget(given, place, form, link, value);
    }

    fn hidden(&mut self, given: &Given<'_, 'c>, form: WidgetForm, def: Def<'_>) {
        let (link, value) = self.read(&given.name, given.val, def.value());
        let place = if link.is_some() { Place::Further } else { Place::Nowhere };
        self.push_widget(given, place, form, link, value);
    }

    /// A dynamic combo, then the inputs of the chosen option. Under a link, the option is that of its own value.
    fn dynamic(&mut self, given: &Given<'d, 'c>, options: &'c [Opt<'c>]) {
        let (link, own) = match given.val {
            Some(Val::Or(link, value)) => (Some(*link), Some(&**value)),
            other => (None, other),
        };
        let (inner, key, settings) = if let Some(Val::Pick(pick)) = own {
            (None, Some(pick.key.into()), &pick.settings)
        } else {
            let default = options.first().map(|option| option.key.into());
            let (inner, key) = self.read(&given.name, own, default);
            (inner, key, &NOTHING_SET)
        };
        let place = if given.top { Place::Widget } else { Place::Further };
        self.push_widget(given, place, WidgetForm::Plain, link.or(inner), key.clone());
        self.options(&given.name, options, key.as_ref(), settings);
    }

    /// The inputs of the option of this key; none for a key that is no option.
    fn options(
        &mut self,
        name: &str,
        options: &'c [Opt<'c>],
        key: Option<&Value>,
        settings: &'d Settings<'c>,
    ) {
        let chosen =
            key.and_then(Value::as_str).and_then(|key| options.iter().find(|option| option.key == key));
        if let Some(option) = chosen {
            self.unfold(option.inputs, settings, &format!("{name}."));
        }
    }

    /// The items of an autogrow input. Anything else than a list stands under the input's own name.
    fn grow(&mut self, given: &Given<'_, 'c>, names: Names<'_>) {
        let items = match given.val {
            None | Some(Val::Unlinked | Val::Unset) => return,
            Some(Val::Grow(items)) => items,
            Some(other) => {
                let (link, value) = self.read(&given.name, Some(other), None);
                return self.push(given, Place::Further, link, value);
            }
        };
        let unnamed = items.iter().filter(|item| item.name.is_none()).count();
        if unnamed > names.max() {
            let message =
                format!("`{}` takes at most {} items, {unnamed} are given", given.name, names.max());
            self.problem(codes::TOO_MANY_ITEMS, &given.name, message);
        }
        let mut position = 0;
        for item in items {
            let key = if let Some(name) = &item.name {
                name.to_string()
            } else {
                position += 1;
                names.name(position - 1)
            };
            self.item(given, &key, item);
        }
    }

    fn item(&mut self, list: &Given<'_, 'c>, key: &str, item: &Item<'_>) {
        let name = format!("{}.{key}", list.name);
        if self.list.iter().any(|field| *field.name == *name) {
            self.problem(codes::DUPLICATE_SETTING, &name, format!("`{name}` is set more than once"));
            return;
        }
        let val = self.by_name(&name).unwrap_or(&item.val);
        let (link, value) = self.read(&name, Some(val), None);
        if link.is_some() || value.is_some() {
            let given = Given { name, io_type: list.io_type, top: false, val: None };
            self.push(&given, Place::Further, link, value);
        }
    }

    /// An input that no table declares: a link or a type makes a socket, a value a widget.
    fn undeclared(&mut self, setting: &Named<'_>, type_of: &impl Fn(Link) -> Box<str>) {
        let (link, value) = self.read(&setting.name, Some(&setting.val), None);
        let widget = value.is_some();
        let has_socket = link.is_some() || setting.io_type.is_some();
        let of_link = || link.map_or_else(|| "*".into(), type_of);
        self.list.push(Field {
            name: setting.name.clone(),
            io_type: setting.io_type.clone().unwrap_or_else(of_link),
            place: if has_socket { Place::Further } else { Place::Nowhere },
            widget,
            form: WidgetForm::Plain,
            link,
            value,
        });
    }

    /// The link and the value that a setting stands for, for an input that is no list and no dynamic combo.
    fn read(
        &mut self,
        name: &str,
        val: Option<&Val<'_>>,
        default: Option<Value>,
    ) -> (Option<Link>, Option<Value>) {
        match val {
            None | Some(Val::Unlinked) => (None, default),
            Some(Val::Unset) => (None, None),
            Some(Val::Link(link)) => (Some(*link), default),
            Some(Val::Json(value)) => (None, Some(value.clone())),
            Some(Val::NotFinite(number)) => {
                let message = format!("`{name}` is {number}, which no prompt can say");
                self.problem(codes::INVALID_INPUT_TYPE, name, message);
                (None, default)
            }
            Some(Val::Or(link, value)) => (Some(*link), self.read(name, Some(value), default).1),
            Some(Val::Pick(pick)) => (None, Some(pick.key.into())),
            Some(Val::Grow(_)) => {
                let message = format!("`{name}` takes one value, a list is given");
                self.problem(codes::INVALID_INPUT_TYPE, name, message);
                (None, default)
            }
        }
    }

    fn push(&mut self, given: &Given<'_, 'c>, place: Place, link: Option<Link>, value: Option<Value>) {
        self.push_widget(given, place, WidgetForm::Plain, link, value);
        if let Some(field) = self.list.last_mut() {
            field.widget = false;
        }
    }

    fn push_widget(
        &mut self,
        given: &Given<'_, 'c>,
        place: Place,
        form: WidgetForm,
        link: Option<Link>,
        value: Option<Value>,
    ) {
        let (name, io_type) = (given.name.as_str().into(), given.io_type.into());
        self.list.push(Field { name, io_type, place, widget: true, form, link, value });
    }

    fn problem(&mut self, code: Code, input: &str, message: String) {
        self.problems.push(Problem { code, input: input.into(), message, overridden: Vec::new() });
    }
}

/// The settings of an option that nobody made a builder for.
static NOTHING_SET: Settings<'static> = Settings { set: Vec::new(), overridden: Vec::new() };
