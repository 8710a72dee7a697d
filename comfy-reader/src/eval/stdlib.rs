//! Functions of the standard library.

use std::{cmp::Ordering, rc::Rc};

use comfy_graph::diag::codes;

use super::{Exit, Machine, Run, iter::Iter, ops, show};
use crate::{
    at::At,
    hir::{Expr, Std},
    ty::IntTy,
    value::Val,
};

impl<'w, 'a> Machine<'w, 'a, '_> {
    /// A function; the receiver is the first argument.
    pub(super) fn std(&mut self, std: Std, args: Vec<Val<'a>>, expr: &'w Expr<'a>) -> Run<'a> {
        let at = expr.at;
        let mut args = args.into_iter();
        let (first, second, third) = (args.next(), args.next(), args.next());
        match (std, first, second, third) {
            (Std::NewString, ..) => Ok(Val::text("")),
            (Std::NewVec, ..) => Ok(Val::List(Rc::default())),
            (Std::NewMap, ..) => Ok(Val::Map(Rc::default())),
            (Std::CollectMap, Some(list), ..) => self.map_of(list, at),
            (Std::Clone | Std::Cloned, Some(value), ..) => match (std, value) {
                (_, Val::Iter(iter)) => Ok(Val::Iter(iter)),
                (Std::Cloned, Val::Range(start, stop)) => Ok(Val::Range(start, stop)),
                (_, value) => Ok(value),
            },
            (Std::ToString, Some(value), ..) => show::plain(&value).map(Val::text).ok_or(Exit::Stop),
            (Std::Sum | Std::Product, Some(list), ..) => self.total(std, list, expr),
            (Std::Min, Some(a), Some(b), _) => Ok(lesser(a, b)),
            (Std::Max, Some(a), Some(b), _) => Ok(greater(a, b)),
            (Std::Clamp, Some(value), Some(min), Some(max)) => {
                if ops::order(&min, &max).is_none_or(Ordering::is_gt) {
                    return self.stop(codes::RUST_PANIC, at, "the limits of `clamp` are in the wrong order");
                }
                Ok(clamp(value, min, max))
            }
            (std, Some(Val::Float(float)), second, _) => {
                float_fn(std, float, second.as_ref()).ok_or(Exit::Stop)
            }
            (std, Some(Val::Int(int)), second, _) => self.int_fn(std, int, second, expr),
            (std, Some(Val::Str(text)), second, third) => self.text_fn(std, &text, second, third, at),
            (std, Some(Val::List(items)), second, third) => self.list_fn(std, items, second, third, at),
            (std, Some(Val::Map(pairs)), second, _) => self.map_fn(std, &pairs, second.as_ref(), at),
            (std, Some(Val::Option(value)), second, _) => self.option_fn(std, value, second, at),
            (std, Some(Val::Variant(variant, fields)), second, _) => {
                let value = fields.first().cloned().unwrap_or(Val::Unit);
                self.result_fn(std, variant == 0, value, second, at)
            }
            (std, Some(list @ (Val::Range(..) | Val::Iter(_))), second, third) => {
                self.iter_fn(std, list, second, third, at)
            }
            _ => Err(Exit::Stop),
        }
    }

    fn int_fn(&mut self, std: Std, int: i128, second: Option<Val<'a>>, expr: &Expr<'a>) -> Run<'a> {
        let (ty, at) = (self.int_of(expr), expr.at);
        match (std, second) {
            (Std::Abs, _) => self.in_type(int.abs(), ty, at, "take the absolute value"),
            (Std::Signum, _) => Ok(Val::Int(int.signum())),
            (Std::IsPowerOfTwo, _) => Ok(Val::Bool(int.count_ones() == 1)),
            (Std::AbsDiff, Some(Val::Int(other))) => Ok(Val::Int((int - other).abs())),
            (
                Std::SaturatingAdd
                | Std::SaturatingSub
                | Std::SaturatingMul
                | Std::WrappingAdd
                | Std::WrappingSub
                | Std::WrappingMul,
                Some(Val::Int(other)),
            ) if ty.bits() < 128 => Ok(Val::Int(bounded(std, int, other, ty))),
            (Std::Pow, Some(Val::Int(power))) => {
                let power = u32::try_from(power).unwrap_or(u32::MAX);
                match int.checked_pow(power) {
                    Some(number) => self.in_type(number, ty, at, "multiply"),
                    None => self.stop(codes::RUST_OVERFLOW, at, "attempt to multiply with overflow"),
                }
            }
            (Std::RemEuclid | Std::DivCeil | Std::NextMultipleOf, Some(Val::Int(0))) => {
                self.stop(codes::RUST_OVERFLOW, at, "attempt to divide by zero")
            }
            (Std::RemEuclid, Some(Val::Int(other))) => Ok(Val::Int(int.rem_euclid(other))),
            // both are of unsigned numbers only
            (Std::DivCeil, Some(Val::Int(other))) => Ok(Val::Int((int + other - 1) / other)),
            (Std::NextMultipleOf, Some(Val::Int(other))) => {
                self.in_type((int + other - 1) / other * other, ty, at, "add")
            }
            _ => Err(Exit::Stop),
        }
    }

    fn text_fn(
        &mut self,
        std: Std,
        text: &str,
        second: Option<Val<'a>>,
        third: Option<Val<'a>>,
        at: At,
    ) -> Run<'a> {
        let list = |items: Vec<Val<'a>>| {
            let length = items.len();
            Val::Iter(Box::new(Iter::List(Rc::new(items), 0, length)))
        };
        Ok(match (std, second, third) {
            (Std::Trim, ..) => Val::text(text.trim()),
            (Std::TrimStart, ..) => Val::text(text.trim_start()),
            (Std::TrimEnd, ..) => Val::text(text.trim_end()),
            (Std::SplitWhitespace, ..) => {
                self.spend(text.len().saturating_mul(32), at)?;
                list(text.split_whitespace().map(Val::text).collect())
            }
            (Std::Split, Some(Val::Str(between)), _) => {
                self.spend((text.len() + 2).saturating_mul(32), at)?;
                list(text.split(&*between).map(Val::text).collect())
            }
            (Std::Split, Some(Val::Char(between)), _) => {
                self.spend((text.len() + 2).saturating_mul(32), at)?;
                list(text.split(between).map(Val::text).collect())
            }
            (Std::StartsWith, Some(Val::Char(other)), _) => Val::Bool(text.starts_with(other)),
            (Std::EndsWith, Some(Val::Char(other)), _) => Val::Bool(text.ends_with(other)),
            (Std::Contains, Some(Val::Char(other)), _) => Val::Bool(text.contains(other)),
            (Std::Len, ..) => Val::Int(i128::try_from(text.len()).unwrap_or(0)),
            (Std::IsEmpty, ..) => Val::Bool(text.is_empty()),
            (Std::Upper, ..) => Val::text(text.to_uppercase()),
            (Std::Lower, ..) => Val::text(text.to_lowercase()),
            (Std::RepeatStr, Some(Val::Int(count)), _) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                self.spend(text.len().saturating_mul(count), at)?;
                Val::text(text.repeat(count))
            }
            (Std::Replace, Some(Val::Str(from)), Some(Val::Str(to))) => {
                let most = (text.len() + 1).saturating_mul(to.len() + 1);
                self.spend(most, at)?;
                Val::text(text.replace(&*from, &to))
            }
            (Std::StartsWith, Some(Val::Str(other)), _) => Val::Bool(text.starts_with(&*other)),
            (Std::EndsWith, Some(Val::Str(other)), _) => Val::Bool(text.ends_with(&*other)),
            (Std::Contains, Some(Val::Str(other)), _) => Val::Bool(text.contains(&*other)),
            (Std::Lines, ..) => {
                self.spend(text.len().saturating_mul(32), at)?;
                list(text.lines().map(Val::text).collect())
            }
            (Std::Chars, ..) => {
                self.spend(text.len().saturating_mul(32), at)?;
                list(text.chars().map(Val::Char).collect())
            }
            _ => return Err(Exit::Stop),
        })
    }

    fn list_fn(
        &mut self,
        std: Std,
        items: Rc<Vec<Val<'a>>>,
        second: Option<Val<'a>>,
        third: Option<Val<'a>>,
        at: At,
    ) -> Run<'a> {
        let length = items.len();
        Ok(match (std, second) {
            (Std::Iter | Std::IntoIter, _) => Val::Iter(Box::new(Iter::List(items, 0, length))),
            (Std::Len, _) => Val::Int(i128::try_from(length).unwrap_or(0)),
            (Std::IsEmpty, _) => Val::Bool(items.is_empty()),
            (Std::First, _) => Val::option(items.first().cloned()),
            (Std::Last, _) => Val::option(items.last().cloned()),
            (Std::Get, Some(Val::Int(index))) => {
                Val::option(usize::try_from(index).ok().and_then(|index| items.get(index)).cloned())
            }
            (Std::Contains, Some(value)) => Val::Bool(items.iter().any(|item| ops::equal(item, &value))),
            (Std::Join | Std::Concat, between) => {
                let between = match &between {
                    Some(Val::Str(text)) => text,
                    _ => "",
                };
                let texts: Vec<&str> = items
                    .iter()
                    .filter_map(|item| match item {
                        Val::Str(text) => Some(&**text),
                        _ => None,
                    })
                    .collect();
                let size: usize = texts.iter().map(|text| text.len() + between.len()).sum();
                self.spend(size, at)?;
                Val::text(texts.join(between))
            }
            (Std::Chunks | Std::Windows, Some(Val::Int(size))) => {
                let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
                    return self.stop(codes::RUST_PANIC, at, "the size must not be zero");
                };
                let chunks = std == Std::Chunks;
                Val::Iter(Box::new(if chunks {
                    Iter::Chunks(items, size, 0)
                } else {
                    Iter::Windows(items, size, 0)
                }))
            }
            // the methods of iterators, on what is one already
            (std, second) => return self.iter_fn(std, Val::List(items), second, third, at),
        })
    }

    fn option_fn(
        &mut self,
        std: Std,
        value: Option<Rc<Val<'a>>>,
        second: Option<Val<'a>>,
        at: At,
    ) -> Run<'a> {
        let value = value.map(Rc::unwrap_or_clone);
        Ok(match (std, value, second) {
            (Std::IsSome, value, _) => Val::Bool(value.is_some()),
            (Std::IsNone, value, _) => Val::Bool(value.is_none()),
            (Std::Unwrap | Std::UnwrapOr | Std::UnwrapOrElse, Some(value), _) => value,
            (Std::Unwrap, None, Some(Val::Str(message))) => {
                return self.stop(codes::RUST_PANIC, at, message.to_string());
            }
            (Std::Unwrap, None, _) => return self.stop(codes::RUST_PANIC, at, "`unwrap` of a `None`"),
            (Std::UnwrapOr, None, Some(other)) => other,
            (Std::UnwrapOrElse, None, Some(f)) => self.call_closure(&f, Vec::new())?,
            (Std::MapOption, Some(value), Some(f)) => Val::some(self.call_closure(&f, vec![value])?),
            (Std::AndThen, Some(value), Some(f)) => self.call_closure(&f, vec![value])?,
            (Std::FilterOption, Some(value), Some(f)) => {
                let keep = self.call_closure(&f, vec![value.clone()])?;
                Val::option(matches!(keep, Val::Bool(true)).then_some(value))
            }
            (Std::OkOr, Some(value), _) => ok(value),
            (Std::OkOr, None, Some(error)) => err(error),
            (Std::IsSomeAnd, Some(value), Some(f)) => self.call_closure(&f, vec![value])?,
            (Std::IsSomeAnd, None, _) => Val::Bool(false),
            (Std::OrOption, Some(value), _) => Val::some(value),
            (Std::OrOption, None, Some(other)) => other,
            (Std::MapOption | Std::AndThen | Std::FilterOption, None, _) => Val::Option(None),
            _ => return Err(Exit::Stop),
        })
    }

    /// A method of a result.
    fn result_fn(
        &mut self,
        std: Std,
        is_ok: bool,
        value: Val<'a>,
        second: Option<Val<'a>>,
        at: At,
    ) -> Run<'a> {
        Ok(match (std, is_ok, second) {
            (Std::IsOk, ..) => Val::Bool(is_ok),
            (Std::IsErr, ..) => Val::Bool(!is_ok),
            (Std::OkOf, ..) => Val::option(is_ok.then_some(value)),
            (Std::ErrOf, ..) => Val::option((!is_ok).then_some(value)),
            (Std::Unwrap | Std::UnwrapOr | Std::UnwrapOrElse, true, _) => value,
            (Std::Unwrap, false, Some(Val::Str(message))) => {
                return self.stop(codes::RUST_PANIC, at, message.to_string());
            }
            (Std::Unwrap, false, _) => return self.stop(codes::RUST_PANIC, at, "`unwrap` of an `Err`"),
            (Std::UnwrapOr, false, Some(other)) => other,
            (Std::UnwrapOrElse, false, Some(f)) | (Std::AndThen, true, Some(f)) => {
                self.call_closure(&f, vec![value])?
            }
            (Std::MapOption, true, Some(f)) => ok(self.call_closure(&f, vec![value])?),
            (Std::MapErr, false, Some(f)) => err(self.call_closure(&f, vec![value])?),
            (Std::MapOption | Std::AndThen, false, _) => err(value),
            (Std::MapErr, true, _) => ok(value),
            _ => return Err(Exit::Stop),
        })
    }

    /// A method that changes the place it is called on.
    pub(super) fn change(
        &mut self,
        std: Std,
        place: &'w Expr<'a>,
        args: &'w [Expr<'a>],
        expr: &'w Expr<'a>,
    ) -> Run<'a> {
        let args = args.iter().map(|arg| self.eval(arg)).collect::<Result<Vec<_>, _>>()?;
        let more = match (std, args.first()) {
            (Std::Extend, Some(list)) => self.collected(list.clone(), expr.at)?,
            _ => Vec::new(),
        };
        self.spend((1 + more.len()) * size_of::<Val<'_>>(), expr.at)?;
        let (changed, result) = match self.take(place)? {
            Val::Str(text) => {
                let more = args.first().and_then(show::plain).unwrap_or_default();
                self.spend(text.len() + more.len(), expr.at)?;
                (Val::text(format!("{text}{more}")), Val::Unit)
            }
            Val::Iter(mut iter) => {
                let item = self.next(&mut iter, expr.at)?;
                (Val::Iter(iter), Val::option(item))
            }
            Val::Range(start, stop) if start < stop => {
                (Val::Range(start + 1, stop), Val::some(Val::Int(start)))
            }
            range @ Val::Range(..) => (range, Val::Option(None)),
            Val::List(items) => {
                if Rc::strong_count(&items) > 1 {
                    self.spend(items.len() * size_of::<Val<'_>>(), expr.at)?;
                }
                let mut items = Rc::unwrap_or_clone(items);
                let result = self.change_list(std, &mut items, args, more, expr.at)?;
                (Val::List(Rc::new(items)), result)
            }
            Val::Map(pairs) => self.change_map(std, pairs, args, expr.at)?,
            _ => return Err(Exit::Stop),
        };
        self.put_back(place, changed)?;
        Ok(result)
    }

    fn change_list(
        &mut self,
        std: Std,
        items: &mut Vec<Val<'a>>,
        args: Vec<Val<'a>>,
        more: Vec<Val<'a>>,
        at: At,
    ) -> Run<'a> {
        let mut args = args.into_iter();
        let size = |value: Option<Val<'a>>| match value {
            Some(Val::Int(int)) => usize::try_from(int).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        match std {
            Std::Push => items.extend(args.next()),
            Std::Pop => return Ok(Val::option(items.pop())),
            Std::Reverse => items.reverse(),
            Std::Clear => items.clear(),
            Std::Sort => items.sort_by(|a, b| ops::order(a, b).unwrap_or(Ordering::Equal)),
            Std::Dedup => items.dedup_by(|a, b| ops::equal(a, b)),
            Std::Swap => {
                let (a, b) = (size(args.next()), size(args.next()));
                if a.max(b) >= items.len() {
                    return self.stop(codes::RUST_PANIC, at, "index out of bounds in `swap`");
                }
                items.swap(a, b);
            }
            Std::Extend => items.extend(more),
            Std::Truncate => items.truncate(size(args.next())),
            Std::Insert => {
                let index = size(args.next());
                match args.next() {
                    Some(item) if index <= items.len() => items.insert(index, item),
                    _ => return self.stop(codes::RUST_PANIC, at, "insertion index out of bounds"),
                }
            }
            Std::Remove => {
                let index = size(args.next());
                if index >= items.len() {
                    return self.stop(codes::RUST_PANIC, at, "removal index out of bounds");
                }
                return Ok(items.remove(index));
            }
            _ => return Err(Exit::Stop),
        }
        Ok(Val::Unit)
    }

    /// Everything that an iterator gives.
    pub(super) fn collected(&mut self, list: Val<'a>, at: At) -> Result<Vec<Val<'a>>, Exit<'a>> {
        let mut iter = self.iterator(list)?;
        let mut items = Vec::new();
        while let Some(item) = self.next(&mut iter, at)? {
            self.spend(size_of::<Val<'_>>(), at)?;
            items.push(item);
        }
        Ok(items)
    }

    fn iter_fn(
        &mut self,
        std: Std,
        list: Val<'a>,
        second: Option<Val<'a>>,
        third: Option<Val<'a>>,
        at: At,
    ) -> Run<'a> {
        if let (Val::Range(start, stop), Std::Contains, Some(Val::Int(value))) = (&list, std, &second) {
            return Ok(Val::Bool(start <= value && value < stop));
        }
        let iter = Box::new(self.iterator(list)?);
        let adapted = |iter| Ok(Val::Iter(Box::new(iter)));
        match (std, second) {
            (Std::Clone | Std::Cloned | Std::Iter | Std::IntoIter, _) => Ok(Val::Iter(iter)),
            (Std::Map, Some(f)) => adapted(Iter::Map(iter, f)),
            (Std::Filter, Some(f)) => adapted(Iter::Filter(iter, f)),
            (Std::TakeWhile, Some(f)) => adapted(Iter::TakeWhile(iter, f, false)),
            (Std::SkipWhile, Some(f)) => adapted(Iter::SkipWhile(iter, f, false)),
            (Std::FilterMap, Some(f)) => adapted(Iter::FilterMap(iter, f)),
            (Std::FlatMap, Some(f)) => adapted(Iter::FlatMap(iter, f, None, None)),
            (Std::Enumerate, _) => adapted(Iter::Enumerate(iter, 0)),
            (Std::Rev, _) => adapted(Iter::Rev(iter)),
            (Std::Zip, Some(other)) => adapted(Iter::Zip(iter, Box::new(self.iterator(other)?))),
            (Std::Chain, Some(other)) => adapted(Iter::Chain(iter, Box::new(self.iterator(other)?), false)),
            (Std::Take | Std::Skip | Std::StepBy, Some(Val::Int(count))) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                match std {
                    Std::Take => adapted(Iter::Take(iter, count)),
                    Std::Skip => adapted(Iter::Skip(iter, count)),
                    _ if count == 0 => self.stop(codes::RUST_PANIC, at, "the step must not be zero"),
                    _ => adapted(Iter::StepBy(iter, count, true)),
                }
            }
            (std, second) => self.consume(std, *iter, second, third, at),
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn consume(
        &mut self,
        std: Std,
        mut iter: Iter<'a>,
        second: Option<Val<'a>>,
        third: Option<Val<'a>>,
        at: At,
    ) -> Run<'a> {
        match (std, second, third) {
            (Std::Collect, ..) => Ok(Val::List(Rc::new(self.collected(Val::Iter(Box::new(iter)), at)?))),
            (Std::CollectString, ..) => {
                let items = self.collected(Val::Iter(Box::new(iter)), at)?;
                let text: String = items.iter().filter_map(show::plain).collect();
                self.spend(text.len(), at)?;
                Ok(Val::text(text))
            }
            (Std::Count, ..) => {
                let mut count = 0;
                while self.next(&mut iter, at)?.is_some() {
                    count += 1;
                }
                Ok(Val::Int(count))
            }
            (Std::LastOf, ..) => {
                let mut last = None;
                while let Some(item) = self.next(&mut iter, at)? {
                    last = Some(item);
                }
                Ok(Val::option(last))
            }
            (Std::Nth, Some(Val::Int(index)), _) => {
                for _ in 0..index {
                    if self.next(&mut iter, at)?.is_none() {
                        return Ok(Val::Option(None));
                    }
                }
                Ok(Val::option(self.next(&mut iter, at)?))
            }
            (Std::MinOf | Std::MaxOf, ..) => {
                let mut best: Option<Val<'a>> = None;
                while let Some(item) = self.next(&mut iter, at)? {
                    best = Some(match best {
                        None => item,
                        Some(known) if std == Std::MinOf => lesser(known, item),
                        Some(known) => greater(known, item),
                    });
                }
                Ok(Val::option(best))
            }
            (Std::Fold, Some(first), Some(f)) => {
                let mut value = first;
                while let Some(item) = self.next(&mut iter, at)? {
                    value = self.call_closure(&f, vec![value, item])?;
                }
                Ok(value)
            }
            (Std::Reduce, Some(f), _) => {
                let Some(mut value) = self.next(&mut iter, at)? else { return Ok(Val::Option(None)) };
                while let Some(item) = self.next(&mut iter, at)? {
                    value = self.call_closure(&f, vec![value, item])?;
                }
                Ok(Val::some(value))
            }
            (Std::ForEach, Some(f), _) => {
                while let Some(item) = self.next(&mut iter, at)? {
                    self.call_closure(&f, vec![item])?;
                }
                Ok(Val::Unit)
            }
            (Std::All | Std::Any | Std::Find | Std::Position, Some(f), _) => self.search(std, iter, &f, at),
            _ => Err(Exit::Stop),
        }
    }

    fn search(&mut self, std: Std, mut iter: Iter<'a>, f: &Val<'a>, at: At) -> Run<'a> {
        let mut position = 0;
        while let Some(item) = self.next(&mut iter, at)? {
            let yes = matches!(self.call_closure(f, vec![item.clone()])?, Val::Bool(true));
            match std {
                Std::All if !yes => return Ok(Val::Bool(false)),
                Std::Any if yes => return Ok(Val::Bool(true)),
                Std::Find if yes => return Ok(Val::some(item)),
                Std::Position if yes => return Ok(Val::some(Val::Int(position))),
                _ => {}
            }
            position += 1;
        }
        Ok(match std {
            Std::All => Val::Bool(true),
            Std::Any => Val::Bool(false),
            _ => Val::Option(None),
        })
    }

    /// `sum` and `product`, in the type of the result.
    pub(super) fn total(&mut self, std: Std, list: Val<'a>, expr: &Expr<'a>) -> Run<'a> {
        let items = self.collected(list, expr.at)?;
        let info = self.body().and_then(|body| body.types.get(expr.ty as usize)).copied().unwrap_or_default();
        let (op, start) = match std {
            Std::Sum => (crate::hir::Op::Add, 0),
            _ => (crate::hir::Op::Mul, 1),
        };
        let Some(int) = info.int else {
            // sums of floats begin with -0.0, as the standard library's do
            let floats = items
                .iter()
                .filter_map(|item| if let Val::Float(float) = item { Some(*float) } else { None });
            return Ok(Val::Float(if std == Std::Sum { floats.sum() } else { floats.product() }));
        };
        let mut total = Val::Int(start);
        for item in items {
            total = self.binary(op, total, item, int, expr.at)?;
        }
        Ok(total)
    }
}

