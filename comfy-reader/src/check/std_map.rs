//! Maps: `HashMap` and `BTreeMap`. The order of a `HashMap` is another one in every run, so nothing goes over it.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, node::Called};
use crate::{
    at::At,
    hir::{Expr, Kind, Std},
    infer,
    program::Bound,
    ty::{Con, IterKind, Ty},
};

/// What to write where a `HashMap` is gone over.
const IN_ORDER: &str = "its order is another one in every run; use a `BTreeMap`, which goes by its keys";

impl<'a> Checker<'_, 'a, '_> {
    /// `HashMap::new()` and its like.
    pub(super) fn new_map(
        &mut self,
        sorted: bool,
        function: &str,
        args: &[&Syn],
        written: &[Ty<'a>],
        at: At,
    ) -> Option<Expr<'a>> {
        let (key, value) = match written {
            [key, value] => (key.clone(), value.clone()),
            _ => (self.fresh(), self.fresh()),
        };
        let ty = Ty::with(Con::Map(sorted), [key.clone(), value.clone()]);
        match (function, args) {
            ("new" | "default", []) => Some(self.make(Kind::Std(Std::NewMap, Vec::new()), ty, at)),
            ("from", [list]) => {
                let pair = Ty::with(Con::Tuple, [key.clone(), value]);
                let list = self.expr(list, None);
                match self.known_type(&list) {
                    Ty::Con(Con::Array(_), args) => self.unify_or_say(&args[0], &pair, list.at),
                    Ty::Con(Con::Error, _) => {}
                    _ => return Some(self.unsupported(list.at, "a map of anything but an array of pairs")),
                }
                self.is_key(&key, sorted, at);
                Some(self.make(Kind::Std(Std::CollectMap, vec![list]), ty, at))
            }
            _ => None,
        }
    }

    /// Whether a type can be a key: says so if not.
    pub(super) fn is_key(&mut self, key: &Ty<'a>, sorted: bool, at: At) {
        let bound = if sorted { Bound::Ord } else { Bound::Eq };
        self.require(crate::traits::Obligation { ty: key.clone(), bound, at, setter: None });
        let key = self.infer.resolve(key);
        if !self.is_plain_key(&key) {
            let name = self.show(&key);
            self.report.unsupported_but(
                at,
                &format!("a map with keys of type `{name}`"),
                "use numbers, texts or `bool`s",
            );
        }
    }

    fn is_plain_key(&self, key: &Ty<'a>) -> bool {
        match key {
            Ty::Con(
                Con::Error | Con::Int(_) | Con::String | Con::Char | Con::Bool | Con::F32 | Con::F64,
                _,
            ) => true,
            Ty::Con(Con::Ref, inner) => matches!(inner[0], Ty::Con(Con::Str, _)),
            Ty::Con(Con::Tuple, parts) => parts.iter().all(|part| self.is_plain_key(part)),
            Ty::Var(_) => self.infer.kind(key) != Some(infer::Kind::Any),
            Ty::Con(..) => false,
        }
    }

    /// What a map is asked for: a reference to a key, or to a text where keys are texts.
    fn key(&mut self, key: &Syn, of: &Ty<'a>) -> Expr<'a> {
        let given = self.expr(key, Some(&of.clone().reference()));
        let of = self.infer.resolve(of);
        let Ty::Con(Con::Ref, asked) = self.known_type(&given) else {
            self.coerce_to_key(&given, &of);
            return given;
        };
        let asked = self.infer.resolve(&asked[0]);
        let text = |ty: &Ty<'a>| matches!(ty, Ty::Con(Con::Str, _));
        let fits = match (&of, &asked) {
            (Ty::Con(Con::String, _), asked) if text(asked) => true,
            (Ty::Con(Con::Ref, inner), asked) if text(asked) && text(&inner[0]) => true,
            (Ty::Var(_), _) if self.infer.kind(&of) == Some(infer::Kind::Any) => {
                return self.unsupported(given.at, "asking a map before it is known what its keys are");
            }
            _ => self.infer.unify(&asked, &of),
        };
        if !fits {
            self.coerce_to_key(&given, &of);
        }
        given
    }

    fn coerce_to_key(&mut self, given: &Expr<'a>, of: &Ty<'a>) {
        let found = self.type_of(given);
        if !found.is_error() {
            let message = format!(
                "a key of type `{}` is asked for by a `&{}`; found `{}`",
                self.show(of),
                self.show(of),
                self.show(&found)
            );
            self.report.error(codes::RUST_TYPE, given.at, message);
        }
    }

    /// `map[&key]`
    pub(super) fn map_index(&mut self, base: Expr<'a>, ty: &Ty<'a>, key: &Syn, at: At) -> Expr<'a> {
        let [of, value] = ty.args() else { return self.wrong(at) };
        let (of, value) = (of.clone(), value.clone());
        let key = self.key(key, &of);
        let base = self.borrowed(base);
        let found = self.make(Kind::Std(Std::MapIndex, vec![base, key]), value.clone().reference(), at);
        self.make(Kind::Deref(Box::new(found)), value, at)
    }

