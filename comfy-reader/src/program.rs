//! The items of a program: functions, constants, types and modules, and what names stand for in them.

use std::collections::BTreeMap;

use comfy_graph::diag::codes;
use syn::{Item, Signature, UseTree, Visibility};

use super::{at::At, lifetimes, report::Report, ty::Ty};

/// All items, each kind under numbers of its own. Module 0 is the file.
#[derive(Default)]
pub(super) struct Program<'a> {
    pub(super) modules: Vec<Module>,
    pub(super) fns: Vec<FnItem<'a>>,
    pub(super) consts: Vec<ConstItem<'a>>,
    pub(super) structs: Vec<StructItem<'a>>,
    pub(super) enums: Vec<EnumItem<'a>>,
    pub(super) aliases: Vec<(&'a syn::ItemType, usize)>,
    /// Type parameters, and `impl Trait` of signatures.
    pub(super) params: Vec<Param<'a>>,
    /// Blocks with items of their own, by where they begin, and the module of these.
    pub(super) blocks: BTreeMap<usize, usize>,
    pub(super) impls: Vec<ImplItem<'a>>,
    /// Functions and constants of types; known once the types of `impl` blocks are.
    pub(super) members: BTreeMap<Name, BTreeMap<String, Member>>,
    /// The functions of `impl From<..> for ..`, with whose they are.
    pub(super) conversions: Vec<(Name, u32)>,
    /// The traits of `impl` blocks, by the modules of these.
    pub(super) headers: BTreeMap<usize, &'a syn::Path>,
    /// The functions `fmt` of `impl Display`.
    pub(super) displays: BTreeMap<Name, u32>,
    pub(super) traits: Vec<TraitItem<'a>>,
    /// Known once the types of `impl` blocks are, as is [`dispatch`](Self::dispatch).
    pub(super) trait_impls: Vec<TraitImpl<'a>>,
    /// The functions of traits, with the [`mark`]s of types → the functions of these.
    pub(super) dispatch: BTreeMap<(u32, i128), u32>,
}

/// A module, or a block with items.
#[derive(Default)]
pub(super) struct Module {
    pub(super) parent: Option<usize>,
    /// A block sees everything around it; a module does not.
    pub(super) block: bool,
    /// Types and modules: name → what, and whether others see it.
    pub(super) types: BTreeMap<String, (Name, bool)>,
    /// Functions, constants and constructors.
    pub(super) values: BTreeMap<String, (Name, bool)>,
    pub(super) imports: BTreeMap<String, Import>,
    pub(super) globs: Vec<Vec<String>>,
}

/// `use path as name;`
#[derive(Clone, Debug)]
pub(super) struct Import {
    pub(super) path: Vec<String>,
    pub(super) public: bool,
}

/// What a name of the program stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Fn(u32),
    Const(u32),
    Struct(u32),
    Enum(u32),
    Alias(u32),
    Module(usize),
    /// A type parameter.
    Param(u32),
    Trait(u32),
}

/// The number that values have at their end, where their type has traits of the program.
pub(super) fn mark(owner: Name) -> i128 {
    match owner {
        Name::Struct(index) => 2 * i128::from(index),
        Name::Enum(index) => 2 * i128::from(index) + 1,
        _ => -1,
    }
}

/// A trait of the program.
pub(super) struct TraitItem<'a> {
    pub(super) ident: &'a syn::Ident,
    pub(super) item: &'a syn::ItemTrait,
    /// Its functions, by their names.
    pub(super) functions: BTreeMap<String, u32>,
}

/// `impl Trait for Type`
pub(super) struct TraitImpl<'a> {
    pub(super) of: u32,
    pub(super) owner: Name,
    pub(super) item: &'a syn::ItemImpl,
    pub(super) functions: BTreeMap<String, u32>,
}

pub(super) struct FnItem<'a> {
    pub(super) module: usize,
    pub(super) sig: &'a Signature,
    /// There is none where a trait only asks for the function.
    pub(super) block: Option<&'a syn::Block>,
    /// What `Self` is in a trait.
    pub(super) own: Option<u32>,
    /// Its type parameters, among those of the program.
    pub(super) generics: Vec<u32>,
    /// Known once signatures are read.
    pub(super) params: Vec<Ty<'a>>,
    pub(super) result: Ty<'a>,
}

