//! `impl` blocks: whose they are, what they are of, and whether they are as their traits want them.

use std::collections::BTreeMap;

use comfy_graph::diag::codes;
use syn::{PathArguments, Type};

use super::{
    at::At,
    program::{ImplItem, Member, Name, Program, TraitImpl, mark},
    report::Report,
    resolve::{Res, Resolver, Space},
    ty::{Con, Ty},
    types::{TypeReader, fmt_result, segments},
    world::World,
};

/// Finds out whose the members of `impl` blocks are, and what `Self` is in them.
pub(super) fn find<'a>(program: &mut Program<'a>, world: &World<'a, '_>, report: &Report) {
    let owner = |item: &ImplItem<'a>| {
        let Type::Path(path) = &*item.item.self_ty else { return None };
        let resolver = Resolver { world, program, report, seen: None };
        match resolver.path(item.module, &segments(&path.path), Space::Type) {
            Some(Res::Name(name @ (Name::Struct(_) | Name::Enum(_)))) => Some(name),
            _ => None,
        }
    };
    let owners: Vec<Option<Name>> = program.impls.iter().map(owner).collect();
    for (item, owner) in std::mem::take(&mut program.impls).into_iter().zip(owners) {
        let Some(owner) = owner else {
            report.unsupported(At::of(&*item.item.self_ty), "an `impl` of anything but a type of this file");
            continue;
        };
        if let Some(module) = program.modules.get_mut(item.module) {
            module.types.insert("Self".to_owned(), (owner, false));
            module.values.insert("Self".to_owned(), (owner, false));
        }
        match Header::of(program, world, report, &item) {
            Header::Own => own_members(program, report, owner, item),
            Header::From => conversions(program, report, owner, &item),
            Header::Display => shows(program, report, owner, &item),
            Header::Trait(of) => implement(program, report, of, owner, &item),
            Header::Unread => {
                let at = item
                    .item
                    .trait_
                    .as_ref()
                    .map_or_else(|| At::of(&*item.item.self_ty), |(of, _)| At::of(of));
                let instead = "give the type a method of its own: `impl Type { fn .. }`";
                report.unsupported_but(at, "an `impl` of this trait", instead);
            }
        }
    }
}

/// The functions and constants of a type itself.
fn own_members<'a>(program: &mut Program<'a>, report: &Report, owner: Name, item: ImplItem<'a>) {
    for (ident, member) in item.members {
        let known = program.members.entry(owner).or_default().insert(ident.to_string(), member);
        if known.is_some() {
            let message = format!("the name `{ident}` is defined twice for this type");
            report.error(codes::RUST_NAME, At::of(ident), message);
        }
    }
}

/// The function of an `impl From<..>`.
fn conversions<'a>(program: &mut Program<'a>, report: &Report, owner: Name, item: &ImplItem<'a>) {
    match item.members.as_slice() {
        [(ident, Member { name: Name::Fn(index), .. })] if **ident == "from" => {
            program.conversions.push((owner, *index));
        }
        _ => {
            let message = "an `impl From` has a function `from`";
            report.error(codes::RUST_NAME, At::of(&*item.item.self_ty), message);
        }
    }
}

/// The function of an `impl Display`.
fn shows<'a>(program: &mut Program<'a>, report: &Report, owner: Name, item: &ImplItem<'a>) {
    match item.members.as_slice() {
        [(ident, Member { name: Name::Fn(index), .. })] if **ident == "fmt" => {
            if program.displays.insert(owner, *index).is_some() {
                report.error(codes::RUST_NAME, At::of(*ident), "`Display` is implemented twice");
            }
        }
        _ => {
            let message = "an `impl Display` has a function `fmt`";
            report.error(codes::RUST_NAME, At::of(&*item.item.self_ty), message);
        }
    }
}

/// Looks whether `impl` blocks are as their traits want them, once signatures are read.
pub(super) fn check<'a>(program: &Program<'a>, world: &World<'a, '_>, report: &Report) {
    for (_, function) in &program.conversions {
        conversion(program, world, report, *function);
    }
    for each in &program.trait_impls {
        complete(program, report, each);
    }
    for function in program.displays.values() {
        display(program, report, *function);
    }
}

/// What an `impl` is of.
enum Header {
    /// The type itself, or `Default`.
    Own,
    From,
    Display,
    /// A trait of the program.
    Trait(u32),
    /// A trait that is not read.
    Unread,
}

