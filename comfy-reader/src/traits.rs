//! Which types fulfil which of the runtime's traits: the `impl`s of `comfy_dsl::value` and of generated unions.
//!
//! A promise about a type that is not known yet waits. As in Rust it is settled as soon as one `impl` is left that
//! fits, and that may decide the type: `.steps(20)` makes the literal an `i64`.

use super::{
    at::At,
    builder::missing,
    infer::Kind,
    program::{Bound, Calls},
    ty::{Con, IntTy, Sym, Ty},
};
use crate::check::Checker;

/// Something a type has to fulfil.
#[derive(Clone, Debug)]
pub(super) struct Obligation<'a> {
    pub(super) ty: Ty<'a>,
    pub(super) bound: Bound<'a>,
    pub(super) at: At,
    /// Class and input of the setter that asks.
    pub(super) setter: Option<(&'a str, &'a str)>,
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Solved {
    Yes,
    /// More has to be known.
    Later,
    No,
}

impl From<bool> for Solved {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// The markers that literals stand for.
const INT: &str = "Int";
const FLOAT: &str = "Float";
const STR: &str = "Str";
const BOOL: &str = "Bool";
const ANY: &str = "Any";
const COMBO: &str = "Combo";

impl<'a> Checker<'_, 'a, '_> {
    /// Asks for a promise; an answer may come later.
    pub(super) fn require(&mut self, obligation: Obligation<'a>) {
        match self.solve(&obligation) {
            Solved::Yes => {}
            Solved::Later => self.pending.push(obligation),
            Solved::No => self.refuse(&obligation),
        }
    }

    /// Settles what can be settled by now.
    pub(super) fn select(&mut self) {
        loop {
            let waiting = std::mem::take(&mut self.pending);
            let before = waiting.len();
            for obligation in waiting {
                self.require(obligation);
            }
            if self.pending.len() >= before || self.pending.is_empty() {
                return;
            }
        }
    }

    fn is_marker(&self, ty: &Ty<'a>, name: &str) -> bool {
        matches!(self.infer.shallow(ty), Ty::Con(Con::Marker(symbol), _) if symbol == self.symbol(name))
    }

    fn symbol(&self, name: &str) -> Sym {
        self.world.symbol(name)
    }

    fn nested(&mut self, of: &Obligation<'a>, ty: Ty<'a>, bound: Bound<'a>) -> Solved {
        self.require(Obligation { ty, bound, at: of.at, setter: of.setter });
        Solved::Yes
    }

    fn nested_all(&mut self, of: &Obligation<'a>, types: &[Ty<'a>], bound: &Bound<'a>) -> Solved {
        for ty in types {
            self.nested(of, ty.clone(), bound.clone());
        }
        Solved::Yes
    }

    /// Looks for the `impl` and takes what follows from it.
    fn solve(&mut self, ob: &Obligation<'a>) -> Solved {
        let ty = self.infer.shallow(&ob.ty);
        if ty.is_error() || matches!(ty, Ty::Con(Con::Never, _)) {
            return Solved::Yes;
        }
        match &ob.bound {
            Bound::Int => self.number(ob, &ty, INT, IntTy::I64),
            Bound::Seed => self.number(ob, &ty, INT, IntTy::U64),
            Bound::Float => self.float(ob, &ty),
            Bound::Str => match &ty {
                Ty::Con(Con::String, _) => Solved::Yes,
                Ty::Con(Con::Ref, args) => self.is_text(&args[0]),
                _ => self.common(ob, &ty, STR),
            },
            Bound::Bool => match &ty {
                Ty::Con(Con::Bool, _) => Solved::Yes,
                _ => self.common(ob, &ty, BOOL),
            },
            Bound::Choice(choice) => self.choice(ob, &ty, &choice.clone()),
            Bound::Boundary(marker) => self.boundary(ob, &ty, &marker.clone()),
            Bound::Into(marker) => self.union_input(ob, &ty, &marker.clone()),
            Bound::Link(marker) => match &ty {
                Ty::Var(_) if self.infer.kind(&ty) == Some(Kind::Any) => Solved::Later,
                Ty::Con(Con::Output, args) => self.infer.unify(&args[0], marker).into(),
                _ => Solved::No,
            },
            Bound::Accepts(output) => self.accepts(&ty, &output.clone()),
            Bound::RawValue => self.raw_value(ob, &ty),
            bound => self.rust_bound(ob, &ty, &bound.clone()),
        }
    }

