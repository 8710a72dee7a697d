//! What expressions are made of, for following values: places, variables, what lives as long as the program.

use crate::{
    at::At,
    hir::{Body, Expr, Kind, Local, Std, Stmt},
};

/// The variable that a place is in.
pub(super) fn root(expr: &Expr<'_>) -> Option<Local> {
    match &expr.kind {
        Kind::Local(local) => Some(*local),
        Kind::Field(base, _) | Kind::Index(base, _) | Kind::Deref(base) => root(base),
        _ => None,
    }
}

/// Whether one path begins with the other.
pub(super) fn meet(a: &[usize], b: &[usize]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// The parts of an expression that has no variables of its own.
pub(super) fn parts<'e, 'a>(expr: &'e Expr<'a>) -> Vec<&'e Expr<'a>> {
    match &expr.kind {
        Kind::Some(a)
        | Kind::Not(a)
        | Kind::Neg(a)
        | Kind::Cast(a)
        | Kind::NewRaw(a)
        | Kind::File(a)
        | Kind::Raw(a)
        | Kind::Slot(a, _)
        | Kind::NodeOf(a)
        | Kind::Shown(_, a)
        | Kind::Ref(a)
        | Kind::RefMut(a, _)
        | Kind::Deref(a)
        | Kind::Try(a, _)
        | Kind::Labelled(_, a)
        | Kind::LabelledBody(_, a)
        | Kind::Field(a, _) => vec![a],
        Kind::Repeat(a, b)
        | Kind::Binary(_, a, b)
        | Kind::And(a, b)
        | Kind::Or(a, b)
        | Kind::Set(a, _, _, b)
        | Kind::WithOr(a, b)
        | Kind::Out(a, b)
        | Kind::Index(a, b) => vec![a, b],
        Kind::Range(a, b, _) => [a, b].into_iter().flatten().map(|part| &**part).collect(),
        Kind::GrowPush(a, name, b) => {
            let mut all: Vec<&Expr<'a>> = vec![a];
            all.extend(name.as_deref());
            all.push(b);
            all
        }
        Kind::Panic(message) => message.as_deref().into_iter().collect(),
        Kind::Std(_, args)
        | Kind::Tuple(args)
        | Kind::List(args)
        | Kind::Call(_, args)
        | Kind::Flow(_, args) => args.iter().collect(),
        Kind::CallClosure(callee, args) => std::iter::once(&**callee).chain(args).collect(),
        Kind::Build(_, builder, args) => std::iter::once(&**builder).chain(args).collect(),
        Kind::Block(_, tail) => tail.as_deref().into_iter().collect(),
        Kind::If(_, then, otherwise) => std::iter::once(&**then).chain(otherwise.as_deref()).collect(),
        Kind::Match(value, arms) => {
            std::iter::once(&**value).chain(arms.iter().map(|arm| &arm.body)).collect()
        }
        _ => Vec::new(),
    }
}

/// The variables in an expression, those that its closures use included.
pub(super) fn locals_in(expr: &Expr<'_>, body: &Body<'_>, found: &mut Vec<Local>) {
    match &expr.kind {
        Kind::Local(local) => found.push(*local),
        Kind::Closure(id) => {
            if let Some(closure) = body.closures.get(*id as usize) {
                locals_in(&closure.body, body, found);
            }
        }
        Kind::Block(stmts, _) => {
            for stmt in stmts {
                match stmt {
                    Stmt::Let(_, Some(value), _) | Stmt::Expr(value) => locals_in(value, body, found),
                    Stmt::Let(_, None, _) => {}
                }
            }
        }
        _ => {}
    }
    for part in parts(expr) {
        locals_in(part, body, found);
    }
}

/// Whether a reference lives as long as the program: a constant text.
pub(super) fn is_static(expr: &Expr<'_>) -> bool {
    match &expr.kind {
        // what comes out of a function that returns a reference is a constant text
        Kind::Call(callee, _) => !callee.generic,
        Kind::Const(_) | Kind::Static(_) | Kind::Error | Kind::None => true,
        Kind::Std(Std::NewVec | Std::NewMap, _) => true,
        Kind::Variant(_, fields) => fields.iter().all(|(_, field)| is_static(field)),
        Kind::Some(inner) => is_static(inner),
        Kind::Tuple(items) | Kind::List(items) => items.iter().all(is_static),
        Kind::Block(_, tail) => tail.as_deref().is_none_or(is_static),
        Kind::If(_, then, otherwise) => is_static(then) && otherwise.as_deref().is_none_or(is_static),
        Kind::Match(_, arms) => arms.iter().all(|arm| is_static(&arm.body)),
        Kind::Index(base, _) | Kind::Field(base, _) => {
            matches!(base.kind, Kind::Static(_)) || is_static(base)
        }
        Kind::Return(_) | Kind::Break(..) | Kind::Continue(_) | Kind::Panic(_) => true,
        _ => false,
    }
}

/// The place of a value that nothing keeps, where something refers to it.
pub(super) fn temporary(expr: &Expr<'_>) -> Option<At> {
    match &expr.kind {
        Kind::Ref(inner) => {
            let kept = matches!(
                inner.kind,
                Kind::Local(_)
                    | Kind::Const(_)
                    | Kind::Static(_)
                    | Kind::Field(..)
                    | Kind::Index(..)
                    | Kind::Ref(_)
                    | Kind::Deref(_)
                    | Kind::Closure(_)
                    | Kind::Error
            );
            if kept { None } else { Some(inner.at) }
        }
        Kind::Closure(_) => None,
        Kind::Call(_, args) | Kind::Flow(_, args) if args.is_empty() => None,
        _ => parts(expr).into_iter().find_map(temporary),
    }
}
