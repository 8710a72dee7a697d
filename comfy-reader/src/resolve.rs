//! What a path stands for: names of the program, of the runtime, of the generated code, of Rust itself.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use comfy_codegen::model::Form;
use comfy_graph::{diag::codes, suggest};
use indexmap::IndexMap;

use super::{
    at::At,
    program::{Import, Name, Program},
    report::Report,
    ty::Con,
    world::{Generated, World},
};

/// What a path stands for.
#[derive(Clone, Copy)]
pub(super) enum Res<'a> {
    Name(Name),
    Variant(u32, u32),
    Generated(Generated<'a>),
    /// The struct of a node's outputs.
    Out(&'a comfy_codegen::model::NodeModel<'a>),
    /// Something of the runtime or of Rust, by its name.
    Builtin(&'static str),
    Inside(Inside),
}

/// Something that names are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    Module(usize),
    /// The generated code, and its module `out`.
    Nodes,
    NodesOut,
    /// The runtime's crate and its prelude.
    Dsl,
    Prelude,
    Std,
}

/// Whether a type (or module) or a value is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Type,
    Value,
}

/// `comfy_dsl::prelude`.
const PRELUDE: &[&str] = &[
    "Any",
    "Bool",
    "BoolInput",
    "Choice",
    "Combo",
    "Float",
    "FloatInput",
    "Flow",
    "Int",
    "IntInput",
    "IntoInput",
    "List",
    "NodeRef",
    "Output",
    "Raw",
    "RawNode",
    "SeedInput",
    "Str",
    "StrInput",
    "Unset",
    "grow",
    "raw",
    "unlinked",
    "json",
    "node",
];
/// What the runtime has beside its prelude.
const RUNTIME: &[&str] =
    &["Accepts", "ComfyType", "Mode", "Or", "Boundary", "Grow", "RawValue", "NodeExt", "Builder"];
/// Rust's own prelude, as far as flows need it, and primitive types.
const RUST: &[&str] = &[
    "Vec",
    "Option",
    "Box",
    "From",
    "Result",
    "Ok",
    "Err",
    "String",
    "Some",
    "None",
    "Into",
    "Clone",
    "Copy",
    "ToString",
    "bool",
    "char",
    "str",
    "f32",
    "f64",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "PartialEq",
    "Ord",
    "Default",
    "Iterator",
    "IntoIterator",
    "Fn",
    "FnMut",
    "FnOnce",
    "PartialOrd",
    "Eq",
];
/// What is somewhere in `std`.
const STD: &[&str] =
    &["Display", "Debug", "min", "max", "PI", "repeat", "HashMap", "BTreeMap", "Error", "Formatter"];
/// What everybody knows of `std`, and is not read.
const UNREAD: &[&str] = &[
    "Arc",
    "BTreeSet",
    "Cow",
    "File",
    "HashSet",
    "Rc",
    "RefCell",
    "VecDeque",
    "env",
    "fs",
    "process",
    "serde_json",
    "std",
];
/// What to write instead of them.
const INSTEAD: &[(&[&str], &str)] = &[
    (&["HashSet", "BTreeSet"], "a `Vec` does the same: `contains` looks a value up"),
    (&["VecDeque"], "a `Vec` does the same"),
    (
        &["Arc", "Rc", "Box", "Cow", "RefCell"],
        "write the value itself: outputs are `Copy`, texts are `String`",
    ),
    (
        &["File", "env", "fs", "process"],
        "a flow gets its values as constants; what reads files or arguments belongs into `main`, which is not read",
    ),
];

/// What to write instead of something of `std` that is not read.
pub(super) fn instead_of(name: &str) -> Option<&'static str> {
    INSTEAD.iter().find(|(names, _)| names.contains(&name)).map(|(_, instead)| *instead)
}

/// Values, among the names above.
const VALUES: &[&str] = &[
    "grow", "raw", "unlinked", "json", "node", "Some", "None", "Ok", "Err", "Unset", "min", "max", "PI",
    "repeat",
];

fn known(list: &[&'static str], name: &str) -> Option<&'static str> {
    list.iter().copied().find(|known| *known == name)
}

/// A builtin of this name, if there is one in the list and in the name space.
fn builtin<'a>(list: &[&'static str], name: &str, space: Space) -> Option<Res<'a>> {
    let name = known(list, name)?;
    let is_value = VALUES.contains(&name);
    // `Unset` is a type and a value
    let fits = match space {
        Space::Value => is_value,
        Space::Type => !is_value || name == "Unset",
    };
    fits.then_some(Res::Builtin(name))
}