    fn is_text(&self, inner: &Ty<'a>) -> Solved {
        match self.infer.shallow(inner) {
            Ty::Con(Con::Str | Con::String | Con::Error, _) => Solved::Yes,
            Ty::Var(_) => Solved::Later,
            Ty::Con(..) => Solved::No,
        }
    }

    /// What all traits of values take: outputs of the type, `Raw`, `Unset`, `.or(..)`, and parameters that promise
    /// the same.
    fn common(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>, marker: &str) -> Solved {
        match ty {
            Ty::Var(_) if self.infer.kind(ty) == Some(Kind::Any) => Solved::Later,
            Ty::Con(Con::Raw | Con::Unset, _) => Solved::Yes,
            Ty::Con(Con::Output, args) => self.infer.unify(&args[0], &self.world.marker(marker)).into(),
            Ty::Con(Con::Or, args) => {
                if !self.infer.unify(&args[0], &self.world.marker(marker)) {
                    return Solved::No;
                }
                self.nested(ob, args[1].clone(), ob.bound.clone())
            }
            Ty::Con(Con::Param(index), _) => self.promises(*index, &ob.bound).into(),
            _ => Solved::No,
        }
    }

    /// Whether a type parameter promises just this.
    fn promises(&self, index: u32, bound: &Bound<'a>) -> bool {
        let same = |own: &Bound<'a>| std::mem::discriminant(own) == std::mem::discriminant(bound);
        self.bound_where(index, same).is_some()
    }

