//! Operators: Rust's arithmetic, where overflow ends the program.

use std::{cmp::Ordering, rc::Rc};

use comfy_graph::diag::codes;

use super::{Exit, Machine, Run};
use crate::{
    at::At,
    hir::{Expr, Kind, Op},
    ty::IntTy,
    value::Val,
};

impl<'w, 'a> Machine<'w, 'a, '_> {
    /// The integer type of an expression.
    pub(super) fn int_of(&self, expr: &Expr<'a>) -> IntTy {
        let info = self.body().and_then(|body| body.types.get(expr.ty as usize));
        info.and_then(|info| info.int).unwrap_or(IntTy::I32)
    }

    pub(super) fn operator(&mut self, expr: &'w Expr<'a>) -> Run<'a> {
        match &expr.kind {
            Kind::Not(inner) => match self.eval(inner)? {
                Val::Bool(flag) => Ok(Val::Bool(!flag)),
                Val::Int(int) => Ok(Val::Int(self.int_of(expr).wrap(!int))),
                _ => Err(Exit::Stop),
            },
            Kind::Neg(inner) => match self.eval(inner)? {
                Val::Float(float) => Ok(Val::Float(-float)),
                Val::Int(int) => self.in_type(-int, self.int_of(expr), expr.at, "negate"),
                _ => Err(Exit::Stop),
            },
            Kind::And(left, right) => match self.eval(left)? {
                Val::Bool(false) => Ok(Val::Bool(false)),
                _ => self.eval(right),
            },
            Kind::Or(left, right) => match self.eval(left)? {
                Val::Bool(true) => Ok(Val::Bool(true)),
                _ => self.eval(right),
            },
            Kind::Binary(op, left, right) => {
                let (a, b) = (self.eval(left)?, self.eval(right)?);
                let int = self.int_of(left);
                self.binary(*op, a, b, int, expr.at)
            }
            Kind::Cast(inner) => {
                let value = self.eval(inner)?;
                Ok(self.cast(value, expr))
            }
            Kind::Range(Some(start), Some(stop), closed) => {
                let (start, stop) = (self.eval(start)?, self.eval(stop)?);
                match (start, stop) {
                    (Val::Int(start), Val::Int(stop)) => Ok(Val::Range(start, stop + i128::from(*closed))),
                    _ => self.stop(codes::UNSUPPORTED_RUST, expr.at, "a range of such values is not read"),
                }
            }
            Kind::Index(base, position) => {
                let base = self.eval(base)?;
                let position = self.eval(position)?;
                self.index(base, &position, expr.at)
            }
            Kind::Assign(place, value) => {
                let value = self.eval(value)?;
                self.assign(place, value)?;
                Ok(Val::Unit)
            }
            Kind::AssignOp(op, place, value) => {
                let value = self.eval(value)?;
                let old = self.eval(place)?;
                let int = self.int_of(place);
                let new = self.binary(*op, old, value, int, expr.at)?;
                self.assign(place, new)?;
                Ok(Val::Unit)
            }
            Kind::Change(std, place, args) => self.change(*std, place, args, expr),
            _ => Err(Exit::Stop),
        }
    }

    pub(super) fn in_type(&mut self, number: i128, int: IntTy, at: At, what: &str) -> Run<'a> {
        if int.holds(number) {
            return Ok(Val::Int(number));
        }
        let message = format!("attempt to {what} with overflow: {number} does not fit `{}`", int.name());
        self.stop(codes::RUST_OVERFLOW, at, message)
    }

    pub(super) fn binary(&mut self, op: Op, a: Val<'a>, b: Val<'a>, int: IntTy, at: At) -> Run<'a> {
        match (op, a, b) {
            (Op::Eq, a, b) => Ok(Val::Bool(equal(&a, &b))),
            (Op::Ne, a, b) => Ok(Val::Bool(!equal(&a, &b))),
            (Op::Lt, a, b) => Ok(Val::Bool(order(&a, &b).is_some_and(Ordering::is_lt))),
            (Op::Le, a, b) => Ok(Val::Bool(order(&a, &b).is_some_and(Ordering::is_le))),
            (Op::Gt, a, b) => Ok(Val::Bool(order(&a, &b).is_some_and(Ordering::is_gt))),
            (Op::Ge, a, b) => Ok(Val::Bool(order(&a, &b).is_some_and(Ordering::is_ge))),
            (op, Val::Int(a), Val::Int(b)) => self.integers(op, a, b, int, at),
            (op, Val::Float(a), Val::Float(b)) => Ok(Val::Float(match op {
                Op::Add => a + b,
                Op::Sub => a - b,
                Op::Mul => a * b,
                Op::Div => a / b,
                Op::Rem => a % b,
                _ => return Err(Exit::Stop),
            })),
            (op, Val::Bool(a), Val::Bool(b)) => Ok(Val::Bool(match op {
                Op::BitAnd => a & b,
                Op::BitOr => a | b,
                Op::BitXor => a ^ b,
                _ => return Err(Exit::Stop),
            })),
            (Op::Add, Val::Str(a), Val::Str(b)) => {
                self.spend(a.len() + b.len(), at)?;
                Ok(Val::text(format!("{a}{b}")))
            }
            _ => Err(Exit::Stop),
        }
    }

    fn integers(&mut self, op: Op, a: i128, b: i128, int: IntTy, at: At) -> Run<'a> {
        let overflow = |machine: &mut Self, what: &str| {
            let message = format!("attempt to {what} with overflow");
            machine.stop(codes::RUST_OVERFLOW, at, message)
        };
        let (result, what) = match op {
            Op::Add => (a.checked_add(b), "add"),
            Op::Sub => (a.checked_sub(b), "subtract"),
            Op::Mul => (a.checked_mul(b), "multiply"),
            Op::Div | Op::Rem if b == 0 => {
                let what = if op == Op::Div { "divide by zero" } else { "calculate the remainder by zero" };
                return self.stop(codes::RUST_OVERFLOW, at, format!("attempt to {what}"));
            }
            Op::Div => (a.checked_div(b), "divide"),
            // the remainder by -1 overflows where the quotient does
            Op::Rem if b == -1 && a == int.range().0 => (None, "calculate the remainder"),
            Op::Rem => (a.checked_rem(b), "calculate the remainder"),
            Op::BitAnd => (Some(a & b), "and"),
            Op::BitOr => (Some(a | b), "or"),
            Op::BitXor => (Some(a ^ b), "xor"),
            Op::Shl | Op::Shr => {
                let Some(bits) = u32::try_from(b).ok().filter(|bits| *bits < int.bits()) else {
                    return overflow(self, if op == Op::Shl { "shift left" } else { "shift right" });
                };
                let shifted = if op == Op::Shl { a.wrapping_shl(bits) } else { a >> bits };
                return Ok(Val::Int(int.wrap(shifted)));
            }
            _ => return Err(Exit::Stop),
        };
        match result {
            Some(number) => self.in_type(number, int, at, what),
            None => overflow(self, what),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "`as` does just this: rounds to the nearest, and saturates"
    )]
    fn cast(&self, value: Val<'a>, expr: &Expr<'a>) -> Val<'a> {
        let info = self.body().and_then(|body| body.types.get(expr.ty as usize)).copied();
        let int = info.and_then(|info| info.int);
        match (value, int) {
            (Val::Int(number), Some(int)) => Val::Int(int.wrap(number)),
            (Val::Int(number), None) => Val::Float(number as f64),
            (Val::Float(float), Some(int)) => {
                let (min, max) = int.range();
                Val::Int((float as i128).clamp(min, max))
            }
            (Val::Bool(flag), Some(_)) => Val::Int(flag.into()),
            (Val::Char(char), Some(int)) => Val::Int(int.wrap(i128::from(u32::from(char)))),
            (other, _) => other,
        }
    }

    pub(super) fn index(&mut self, base: Val<'a>, position: &Val<'a>, at: At) -> Run<'a> {
        let Val::List(items) = base else { return Err(Exit::Stop) };
        match position {
            Val::Int(position) => {
                let found = usize::try_from(*position).ok().and_then(|position| items.get(position));
                match found {
                    Some(item) => Ok(item.clone()),
                    None => self.out_of_bounds(items.len(), &position.to_string(), at),
                }
            }
            Val::Range(start, stop) => {
                let stop = if *stop == i128::MAX { &i128::try_from(items.len()).unwrap_or(0) } else { stop };
                let (start, stop) = (usize::try_from(*start).ok(), usize::try_from(*stop).ok());
                match start.zip(stop).and_then(|(start, stop)| items.get(start..stop)) {
                    Some(part) => {
                        self.spend(size_of_val(part), at)?;
                        Ok(Val::List(Rc::new(part.to_vec())))
                    }
                    None => self.out_of_bounds(items.len(), "the range", at),
                }
            }
            _ => Err(Exit::Stop),
        }
    }

    fn out_of_bounds<T>(&mut self, length: usize, position: &str, at: At) -> Result<T, Exit<'a>> {
        let message = format!("index out of bounds: the length is {length}, the index is {position}");
        self.stop(codes::RUST_PANIC, at, message)
    }

    /// Writes to a place: a variable, or a part of one.
    fn assign(&mut self, place: &'w Expr<'a>, value: Val<'a>) -> Result<(), Exit<'a>> {
        match &place.kind {
            Kind::Local(local) => {
                self.set_local(*local, value);
                Ok(())
            }
            Kind::Deref(inner) => self.assign(inner, value),
            Kind::Field(base, index) => {
                let Val::Tuple(fields) = self.eval(base)? else { return Err(Exit::Stop) };
                let mut fields = Rc::unwrap_or_clone(fields);
                match fields.get_mut(*index) {
                    Some(field) => *field = value,
                    None => return Err(Exit::Stop),
                }
                self.assign(base, Val::Tuple(Rc::new(fields)))
            }
            Kind::Index(base, position) => {
                let position = self.eval(position)?;
                let Val::List(items) = self.eval(base)? else { return Err(Exit::Stop) };
                let Val::Int(position) = position else { return Err(Exit::Stop) };
                self.spend(items.len() * size_of::<Val<'_>>(), place.at)?;
                let mut items = Rc::unwrap_or_clone(items);
                let length = items.len();
                match usize::try_from(position).ok().and_then(|position| items.get_mut(position)) {
                    Some(item) => *item = value,
                    None => return self.out_of_bounds(length, &position.to_string(), place.at),
                }
                self.assign(base, Val::List(Rc::new(items)))
            }
            _ => Err(Exit::Stop),
        }
    }

    /// Takes a place's value out, to change it without a copy; [`assign`](Self::assign) puts it back.
    pub(super) fn take(&mut self, place: &'w Expr<'a>) -> Run<'a> {
        let value = self.eval(place)?;
        let mut whole = place;
        while let Kind::Deref(inner) = &whole.kind {
            whole = inner;
        }
        if let Kind::Local(local) = &whole.kind {
            self.set_local(*local, Val::Unit);
        }
        Ok(value)
    }

    pub(super) fn put_back(&mut self, place: &'w Expr<'a>, value: Val<'a>) -> Result<(), Exit<'a>> {
        self.assign(place, value)
    }
}

/// `==`
#[expect(clippy::float_cmp, reason = "as Rust compares")]
pub(super) fn equal(a: &Val<'_>, b: &Val<'_>) -> bool {
    match (a, b) {
        (Val::Unit, Val::Unit) | (Val::Unset, Val::Unset) => true,
        (Val::Bool(a), Val::Bool(b)) => a == b,
        (Val::Char(a), Val::Char(b)) => a == b,
        (Val::Int(a), Val::Int(b)) => a == b,
        (Val::Float(a), Val::Float(b)) => a == b,
        (Val::Str(a), Val::Str(b)) => a == b,
        (Val::Tuple(a), Val::Tuple(b)) | (Val::List(a), Val::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b))
        }
        (Val::Map(a), Val::Map(b)) => {
            let same =
                |(a, b): (&(Val<'_>, Val<'_>), &(Val<'_>, Val<'_>))| equal(&a.0, &b.0) && equal(&a.1, &b.1);
            a.len() == b.len() && a.iter().zip(b.iter()).all(same)
        }
        (Val::Option(a), Val::Option(b)) => match (a, b) {
            (Some(a), Some(b)) => equal(a, b),
            (None, None) => true,
            _ => false,
        },
        (Val::Variant(a, fields), Val::Variant(b, others)) => {
            a == b && fields.iter().zip(others.iter()).all(|(a, b)| equal(a, b))
        }
        (Val::Node(a), Val::Node(b)) => a == b,
        (Val::Mode(a), Val::Mode(b)) => a == b,
        (Val::Json(a), Val::Json(b)) => a == b,
        _ => false,
    }
}