pub(super) struct ConstItem<'a> {
    pub(super) module: usize,
    pub(super) written: &'a syn::Type,
    pub(super) value: &'a syn::Expr,
    pub(super) is_static: bool,
    pub(super) ty: Ty<'a>,
}

#[expect(clippy::struct_excessive_bools, reason = "what is derived, each by itself")]
pub(super) struct StructItem<'a> {
    pub(super) module: usize,
    pub(super) item: &'a syn::ItemStruct,
    /// Names (numbers of a tuple struct) and types.
    pub(super) fields: Vec<(String, Ty<'a>)>,
    pub(super) copy: bool,
    pub(super) clone: bool,
    /// Derived, as are the others.
    pub(super) default: bool,
    pub(super) debug: bool,
    pub(super) eq: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "what is derived, each by itself")]
pub(super) struct EnumItem<'a> {
    pub(super) module: usize,
    pub(super) item: &'a syn::ItemEnum,
    /// Names, with the fields of each.
    pub(super) variants: Vec<(String, Vec<(String, Ty<'a>)>)>,
    pub(super) copy: bool,
    pub(super) clone: bool,
    pub(super) eq: bool,
    pub(super) debug: bool,
}

/// An `impl` block. Its module is a block in which `Self` is a name.
pub(super) struct ImplItem<'a> {
    pub(super) item: &'a syn::ItemImpl,
    pub(super) module: usize,
    pub(super) members: Vec<(&'a syn::Ident, Member)>,
}

/// A function or a constant of a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// [`Name::Fn`] or [`Name::Const`].
    pub(super) name: Name,
    pub(super) public: bool,
    /// Of the `impl` block.
    pub(super) module: usize,
}

/// A type parameter.
pub(super) struct Param<'a> {
    /// Known once signatures are read.
    pub(super) bounds: Vec<Bound<'a>>,
    /// As it is written.
    pub(super) text: String,
}

/// How a function that is a value may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Calls {
    /// `FnOnce`
    Once,
    /// `FnMut`
    Mut,
    /// `Fn`
    Shared,
}