    /// What a type parameter promises of this kind.
    pub(super) fn bound_where(&self, index: u32, is_it: impl Fn(&Bound<'a>) -> bool) -> Option<&Bound<'a>> {
        self.program.params.get(index as usize)?.bounds.iter().find(|bound| is_it(bound))
    }

    fn number(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>, marker: &str, int: IntTy) -> Solved {
        match ty {
            Ty::Var(_) if self.infer.kind(ty) == Some(Kind::Int) => {
                self.infer.unify(ty, &Ty::int(int)).into()
            }
            Ty::Con(Con::Int(known), _) => (*known == int).into(),
            _ => self.common(ob, ty, marker),
        }
    }

    fn float(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>) -> Solved {
        match (ty, self.infer.kind(ty)) {
            (_, Some(Kind::Int)) => self.infer.unify(ty, &Ty::int(IntTy::I64)).into(),
            (_, Some(Kind::Float)) => self.infer.unify(ty, &Ty::con(Con::F64)).into(),
            (Ty::Con(Con::F64 | Con::Int(IntTy::I64), _), _) => Solved::Yes,
            _ => self.common(ob, ty, FLOAT),
        }
    }

    fn choice(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>, wanted: &Ty<'a>) -> Solved {
        match ty {
            Ty::Con(Con::Combo(_), _) => self.infer.unify(ty, wanted).into(),
            Ty::Con(Con::String, _) => self.text_option(wanted),
            Ty::Con(Con::Ref, args) => match self.is_text(&args[0]) {
                Solved::Yes => self.text_option(wanted),
                other => other,
            },
            Ty::Con(Con::Pick(dynamic, option, set), _) => {
                let own = Ty::con(Con::Dynamic(dynamic));
                (self.infer.unify(&own, wanted) && missing(&option.inputs, *set).next().is_none()).into()
            }
            Ty::Con(Con::Param(index), _) => {
                match self.bound_where(*index, |bound| matches!(bound, Bound::Choice(_))).cloned() {
                    Some(Bound::Choice(own)) => self.infer.unify(&own, wanted).into(),
                    _ => Solved::No,
                }
            }
            _ => self.common(ob, ty, COMBO),
        }
    }

    /// Whether the options are texts, which can be given as they are.
    fn text_option(&self, wanted: &Ty<'a>) -> Solved {
        match self.infer.shallow(wanted) {
            Ty::Con(Con::Combo(combo), _) => combo.takes_text().into(),
            Ty::Con(Con::Dynamic(_), _) => Solved::Yes,
            Ty::Var(_) => Solved::Later,
            Ty::Con(..) => Solved::No,
        }
    }

    fn boundary(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>, marker: &Ty<'a>) -> Solved {
        let known = !matches!(self.infer.shallow(marker), Ty::Var(_));
        let (int, float, text) =
            (self.is_marker(marker, INT), self.is_marker(marker, FLOAT), self.is_marker(marker, STR));
        let is = |checker: &mut Self, name: &str| {
            let name = checker.world.marker(name);
            checker.infer.unify(marker, &name).into()
        };
        match ty {
            Ty::Var(_) => match self.infer.kind(ty) {
                Some(Kind::Float) => {
                    self.infer.unify(ty, &Ty::con(Con::F64));
                    is(self, FLOAT)
                }
                Some(Kind::Int) if float => self.infer.unify(ty, &Ty::int(IntTy::I64)).into(),
                Some(Kind::Int) if known && !int => Solved::No,
                _ => Solved::Later,
            },
            Ty::Con(Con::Int(IntTy::I64), _) if !known => Solved::Later,
            Ty::Con(Con::Int(IntTy::I64), _) => (int || float).into(),
            Ty::Con(Con::Int(IntTy::U64), _) => is(self, INT),
            Ty::Con(Con::F64, _) => is(self, FLOAT),
            Ty::Con(Con::Bool, _) => is(self, BOOL),
            // a text, or a name in a list of files
            Ty::Con(Con::String, _) if !known => Solved::Later,
            Ty::Con(Con::String, _) => (text || self.is_marker(marker, COMBO)).into(),
            Ty::Con(Con::Ref, args) => match self.is_text(&args[0]) {
                Solved::Yes if !known => Solved::Later,
                Solved::Yes => (text || self.is_marker(marker, COMBO)).into(),
                other => other,
            },
            Ty::Con(Con::Combo(_) | Con::Pick(..), _) => is(self, COMBO),
            Ty::Con(Con::Output, args) => self.infer.unify(&args[0], marker).into(),
            Ty::Con(Con::Raw | Con::Unset, _) => Solved::Yes,
            Ty::Con(Con::Or, args) => {
                if !self.infer.unify(&args[0], marker) {
                    return Solved::No;
                }
                self.nested(ob, args[1].clone(), ob.bound.clone())
            }
            Ty::Con(Con::Option, args) => self.nested(ob, args[0].clone(), ob.bound.clone()),
            Ty::Con(Con::Param(index), _) => match self.bound_where(*index, is_boundary).cloned() {
                Some(Bound::Int | Bound::Seed) => is(self, INT),
                Some(Bound::Float) => is(self, FLOAT),
                Some(Bound::Str) => is(self, STR),
                Some(Bound::Bool) => is(self, BOOL),
                Some(Bound::Choice(_)) => is(self, COMBO),
                Some(Bound::Boundary(own)) => self.infer.unify(&own, marker).into(),
                _ => Solved::No,
            },
            Ty::Con(..) => Solved::No,
        }
    }

    fn union_input(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>, marker: &Ty<'a>) -> Solved {
        let wanted = self.infer.shallow(marker);
        match ty {
            Ty::Var(_) if self.infer.kind(ty) == Some(Kind::Any) => Solved::Later,
            Ty::Con(Con::Raw | Con::Unset | Con::Json, _) => Solved::Yes,
            Ty::Con(Con::Output, args) => self.nested(ob, wanted, Bound::Accepts(args[0].clone())),
            Ty::Con(Con::Or, args) => {
                self.nested(ob, wanted, Bound::Accepts(args[0].clone()));
                self.nested(ob, args[1].clone(), ob.bound.clone())
            }
            Ty::Con(Con::Grow, args) => match &wanted {
                Ty::Con(Con::List, items) => self.infer.unify(&args[0], &items[0]).into(),
                Ty::Var(_) => Solved::Later,
                Ty::Con(..) => Solved::No,
            },
            Ty::Con(Con::Array(_) | Con::Vec, args) => match &wanted {
                Ty::Con(Con::List, items) => self.nested(ob, args[0].clone(), Bound::Into(items[0].clone())),
                Ty::Var(_) => Solved::Later,
                Ty::Con(..) => Solved::No,
            },
            Ty::Con(Con::Param(index), _) => {
                match self.bound_where(*index, |bound| matches!(bound, Bound::Into(_))).cloned() {
                    Some(Bound::Into(own)) => self.infer.unify(&own, &wanted).into(),
                    _ => Solved::No,
                }
            }
            _ => match &wanted {
                Ty::Con(Con::AnyOf, members) => self.literal_into(ty, members),
                Ty::Var(_) => Solved::Later,
                Ty::Con(..) => Solved::No,
            },
        }
    }

    /// Literals that a union takes.
    fn literal_into(&mut self, ty: &Ty<'a>, members: &[Ty<'a>]) -> Solved {
        let has = |name: &str| members.iter().any(|member| self.is_marker(member, name));
        let (int, float, text, flag) = (has(INT), has(FLOAT), has(STR), has(BOOL));
        match (ty, self.infer.kind(ty)) {
            (_, Some(Kind::Int)) if int || float => self.infer.unify(ty, &Ty::int(IntTy::I64)).into(),
            (_, Some(Kind::Float)) if float => self.infer.unify(ty, &Ty::con(Con::F64)).into(),
            (Ty::Con(Con::Int(IntTy::I64), _), _) => (int || float).into(),
            (Ty::Con(Con::F64, _), _) => float.into(),
            (Ty::Con(Con::Bool, _), _) => flag.into(),
            (Ty::Con(Con::String, _), _) => text.into(),
            (Ty::Con(Con::Ref, args), _) if text => self.is_text(&args[0]),
            _ => Solved::No,
        }
    }

    /// Whether an input takes an output, as the server decides it.
    fn accepts(&mut self, input: &Ty<'a>, output: &Ty<'a>) -> Solved {
        if self.is_marker(input, ANY) {
            return Solved::Yes;
        }
        let output = self.infer.shallow(output);
        if matches!(input, Ty::Var(_)) || matches!(output, Ty::Var(_)) {
            return Solved::Later;
        }
        if matches!(input, Ty::Con(Con::List, _)) {
            return Solved::No;
        }
        if output.is_error() || self.is_marker(&output, ANY) {
            return Solved::Yes;
        }
        let members = |ty: &Ty<'a>| match ty {
            Ty::Con(Con::AnyOf, members) => members.to_vec(),
            other => vec![other.clone()],
        };
        let (takes, gives) = (members(input), members(&output));
        takes.iter().any(|take| gives.iter().any(|give| self.infer.unify(take, give))).into()
    }