/// `<` and its like.
pub(super) fn order(a: &Val<'_>, b: &Val<'_>) -> Option<Ordering> {
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => a.partial_cmp(b),
        (Val::Char(a), Val::Char(b)) => a.partial_cmp(b),
        (Val::Int(a), Val::Int(b)) => a.partial_cmp(b),
        (Val::Float(a), Val::Float(b)) => a.partial_cmp(b),
        (Val::Str(a), Val::Str(b)) => a.partial_cmp(b),
        (Val::Tuple(a), Val::Tuple(b)) | (Val::List(a), Val::List(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                match order(a, b) {
                    Some(Ordering::Equal) => {}
                    other => return other,
                }
            }
            a.len().partial_cmp(&b.len())
        }
        (Val::Variant(a, fields), Val::Variant(b, others)) if a == b => fields
            .iter()
            .zip(others.iter())
            .map(|(a, b)| order(a, b))
            .find(|found| *found != Some(Ordering::Equal))
            .unwrap_or(Some(Ordering::Equal)),
        (Val::Variant(a, _), Val::Variant(b, _)) => a.partial_cmp(b),
        (Val::Option(a), Val::Option(b)) => match (a, b) {
            (Some(a), Some(b)) => order(a, b),
            (a, b) => a.is_some().partial_cmp(&b.is_some()),
        },
        _ => None,
    }
}