    pub(super) fn map_method(
        &mut self,
        receiver: Expr<'a>,
        sorted: bool,
        whole: &Ty<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        let [key, value] = ty.args() else { return self.wrong(call.at) };
        let (key, value) = (key.clone(), value.clone());
        let option = |ty: Ty<'a>| Ty::with(Con::Option, [ty]);
        match (call.name, call.args) {
            ("insert", [_, _]) => {
                let result = option(value.clone());
                let inserted = self.change(Std::MapInsert, receiver, &[key.clone(), value], result, call);
                self.is_key(&key, sorted, call.at);
                inserted
            }
            ("get", [asked]) => {
                let args = vec![self.key(asked, &key)];
                self.map_look(Std::MapGet, receiver, args, option(value.reference()), call)
            }
            ("contains_key", [asked]) => {
                let args = vec![self.key(asked, &key)];
                self.map_look(Std::MapHas, receiver, args, Ty::con(Con::Bool), call)
            }
            ("remove", [asked]) => {
                self.changes(&receiver);
                let args = vec![self.key(asked, &key)];
                self.changing(Std::MapRemove, receiver, args, option(value), call)
            }
            ("clear", []) => self.change(Std::Clear, receiver, &[], Ty::unit(), call),
            ("len", []) => {
                let size = Ty::int(crate::ty::IntTy::Usize);
                self.look(Std::Len, receiver, &[], size, call)
            }
            ("is_empty", []) => self.look(Std::IsEmpty, receiver, &[], Ty::con(Con::Bool), call),
            ("iter" | "keys" | "values" | "into_iter" | "into_keys" | "into_values", []) if !sorted => {
                self.report.unsupported_but(call.at, "going over a `HashMap`", IN_ORDER);
                self.wrong(call.at)
            }
            ("iter" | "keys" | "values" | "into_iter" | "into_keys" | "into_values", []) => {
                self.over_map(receiver, whole, key, value, call)
            }
            ("entry" | "get_mut" | "iter_mut" | "values_mut" | "retain", _) => {
                let instead = "read the value, and `insert` the changed one";
                self.report.unsupported_but(call.at, &format!("`{}` of a map", call.name), instead);
                self.args_for_errors(call.args);
                self.wrong(call.at)
            }
            _ => self.other_method(receiver, ty, call),
        }
    }

    fn map_look(
        &mut self,
        std: Std,
        receiver: Expr<'a>,
        args: Vec<Expr<'a>>,
        result: Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        let mut given = vec![self.borrowed(receiver)];
        given.extend(args);
        self.make(Kind::Std(std, given), result, call.at)
    }

    /// The iterators of a `BTreeMap`.
    fn over_map(
        &mut self,
        receiver: Expr<'a>,
        whole: &Ty<'a>,
        key: Ty<'a>,
        value: Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        let iter = |kind, args: Vec<Ty<'a>>| Ty::with(Con::Iter(kind), args);
        let by_value = !matches!(whole, Ty::Con(Con::Ref | Con::RefMut, _));
        if matches!(whole, Ty::Con(Con::RefMut, _)) && call.name == "into_iter" {
            return self.unsupported(call.at, "going over a map to change it");
        }
        let (std, ty, looks) = match call.name {
            "keys" => (Std::MapKeys, iter(IterKind::Slice, vec![key]), true),
            "values" => (Std::MapValues, iter(IterKind::Slice, vec![value]), true),
            "into_keys" => (Std::MapKeys, iter(IterKind::Vec, vec![key]), false),
            "into_values" => (Std::MapValues, iter(IterKind::Vec, vec![value]), false),
            "into_iter" if by_value => {
                let pair = Ty::with(Con::Tuple, [key, value]);
                (Std::MapPairs, iter(IterKind::Vec, vec![pair]), false)
            }
            _ => (Std::MapPairs, iter(IterKind::Pairs, vec![key, value]), true),
        };
        if looks {
            return self.look(std, receiver, &[], ty, call);
        }
        self.make(Kind::Std(std, vec![receiver]), ty, call.at)
    }

    /// Something that cannot be gone over; says why of a map without order.
    pub(super) fn not_in_order(&self, ty: &Ty<'a>, at: At) -> bool {
        let inner = match ty {
            Ty::Con(Con::Ref, inner) => self.infer.shallow(&inner[0]),
            other => other.clone(),
        };
        let without_order = matches!(inner, Ty::Con(Con::Map(false), _));
        if without_order {
            self.report.unsupported_but(at, "going over a `HashMap`", IN_ORDER);
        }
        without_order
    }
}