/// Arithmetic that stops at the limits of a type, or goes around. Numbers of less than 128 bits do not leave `i128`.
fn bounded(std: Std, a: i128, b: i128, ty: IntTy) -> i128 {
    let exact = match std {
        Std::SaturatingAdd | Std::WrappingAdd => a.saturating_add(b),
        Std::SaturatingSub | Std::WrappingSub => a.saturating_sub(b),
        Std::WrappingMul => return ty.wrap(a.wrapping_mul(b)),
        _ => a.saturating_mul(b),
    };
    match std {
        Std::WrappingAdd | Std::WrappingSub => ty.wrap(exact),
        _ => {
            let (min, max) = ty.range();
            exact.clamp(min, max)
        }
    }
}

fn ok(value: Val<'_>) -> Val<'_> {
    Val::Variant(0, Rc::new(vec![value]))
}

fn err(error: Val<'_>) -> Val<'_> {
    Val::Variant(1, Rc::new(vec![error]))
}

/// Of equal ones the first, as `min` has it.
fn lesser<'a>(a: Val<'a>, b: Val<'a>) -> Val<'a> {
    match (&a, &b) {
        (Val::Float(x), Val::Float(y)) => Val::Float(x.min(*y)),
        _ if ops::order(&b, &a).is_some_and(Ordering::is_lt) => b,
        _ => a,
    }
}

/// Of equal ones the last, as `max` has it.
fn greater<'a>(a: Val<'a>, b: Val<'a>) -> Val<'a> {
    match (&a, &b) {
        (Val::Float(x), Val::Float(y)) => Val::Float(x.max(*y)),
        _ if ops::order(&a, &b).is_some_and(Ordering::is_gt) => a,
        _ => b,
    }
}

fn clamp<'a>(value: Val<'a>, min: Val<'a>, max: Val<'a>) -> Val<'a> {
    if ops::order(&value, &min).is_some_and(Ordering::is_lt) {
        min
    } else if ops::order(&value, &max).is_some_and(Ordering::is_gt) {
        max
    } else {
        value
    }
}

fn float_fn<'a>(std: Std, float: f64, second: Option<&Val<'a>>) -> Option<Val<'a>> {
    Some(Val::Float(match (std, second) {
        (Std::Abs, _) => float.abs(),
        (Std::Signum, _) => float.signum(),
        (Std::Sqrt, _) => float.sqrt(),
        (Std::Floor, _) => float.floor(),
        (Std::Ceil, _) => float.ceil(),
        (Std::Round, _) => float.round(),
        (Std::Trunc, _) => float.trunc(),
        (Std::RemEuclid, Some(Val::Float(other))) => float.rem_euclid(*other),
        (Std::Powf, Some(Val::Float(power))) => float.powf(*power),
        (Std::Powi, Some(Val::Int(power))) => float.powi(i32::try_from(*power).ok()?),
        _ => return None,
    }))
}