    fn raw_value(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>) -> Solved {
        match (ty, self.infer.kind(ty)) {
            (_, Some(Kind::Int)) => self.infer.unify(ty, &Ty::int(IntTy::I64)).into(),
            (_, Some(Kind::Float)) => self.infer.unify(ty, &Ty::con(Con::F64)).into(),
            (_, Some(Kind::Any)) => Solved::Later,
            (
                Ty::Con(
                    Con::Int(IntTy::I64)
                    | Con::F64
                    | Con::Bool
                    | Con::String
                    | Con::Json
                    | Con::Raw
                    | Con::Unset
                    | Con::Output,
                    _,
                ),
                _,
            ) => Solved::Yes,
            (Ty::Con(Con::Ref, args), _) => self.is_text(&args[0]),
            (Ty::Con(Con::Or, args), _) => self.nested(ob, args[1].clone(), Bound::RawValue),
            (Ty::Con(Con::Param(index), _), _) => self.promises(*index, &ob.bound).into(),
            _ => Solved::No,
        }
    }

    /// Promises of Rust itself.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn rust_bound(&mut self, ob: &Obligation<'a>, ty: &Ty<'a>, bound: &Bound<'a>) -> Solved {
        let kind = self.infer.kind(ty);
        if kind == Some(Kind::Any) {
            return Solved::Later;
        }
        let number = kind.is_some() || matches!(ty, Ty::Con(Con::Int(_) | Con::F32 | Con::F64, _));
        match bound {
            Bound::String => match ty {
                Ty::Con(Con::String | Con::Char, _) => Solved::Yes,
                Ty::Con(Con::Ref, args) => self.is_text(&args[0]),
                Ty::Con(Con::Param(index), _) => self.promises(*index, &ob.bound).into(),
                _ => Solved::No,
            },
            Bound::NodeRef => match ty {
                Ty::Con(Con::NodeRef | Con::Output | Con::Out(_), _) => Solved::Yes,
                Ty::Con(Con::Param(index), _) => self.promises(*index, &ob.bound).into(),
                _ => Solved::No,
            },
            Bound::Json => match ty {
                Ty::Con(Con::Bool | Con::String | Con::Json, _) => Solved::Yes,
                Ty::Con(Con::Int(int), _) => (int.bits() <= 64).into(),
                Ty::Con(Con::Tuple, args) => args.is_empty().into(),
                Ty::Con(Con::Vec | Con::Array(_) | Con::Option, args) => {
                    self.nested(ob, args[0].clone(), Bound::Json)
                }
                Ty::Con(Con::Ref, args) => match self.infer.shallow(&args[0]) {
                    Ty::Con(Con::Str, _) => Solved::Yes,
                    Ty::Var(_) => Solved::Later,
                    Ty::Con(..) => Solved::No,
                },
                _ => number.into(),
            },
            Bound::Serialize => match ty {
                Ty::Con(Con::Bool | Con::Str | Con::String | Con::Json | Con::Char | Con::Int(_), _) => {
                    Solved::Yes
                }
                Ty::Con(Con::Vec | Con::Array(_) | Con::Slice | Con::Option | Con::Ref, args) => {
                    self.nested(ob, args[0].clone(), Bound::Serialize)
                }
                Ty::Con(Con::Tuple, args) => self.nested_all(ob, args, &Bound::Serialize),
                _ => number.into(),
            },
            Bound::Display => match ty {
                Ty::Con(
                    Con::Bool
                    | Con::Str
                    | Con::String
                    | Con::Char
                    | Con::Json
                    | Con::Problems
                    | Con::BoxError,
                    _,
                ) => Solved::Yes,
                Ty::Con(Con::FmtError, _) => Solved::Yes,
                Ty::Con(Con::Struct(_) | Con::Enum(_), _) if self.display_of(ty).is_some() => {
                    let what = "a value with a `fmt` of its own as a parameter";
                    self.report.unsupported_but(ob.at, what, "make it a text first: `value.to_string()`");
                    Solved::Yes
                }
                Ty::Con(Con::Ref, args) => self.nested(ob, args[0].clone(), Bound::Display),
                Ty::Con(Con::Param(index), _) => self.promises(*index, &ob.bound).into(),
                _ => number.into(),
            },
            Bound::Debug => match ty {
                Ty::Con(
                    Con::Ref | Con::Vec | Con::Array(_) | Con::Option | Con::Result | Con::Slice | Con::Tuple,
                    args,
                ) => self.nested_all(ob, args, &Bound::Debug),
                Ty::Con(
                    Con::Problems | Con::Json | Con::NodeRef | Con::Output | Con::BoxError | Con::FmtError,
                    _,
                ) => Solved::Yes,
                Ty::Con(Con::Map(_), args) => self.nested_all(ob, args, &Bound::Debug),
                Ty::Con(Con::Struct(index), _) => {
                    self.program.structs.get(*index as usize).is_some_and(|item| item.debug).into()
                }
                Ty::Con(Con::Enum(index), _) => {
                    self.program.enums.get(*index as usize).is_some_and(|item| item.debug).into()
                }
                Ty::Con(Con::Bool | Con::Str | Con::String | Con::Char, _) => Solved::Yes,
                _ => number.into(),
            },
            Bound::ComfyType => match ty {
                Ty::Con(Con::Param(index), _) => self.promises(*index, bound).into(),
                _ => matches!(ty, Ty::Con(Con::Marker(_) | Con::AnyOf, _)).into(),
            },
            Bound::PartialEq => self.is_comparable(ty, false).into(),
            Bound::PartialOrd => self.is_comparable(ty, true).into(),
            // floats have no total order
            Bound::Eq | Bound::Ord if kind == Some(Kind::Float) || has_float(&self.infer.resolve(ty)) => {
                Solved::No
            }
            Bound::Eq => self.is_comparable(ty, false).into(),
            Bound::Ord => self.is_comparable(ty, true).into(),
            Bound::Trait(of) => self.has_trait(ty, *of).into(),
            Bound::Items(item) => match self.item_of(ty) {
                Some(found) => self.infer.unify(&found, item).into(),
                None => Solved::No,
            },
            Bound::Fn(calls, params, result) => self.function_bound(ty, *calls, params, result),
            Bound::Clone => self.is_clone(ty).into(),
            Bound::Copy => self.is_copy(ty).into(),
            _ => Solved::No,
        }
    }

    /// Whether a value can be called with these types.
    fn function_bound(&mut self, ty: &Ty<'a>, calls: Calls, params: &[Ty<'a>], result: &Ty<'a>) -> Solved {
        let (ty, through) = match ty {
            Ty::Con(Con::Ref, inner) if calls == Calls::Shared => (self.infer.shallow(&inner[0]), true),
            other => (other.clone(), false),
        };
        if let Ty::Con(Con::Fn(index), _) = ty {
            let types: Vec<_> = params.iter().chain([result]).cloned().collect();
            return self.points_to(index, &types).into();
        }
        if through && matches!(ty, Ty::Var(_)) {
            return Solved::Later;
        }
        let Some((own, takes, gives)) = self.function_type(&ty) else { return Solved::No };
        if let Ty::Con(Con::Closure(id), _) = ty {
            // what is called in several ways has to allow them all
            let asked = self.calls.entry(id).or_insert(calls.max(Calls::Mut));
            *asked = if *asked == Calls::Once { Calls::Once } else { calls.max(*asked) };
        } else if own < calls {
            return Solved::No;
        }
        let fits =
            takes.len() == params.len() && takes.iter().zip(params).all(|(a, b)| self.infer.unify(a, b));
        (fits && self.infer.unify(&gives, result)).into()
    }
}

/// Whether a type has floating-point numbers in it.
fn has_float(ty: &Ty<'_>) -> bool {
    ty.has(&Con::F64) || ty.has(&Con::F32)
}

/// Promises that make a value one for the boundary of a subgraph.
fn is_boundary(bound: &Bound<'_>) -> bool {
    matches!(
        bound,
        Bound::Int
            | Bound::Seed
            | Bound::Float
            | Bound::Str
            | Bound::Bool
            | Bound::Choice(_)
            | Bound::Boundary(_)
    )
}