impl Header {
    fn of<'a>(program: &Program<'a>, world: &World<'a, '_>, report: &Report, item: &ImplItem<'a>) -> Self {
        let Some((path, _)) = &item.item.trait_ else { return Self::Own };
        let resolver = Resolver { world, program, report, seen: None };
        match resolver.path(item.module, &segments(path), Space::Type) {
            Some(Res::Name(Name::Trait(of))) => Self::Trait(of),
            Some(Res::Builtin("Default")) => Self::Own,
            Some(Res::Builtin("From")) => Self::From,
            Some(Res::Builtin("Display")) => Self::Display,
            _ => Self::Unread,
        }
    }
}

/// Enters the functions of a trait's `impl`.
fn implement<'a>(program: &mut Program<'a>, report: &Report, of: u32, owner: Name, item: &ImplItem<'a>) {
    let at = At::of(&*item.item.self_ty);
    if program.trait_impls.iter().any(|each| each.of == of && each.owner == owner) {
        report.error(codes::RUST_NAME, at, "this trait is implemented twice for this type");
    }
    let mut functions = BTreeMap::new();
    for (ident, member) in &item.members {
        let declared =
            program.traits.get(of as usize).and_then(|item| item.functions.get(&ident.to_string()));
        match (declared, member.name) {
            (Some(declared), Name::Fn(index)) => {
                program.dispatch.insert((*declared, mark(owner)), index);
                if functions.insert(ident.to_string(), index).is_some() {
                    report.error(
                        codes::RUST_NAME,
                        At::of(*ident),
                        format!("`{ident}` is defined twice here"),
                    );
                }
            }
            _ => {
                let message = format!("the trait has no `{ident}`");
                report.error(codes::RUST_NAME, At::of(*ident), message);
            }
        }
    }
    program.trait_impls.push(TraitImpl { of, owner, item: item.item, functions });
}

/// Whether an `impl` has what its trait asks for.
fn complete(program: &Program<'_>, report: &Report, each: &TraitImpl<'_>) {
    let Some(of) = program.traits.get(each.of as usize) else { return };
    let own = match each.owner {
        Name::Struct(index) => Ty::con(Con::Struct(index)),
        Name::Enum(index) => Ty::con(Con::Enum(index)),
        _ => return,
    };
    for (name, declared) in &of.functions {
        let Some(wanted) = program.fns.get(*declared as usize) else { continue };
        let Some(found) = each.functions.get(name).and_then(|index| program.fns.get(*index as usize)) else {
            if wanted.block.is_none() {
                let message = format!("`{name}` of the trait `{}` is missing", of.ident);
                report.error(codes::RUST_TYPE, At::of(&*each.item.self_ty), message);
            }
            continue;
        };
        let same = |wanted: &Ty<'_>, found: &Ty<'_>| wanted.put_own(&own).same(found);
        let fits = wanted.params.len() == found.params.len()
            && wanted.params.iter().zip(&found.params).all(|(wanted, found)| same(wanted, found))
            && same(&wanted.result, &found.result)
            && wanted.sig.receiver().is_some() == found.sig.receiver().is_some()
            && found.generics.is_empty();
        if !fits {
            let message = format!("`{name}` is not as the trait `{}` declares it", of.ident);
            report.error(codes::RUST_TYPE, At::span(found.sig.ident.span()), message);
        }
    }
}

/// Whether `fmt` is what `Display` asks for.
fn display(program: &Program<'_>, report: &Report, function: u32) {
    let Some(item) = program.fns.get(function as usize) else { return };
    let formatter = Ty::with(Con::RefMut, [Ty::con(Con::Formatter)]);
    let result = fmt_result();
    let fits = matches!(item.params.as_slice(), [Ty::Con(Con::Ref, _), given] if given.same(&formatter))
        && item.sig.receiver().is_some()
        && item.result.same(&result);
    if !fits {
        let message = "this is no `fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result`";
        report.error(codes::RUST_TYPE, At::span(item.sig.ident.span()), message);
    }
}

/// Whether `fn from` takes what its `impl From<..>` says, and gives the type that it is for.
fn conversion<'a>(program: &Program<'a>, world: &World<'a, '_>, report: &Report, function: u32) {
    let Some(item) = program.fns.get(function as usize) else { return };
    let reader =
        TypeReader { resolver: Resolver { world, program, report, seen: None }, module: item.module };
    let of = program.headers.get(&item.module).map(|path| &path.segments);
    let given = match of.and_then(|segments| segments.last()).map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(given)) => reader.bracketed(given, &mut |_| Ty::error()),
        _ => Vec::new(),
    };
    let own = reader.own();
    let fits = matches!((given.as_slice(), item.params.as_slice()), ([wanted], [own]) if wanted.same(own))
        && own.is_some_and(|own| own.same(&item.result));
    if !fits {
        let at = At::span(item.sig.ident.span());
        report.error(codes::RUST_TYPE, at, "this is not the `from` that its `impl From<..>` asks for");
    }
}