/// Looks names up.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'w, 'a, 'c> {
    pub(super) world: &'w World<'a, 'c>,
    pub(super) program: &'w Program<'a>,
    pub(super) report: &'w Report,
    /// Names that were looked up before; there once all items are known.
    pub(super) seen: Option<&'w Seen<'a>>,
}

/// What names stand for as modules see them. Bodies ask for few names often, and each may go through many imports.
#[derive(Default)]
pub(super) struct Seen<'a> {
    names: RefCell<BTreeMap<(usize, Space), Known<'a>>>,
    /// What the glob imports of a module open.
    globs: RefCell<BTreeMap<usize, Rc<[Res<'a>]>>>,
}

type Known<'a> = IndexMap<Box<str>, Option<Res<'a>>>;

impl<'a> Seen<'a> {
    /// What was found before, or is found now.
    fn get_or(
        &self,
        module: usize,
        name: &str,
        space: Space,
        find: impl FnOnce() -> Option<Res<'a>>,
    ) -> Option<Res<'a>> {
        let known = self.names.borrow().get(&(module, space)).and_then(|names| names.get(name)).copied();
        known.unwrap_or_else(|| {
            let found = find();
            self.names.borrow_mut().entry((module, space)).or_default().insert(name.into(), found);
            found
        })
    }

    fn globs_or(&self, module: usize, find: impl FnOnce() -> Rc<[Res<'a>]>) -> Rc<[Res<'a>]> {
        let known = self.globs.borrow().get(&module).map(Rc::clone);
        known.unwrap_or_else(|| {
            let found = find();
            self.globs.borrow_mut().insert(module, Rc::clone(&found));
            found
        })
    }
}

/// Imports that lead to imports end somewhere.
const MAX_HOPS: usize = 16;