/// What a type parameter can promise.
#[derive(Clone, Debug)]
pub(super) enum Bound<'a> {
    /// `Fn(A) -> B` and its like: the parameters, and the result.
    Fn(Calls, Vec<Ty<'a>>, Ty<'a>),
    /// A trait of the program.
    Trait(u32),
    /// `IntoIterator<Item = T>`
    Items(Ty<'a>),
    PartialEq,
    PartialOrd,
    Eq,
    Ord,
    Int,
    Seed,
    Float,
    Str,
    Bool,
    Choice(Ty<'a>),
    Boundary(Ty<'a>),
    Into(Ty<'a>),
    /// `LinkInput<T>`: an output of this marker.
    Link(Ty<'a>),
    RawValue,
    /// `Into<String>`
    String,
    /// `Into<NodeRef>`
    NodeRef,
    /// `Into<Value>`
    Json,
    /// `T: Accepts<U>`; this is the `T`.
    Accepts(Ty<'a>),
    Display,
    Debug,
    ComfyType,
    Serialize,
    Clone,
    Copy,
}

/// Finds the items of a file.
pub(super) fn collect<'a>(file: &'a syn::File, report: &Report) -> Program<'a> {
    let mut collector = Collector { program: Program::default(), report };
    collector.program.modules.push(Module::default());
    collector.items(&file.items, 0);
    collector.program
}

struct Collector<'a, 'r> {
    program: Program<'a>,
    report: &'r Report,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl<'a> Collector<'a, '_> {
    fn items(&mut self, items: &'a [Item], module: usize) {
        for item in items {
            self.item(item, module);
        }
    }

    fn item(&mut self, item: &'a Item, module: usize) {
        let program = &mut self.program;
        match item {
            Item::Fn(item) => {
                let name = self.function(module, &item.attrs, &item.sig, Some(&item.block));
                self.declare(module, &item.sig.ident, name, false, &item.vis);
            }
            Item::Const(item) => {
                let name = Name::Const(number(program.consts.len()));
                self.constant(module, &item.ty, &item.expr, false);
                self.declare(module, &item.ident, name, false, &item.vis);
            }
            Item::Static(item) => {
                let name = Name::Const(number(program.consts.len()));
                if !matches!(item.mutability, syn::StaticMutability::None) {
                    self.report.unsupported(At::of(item), "`static mut`");
                }
                self.constant(module, &item.ty, &item.expr, true);
                self.declare(module, &item.ident, name, false, &item.vis);
            }
            Item::Struct(item) => self.structure(item, module),
            Item::Enum(item) => self.enumeration(item, module),
            Item::Type(item) => {
                let name = Name::Alias(number(program.aliases.len()));
                program.aliases.push((item, module));
                self.declare(module, &item.ident, name, true, &item.vis);
            }
            Item::Impl(item) => self.implementation(item, module),
            Item::Trait(item) => self.trait_item(item, module),
            Item::Mod(item) => self.module(item, module),
            Item::Use(item) => {
                let public = !matches!(item.vis, Visibility::Inherited);
                self.import(module, &item.tree, Vec::new(), public);
            }
            other => self.report.unsupported(At::of(other), describe_item(other)),
        }
    }

    fn function(
        &mut self,
        module: usize,
        attrs: &[syn::Attribute],
        sig: &'a Signature,
        block: Option<&'a syn::Block>,
    ) -> Name {
        let name = Name::Fn(number(self.program.fns.len()));
        self.refuse_attributes(attrs);
        let (module, generics) = self.type_params(&sig.generics, module);
        let (params, result) = (Vec::new(), Ty::unit());
        self.program.fns.push(FnItem { module, sig, block, own: None, generics, params, result });
        if let Some(block) = block {
            self.block(block, module);
        }
        name
    }

    /// A trait: its functions, in a block in which `Self` is a name.
    fn trait_item(&mut self, item: &'a syn::ItemTrait, parent: usize) {
        self.refuse_attributes(&item.attrs);
        self.refuse_generics(&item.generics);
        if !item.supertraits.is_empty() || item.unsafety.is_some() || item.modifiers.auto_token.is_some() {
            self.report.unsupported(At::span(item.ident.span()), "this kind of trait");
        }
        let index = number(self.program.traits.len());
        let own = number(self.program.params.len());
        self.program.params.push(Param { bounds: vec![Bound::Trait(index)], text: "Self".to_owned() });
        let module = self.program.modules.len();
        let mut inside = Module { parent: Some(parent), block: true, ..Module::default() };
        inside.types.insert("Self".to_owned(), (Name::Param(own), false));
        self.program.modules.push(inside);
        let mut functions = BTreeMap::new();
        for each in &item.items {
            let syn::TraitItem::Fn(each) = each else {
                self.report.unsupported(At::of(each), "anything but functions in a trait");
                continue;
            };
            let implied = |input: &syn::FnArg| matches!(input, syn::FnArg::Typed(typed) if matches!(*typed.ty, syn::Type::ImplTrait(_)));
            if each.sig.generics.type_params().next().is_some() || each.sig.inputs.iter().any(implied) {
                self.report
                    .unsupported(At::span(each.sig.ident.span()), "a type parameter of a trait's function");
            }
            let name = self.function(module, &each.attrs, &each.sig, each.default.as_ref());
            if let (Name::Fn(function), Some(made)) = (name, self.program.fns.last_mut()) {
                made.own = Some(own);
                if functions.insert(each.sig.ident.to_string(), function).is_some() {
                    let message = format!("the name `{}` is defined twice in this trait", each.sig.ident);
                    self.report.error(codes::RUST_NAME, At::span(each.sig.ident.span()), message);
                }
            }
        }
        self.program.traits.push(TraitItem { ident: &item.ident, item, functions });
        self.declare(parent, &item.ident, Name::Trait(index), true, &item.vis);
    }

    /// The type parameters of a function, and the block in which they are names.
    fn type_params(&mut self, generics: &syn::Generics, parent: usize) -> (usize, Vec<u32>) {
        if generics.type_params().next().is_none() {
            return (parent, Vec::new());
        }
        let module = self.program.modules.len();
        let mut inside = Module { parent: Some(parent), block: true, ..Module::default() };
        let mut params = Vec::new();
        for param in generics.type_params() {
            let (index, text) = (number(self.program.params.len()), param.ident.to_string());
            if inside.types.insert(text.clone(), (Name::Param(index), false)).is_some() {
                let message = format!("the name `{text}` is defined twice");
                self.report.error(codes::RUST_NAME, At::span(param.ident.span()), message);
            }
            self.program.params.push(Param { bounds: Vec::new(), text });
            params.push(index);
        }
        self.program.modules.push(inside);
        (module, params)
    }

    /// An `impl` block: of a type itself, or of `Default`.
    fn implementation(&mut self, item: &'a syn::ItemImpl, parent: usize) {
        let module = self.program.modules.len();
        self.program.modules.push(Module { parent: Some(parent), block: true, ..Module::default() });
        self.refuse_attributes(&item.attrs);
        if !lifetimes::are_lifetimes(&item.generics) {
            self.refuse_generics(&item.generics);
        }
        if let Some((of, _)) = &item.trait_ {
            self.program.headers.insert(module, of);
        }
        let mut members = Vec::new();
        for each in &item.items {
            let (ident, name, vis) = match each {
                syn::ImplItem::Fn(each) => {
                    let name = self.function(module, &each.attrs, &each.sig, Some(&each.block));
                    (&each.sig.ident, name, &each.vis)
                }
                syn::ImplItem::Const(each) => {
                    let name = Name::Const(number(self.program.consts.len()));
                    self.constant(module, &each.ty, &each.expr, false);
                    (&each.ident, name, &each.vis)
                }
                other => {
                    self.report.unsupported(At::of(other), "this item");
                    continue;
                }
            };
            let public = item.trait_.is_some() || !matches!(vis, Visibility::Inherited);
            members.push((ident, Member { name, public, module }));
        }
        self.program.impls.push(ImplItem { item, module, members });
    }

    fn constant(&mut self, module: usize, written: &'a syn::Type, value: &'a syn::Expr, is_static: bool) {
        self.program.consts.push(ConstItem { module, written, value, is_static, ty: Ty::error() });
    }

    fn structure(&mut self, item: &'a syn::ItemStruct, module: usize) {
        let name = Name::Struct(number(self.program.structs.len()));
        let derives = self.derives(&item.attrs);
        if !lifetimes::holds_flow(item) {
            self.refuse_generics(&item.generics);
        }
        self.program.structs.push(StructItem {
            module,
            item,
            fields: Vec::new(),
            copy: derives.iter().any(|name| name == "Copy"),
            clone: derives.iter().any(|name| name == "Clone"),
            default: derives.iter().any(|name| name == "Default"),
            debug: derives.iter().any(|name| name == "Debug"),
            eq: derives.iter().any(|name| name == "PartialEq"),
        });
        self.declare(module, &item.ident, name, true, &item.vis);
        if !matches!(item.fields, syn::Fields::Named(_)) {
            self.declare(module, &item.ident, name, false, &item.vis);
        }
    }

    fn enumeration(&mut self, item: &'a syn::ItemEnum, module: usize) {
        let name = Name::Enum(number(self.program.enums.len()));
        let derives = self.derives(&item.attrs);
        self.refuse_generics(&item.generics);
        self.program.enums.push(EnumItem {
            module,
            item,
            variants: Vec::new(),
            copy: derives.iter().any(|name| name == "Copy"),
            clone: derives.iter().any(|name| name == "Clone"),
            eq: derives.iter().any(|name| name == "PartialEq"),
            debug: derives.iter().any(|name| name == "Debug"),
        });
        self.declare(module, &item.ident, name, true, &item.vis);
    }

    fn module(&mut self, item: &'a syn::ItemMod, parent: usize) {
        let Some((_, items)) = &item.content else {
            return self.report.unsupported(At::of(item), "a module in a file of its own");
        };
        let module = self.program.modules.len();
        self.program.modules.push(Module { parent: Some(parent), ..Module::default() });
        self.declare(parent, &item.ident, Name::Module(module), true, &item.vis);
        self.refuse_attributes(&item.attrs);
        self.items(items, module);
    }

    /// Items in the body of a function.
    fn block(&mut self, block: &'a syn::Block, module: usize) {
        if !block.stmts.iter().any(|stmt| matches!(stmt, syn::Stmt::Item(_))) {
            return;
        }
        let inner = self.program.modules.len();
        self.program.modules.push(Module { parent: Some(module), block: true, ..Module::default() });
        self.program.blocks.insert(block_key(block), inner);
        for stmt in &block.stmts {
            if let syn::Stmt::Item(item) = stmt {
                self.item(item, inner);
            }
        }
    }

    fn declare(&mut self, module: usize, ident: &syn::Ident, name: Name, is_type: bool, vis: &Visibility) {
        let Some(module) = self.program.modules.get_mut(module) else { return };
        let names = if is_type { &mut module.types } else { &mut module.values };
        let public = !matches!(vis, Visibility::Inherited);
        if names.insert(ident.to_string(), (name, public)).is_some() {
            let message = format!("the name `{ident}` is defined twice");
            self.report.error(codes::RUST_NAME, At::span(ident.span()), message);
        }
    }

    fn import(&mut self, module: usize, tree: &UseTree, mut path: Vec<String>, public: bool) {
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                self.import(module, &tree.tree, path, public);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(module, tree, path.clone(), public);
                }
            }
            UseTree::Glob(_) => {
                if let Some(module) = self.program.modules.get_mut(module) {
                    module.globs.push(path);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                let last = path.last().cloned().unwrap_or_default();
                self.named_import(module, last, Import { path, public });
            }
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.named_import(module, name.ident.to_string(), Import { path, public });
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    path.push(rename.ident.to_string());
                }
                self.named_import(module, rename.rename.to_string(), Import { path, public });
            }
        }
    }

    fn named_import(&mut self, module: usize, name: String, import: Import) {
        if let Some(module) = self.program.modules.get_mut(module)
            && name != "_"
        {
            module.imports.insert(name, import);
        }
    }

    fn derives(&self, attrs: &[syn::Attribute]) -> Vec<String> {
        let mut names = Vec::new();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
            let parsed = attr.parse_nested_meta(|meta| {
                let name = meta.path.segments.last().map(|segment| segment.ident.to_string());
                names.extend(name);
                Ok(())
            });
            if parsed.is_err() {
                self.report.unsupported(At::of(attr), "this attribute");
            }
        }
        for name in &names {
            if !["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Default", "Hash"]
                .contains(&name.as_str())
            {
                self.report.unsupported(At::of(&attrs[0]), &format!("the derive macro `{name}`"));
            }
        }
        self.refuse_attributes(attrs);
        names
    }

    fn refuse_attributes(&self, attrs: &[syn::Attribute]) {
        const KNOWN: &[&str] = &[
            "allow",
            "expect",
            "warn",
            "doc",
            "derive",
            "must_use",
            "inline",
            "rustfmt",
            "deprecated",
            "default",
        ];
        for attr in attrs {
            let known =
                attr.path().segments.first().is_some_and(|s| KNOWN.iter().any(|known| s.ident == known));
            if !known {
                self.report.unsupported(At::of(attr), "this attribute");
            }
        }
    }

    fn refuse_generics(&self, generics: &syn::Generics) {
        if !generics.params.is_empty() {
            self.report.unsupported(At::of(generics), "a type parameter");
        }
    }
}

impl Program<'_> {
    /// The function `main`, where `flow` is what is read.
    pub(super) fn main_aside(&self) -> Option<u32> {
        let named = |name: &str| self.modules.first().and_then(|file| file.values.get(name));
        match (named("flow"), named("main")) {
            (Some((Name::Fn(_), _)), Some((Name::Fn(main), _))) => Some(*main),
            _ => None,
        }
    }

    /// A function or constant of a struct or an enum.
    pub(super) fn member(&self, owner: Name, name: &str) -> Option<Member> {
        self.members.get(&owner)?.get(name).copied()
    }
}

/// What identifies a block: where it begins.
pub(super) fn block_key(block: &syn::Block) -> usize {
    block.brace_token.span.open().byte_range().start
}

fn describe_item(item: &Item) -> &'static str {
    match item {
        Item::Macro(_) => "a macro of one's own",
        Item::ExternCrate(_) => "`extern crate`",
        Item::Union(_) => "a union",
        _ => "this item",
    }
}