impl<'a> Resolver<'_, 'a, '_> {
    /// What a path means in a module.
    pub(super) fn path(&self, module: usize, path: &[String], space: Space) -> Option<Res<'a>> {
        self.path_in(module, path, space, 0)
    }

    fn path_in(&self, module: usize, path: &[String], space: Space, hops: usize) -> Option<Res<'a>> {
        let (first, rest) = path.split_first()?;
        let Some((last, between)) = rest.split_last() else {
            return self.name(module, first, space, hops);
        };
        let mut at = self.start(module, first, hops)?;
        for segment in between {
            at = self.member(at, segment, Space::Type, module, hops)?;
        }
        self.member(at, last, space, module, hops)
    }

    /// The first segment of a longer path.
    fn start(&self, module: usize, first: &str, hops: usize) -> Option<Res<'a>> {
        let inside = |inside| Some(Res::Inside(inside));
        match first {
            "crate" => inside(Inside::Module(0)),
            "self" => inside(Inside::Module(self.out_of_blocks(module))),
            "super" => {
                let parent = self.program.modules.get(self.out_of_blocks(module))?.parent;
                // above the file there is the rest of somebody's crate, and the nodes
                parent.map_or(Some(Res::Inside(Inside::Nodes)), |parent| {
                    Some(Res::Inside(Inside::Module(self.out_of_blocks(parent))))
                })
            }
            _ => self.name(module, first, Space::Type, hops).or_else(|| match first {
                "comfy_dsl" => inside(Inside::Dsl),
                "std" | "core" | "alloc" | "serde_json" => inside(Inside::Std),
                // what else can it be? every program has its own name for the crate of its nodes
                _ => inside(Inside::Nodes),
            }),
        }
    }

    fn out_of_blocks(&self, module: usize) -> usize {
        let mut module = module;
        while let Some(found) = self.program.modules.get(module).filter(|found| found.block) {
            module = found.parent.unwrap_or(0);
        }
        module
    }

    /// A single name as a module sees it.
    fn name(&self, module: usize, name: &str, space: Space, hops: usize) -> Option<Res<'a>> {
        let find = || self.look_up(module, name, space, hops);
        match self.seen {
            Some(seen) if hops == 0 => seen.get_or(module, name, space, find),
            _ => find(),
        }
    }

    fn look_up(&self, module: usize, name: &str, space: Space, hops: usize) -> Option<Res<'a>> {
        let mut at = module;
        loop {
            if let Some(found) = self.in_module(at, name, space, hops) {
                return Some(found);
            }
            let here = self.program.modules.get(at)?;
            match here.parent {
                Some(parent) if here.block => at = parent,
                _ => return builtin(RUST, name, space),
            }
        }
    }

    /// A name that a module has or imports.
    fn in_module(&self, module: usize, name: &str, space: Space, hops: usize) -> Option<Res<'a>> {
        let here = self.program.modules.get(module)?;
        let own = if space == Space::Type { &here.types } else { &here.values };
        if let Some((name, _)) = own.get(name) {
            return Some(Res::Name(*name));
        }
        if hops > MAX_HOPS {
            return None;
        }
        if let Some(Import { path, .. }) = here.imports.get(name)
            && let Some(found) = self.path_in_import(module, path, space, hops + 1)
        {
            return Some(found);
        }
        let in_it = |inside: Res<'a>| self.member(inside, name, space, module, hops + 1);
        let opened = |glob: &Vec<String>| self.container(module, glob, hops + 1);
        match self.seen {
            // inside of imports the answer depends on how many of them were gone through
            Some(seen) if hops == 0 => {
                let find = || here.globs.iter().filter_map(opened).collect();
                seen.globs_or(module, find).iter().copied().find_map(in_it)
            }
            _ => here.globs.iter().filter_map(opened).find_map(in_it),
        }
    }

    /// Paths of imports do not see their own module's globs by their first segment, or they would go in circles.
    fn path_in_import(&self, module: usize, path: &[String], space: Space, hops: usize) -> Option<Res<'a>> {
        self.path_in(module, path, space, hops)
    }

    /// What a glob import opens.
    fn container(&self, module: usize, path: &[String], hops: usize) -> Option<Res<'a>> {
        let (first, rest) = path.split_first()?;
        let mut at = match self.own_type(module, first) {
            Some(name) => Res::Name(name),
            None if ["crate", "self", "super", "comfy_dsl", "std", "core", "serde_json"]
                .contains(&first.as_str()) =>
            {
                self.start(module, first, hops)?
            }
            None => match self.program.modules.get(module)?.imports.get(first) {
                Some(import) => self.path_in(module, &import.path, Space::Type, hops)?,
                None => Res::Inside(Inside::Nodes),
            },
        };
        for segment in rest {
            at = self.member(at, segment, Space::Type, module, hops)?;
        }
        Some(at)
    }

    fn own_type(&self, module: usize, name: &str) -> Option<Name> {
        let mut at = Some(module);
        while let Some(module) = at {
            let here = self.program.modules.get(module)?;
            if let Some((name, _)) = here.types.get(name) {
                return Some(*name);
            }
            at = here.parent.filter(|_| here.block);
        }
        None
    }

    /// A name inside of something.
    fn member(&self, inside: Res<'a>, name: &str, space: Space, from: usize, hops: usize) -> Option<Res<'a>> {
        match inside {
            Res::Inside(Inside::Module(module)) | Res::Name(Name::Module(module)) => match name {
                "super" => {
                    let parent = self.program.modules.get(module)?.parent;
                    Some(Res::Inside(parent.map_or(Inside::Nodes, Inside::Module)))
                }
                "self" => Some(Res::Inside(Inside::Module(module))),
                _ => {
                    let found = self.in_module(module, name, space, hops)?;
                    self.is_visible(module, name, space, from).then_some(found)
                }
            },
            Res::Inside(Inside::Nodes) => match name {
                "out" if space == Space::Type => Some(Res::Inside(Inside::NodesOut)),
                "classes" | "combos" | "types" | "options" | "nodes" if space == Space::Type => {
                    Some(Res::Inside(Inside::Nodes))
                }
                "AnyOf" if space == Space::Type => Some(Res::Builtin("AnyOf")),
                // markers and nodes are no values, but for their associated functions
                _ if space == Space::Type => self.world.generated(name).map(Res::Generated),
                _ => None,
            },
            Res::Inside(Inside::NodesOut) => {
                name.strip_suffix("Out").and_then(|node| self.world.node(node)).map(Res::Out)
            }
            Res::Inside(Inside::Dsl) => match name {
                "prelude" => Some(Res::Inside(Inside::Prelude)),
                _ => builtin(PRELUDE, name, space).or_else(|| builtin(RUNTIME, name, space)),
            },
            Res::Inside(Inside::Prelude) => builtin(PRELUDE, name, space),
            Res::Inside(Inside::Std) => builtin(STD, name, space)
                .or_else(|| builtin(RUST, name, space))
                .or_else(|| builtin(&["Value", "json"], name, space))
                .or((space == Space::Type).then_some(Res::Inside(Inside::Std))),
            Res::Name(Name::Enum(index)) => {
                let item = self.program.enums.get(index as usize)?;
                let variant = item.item.variants.iter().position(|variant| variant.ident == name)?;
                Some(Res::Variant(index, u32::try_from(variant).ok()?))
            }
            _ => None,
        }
    }

    /// Whether an item of a module is public or of a module around the one that names it.
    fn is_visible(&self, module: usize, name: &str, space: Space, from: usize) -> bool {
        let Some(there) = self.program.modules.get(module) else { return false };
        let own = if space == Space::Type { &there.types } else { &there.values };
        let public = own
            .get(name)
            .map(|(_, public)| *public)
            .or_else(|| there.imports.get(name).map(|import| import.public));
        // a glob that is not `pub` shows nothing to others, but nobody builds flows on that
        public.unwrap_or(false) || self.is_within(from, module)
    }

    pub(super) fn is_within(&self, inner: usize, outer: usize) -> bool {
        let mut at = Some(inner);
        while let Some(module) = at {
            if module == outer {
                return true;
            }
            at = self.program.modules.get(module).and_then(|found| found.parent);
        }
        false
    }

    /// `UpscaleMethod::NearestExact`, where the options of `upscale_method` differ from node to node.
    fn option_of_several(&self, owner: &str, variant: &str) -> Option<(String, String)> {
        let names = self.world.names;
        let places = names.classes_of_choice(owner);
        let (_, input) = *places.first()?;
        let combos = places.iter().filter_map(|(class, input)| {
            let model = names.node(class)?;
            let input = model.inputs.iter().find(|model| *model.def.name == **input)?;
            let Form::Combo(combo) = &input.form else { return None };
            Some((combo.alias.as_deref().unwrap_or(&combo.ident), combo))
        });
        let combos: Vec<_> = combos.collect();
        let idents =
            combos.iter().flat_map(|(_, combo)| combo.values.iter().map(|value| value.ident.as_str()));
        let near = suggest::nearest(variant, idents)?;
        let (name, combo) =
            combos.iter().find(|(_, combo)| combo.values.iter().any(|value| value.ident == near))?;
        let text = combo.values.iter().find(|value| value.ident == near)?.value.as_str()?;
        let message = format!("there is no `{owner}`: the options of `{input}` differ from node to node");
        Some((message, format!("write `{text:?}`, or name the node, too, as in `{name}::{near}`")))
    }

    /// Says that a name stands for nothing, and which one may be meant.
    pub(super) fn unknown(&self, path: &[String], what: &str, at: At, locals: &[&str]) {
        if self.report.is_full() {
            return;
        }
        let name = path.last().map_or("", String::as_str);
        let std = |name: &String| UNREAD.contains(&name.as_str());
        if locals.is_empty() && path.iter().any(std) {
            let known = path.iter().find(|name| std(name)).and_then(|name| instead_of(name));
            return self.report.unsupported_std(at, &path.join("::"), known);
        }
        if what == "function" && matches!(path, [name] if name == "drop") {
            return self.report.unsupported(at, "`drop`");
        }
        let message = format!("cannot find {what} `{name}` in this scope");
        let is_node = name.starts_with(|c: char| c.is_ascii_uppercase()) && locals.is_empty();
        let code = if is_node && what == "type" { codes::MISSING_NODE_TYPE } else { codes::RUST_NAME };
        let own =
            self.program.modules.iter().flat_map(|module| module.types.keys().chain(module.values.keys()));
        if let ("value", [owner, variant]) = (what, path)
            && let Some((message, help)) = self.option_of_several(owner, variant)
        {
            return self.report.with_help(code, at, message, help);
        }
        if PRELUDE.contains(&name) {
            let help = "it is one of the runtime's items: `use comfy_dsl::prelude::*;`";
            return self.report.with_help(code, at, message, help);
        }
        let near = suggest::nearest(name, locals.iter().copied().chain(own.map(String::as_str)))
            .map(str::to_owned)
            .or_else(|| {
                if !is_node && what != "type" {
                    return suggest::nearest(name, PRELUDE.iter().copied()).map(str::to_owned);
                }
                suggest::nearest(name, self.world.class_idents()).map(str::to_owned)
            });
        match near {
            // it is there, only not in reach
            Some(near) if near == name => {
                let help = "it is one of the generated items: import them, as in `use nodes::*;`";
                self.report.with_help(code, at, message, help);
            }
            Some(near) => self.report.with_help(code, at, message, format!("did you mean `{near}`?")),
            None => self.report.error(code, at, message),
        }
    }
}

/// The type constructor of a builtin name without arguments.
pub(super) fn plain_type<'a>(name: &str) -> Option<Con<'a>> {
    Some(match name {
        "bool" => Con::Bool,
        "char" => Con::Char,
        "str" => Con::Str,
        "String" => Con::String,
        "f32" => Con::F32,
        "f64" => Con::F64,
        "Flow" => Con::Flow,
        "NodeRef" => Con::NodeRef,
        "Raw" => Con::Raw,
        "RawNode" => Con::RawNode,
        "Unset" => Con::Unset,
        "Value" => Con::Json,
        "Mode" => Con::Mode,
        "Formatter" => Con::Formatter,
        _ => return super::ty::IntTy::find(name).map(Con::Int),
    })
}
