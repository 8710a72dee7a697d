//! Iterators, as lazy as Rust's: what a closure adds to the flow is added in the same order.

use std::rc::Rc;

use super::{Exit, Machine};
use crate::{at::At, value::Val};

/// An iterator.
#[derive(Clone, Debug)]
pub(crate) enum Iter<'a> {
    /// A list, and which part of it is left.
    List(Rc<Vec<Val<'a>>>, usize, usize),
    Range(i128, i128),
    Map(Box<Iter<'a>>, Val<'a>),
    Filter(Box<Iter<'a>>, Val<'a>),
    FilterMap(Box<Iter<'a>>, Val<'a>),
    /// Whether it is over stands last, or whether it has begun.
    TakeWhile(Box<Iter<'a>>, Val<'a>, bool),
    SkipWhile(Box<Iter<'a>>, Val<'a>, bool),
    /// The iterator, the closure, and what is open at the front and at the back.
    FlatMap(Box<Iter<'a>>, Val<'a>, Option<Box<Iter<'a>>>, Option<Box<Iter<'a>>>),
    Enumerate(Box<Iter<'a>>, i128),
    Zip(Box<Iter<'a>>, Box<Iter<'a>>),
    Rev(Box<Iter<'a>>),
    Take(Box<Iter<'a>>, usize),
    Skip(Box<Iter<'a>>, usize),
    /// Whether the first one is exhausted stands last.
    Chain(Box<Iter<'a>>, Box<Iter<'a>>, bool),
    /// The step, and whether it is the first.
    StepBy(Box<Iter<'a>>, usize, bool),
    Windows(Rc<Vec<Val<'a>>>, usize, usize),
    Chunks(Rc<Vec<Val<'a>>>, usize, usize),
}

type Next<'a> = Result<Option<Val<'a>>, Exit<'a>>;

impl<'a> Machine<'_, 'a, '_> {
    /// What `for` goes over.
    #[expect(clippy::unused_self, reason = "it stands with the others")]
    pub(super) fn iterator(&mut self, value: Val<'a>) -> Result<Iter<'a>, Exit<'a>> {
        Ok(match value {
            Val::List(items) => {
                let length = items.len();
                Iter::List(items, 0, length)
            }
            Val::Range(start, stop) => Iter::Range(start, stop),
            Val::Map(pairs) => {
                let pair = |(key, value): &(Val<'a>, Val<'a>)| pair(key.clone(), value.clone());
                let items: Vec<Val<'a>> = pairs.iter().map(pair).collect();
                Iter::List(Rc::new(items), 0, pairs.len())
            }
            Val::Iter(iter) => *iter,
            _ => return Err(Exit::Stop),
        })
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    pub(super) fn next(&mut self, iter: &mut Iter<'a>, at: At) -> Next<'a> {
        self.tick(at)?;
        match iter {
            Iter::List(items, front, back) => {
                if front >= back {
                    return Ok(None);
                }
                *front += 1;
                Ok(items.get(*front - 1).cloned())
            }
            Iter::Range(start, stop) => {
                if start >= stop {
                    return Ok(None);
                }
                *start += 1;
                Ok(Some(Val::Int(*start - 1)))
            }
            Iter::Map(inner, f) => match self.next(inner, at)? {
                Some(item) => Ok(Some(self.call_closure(f, vec![item])?)),
                None => Ok(None),
            },
            Iter::Filter(..) | Iter::FilterMap(..) => self.filtered(iter, at, false),
            Iter::TakeWhile(inner, f, over) => {
                if *over {
                    return Ok(None);
                }
                let Some(item) = self.next(inner, at)? else { return Ok(None) };
                *over = !matches!(self.call_closure(f, vec![item.clone()])?, Val::Bool(true));
                Ok((!*over).then_some(item))
            }
            Iter::SkipWhile(inner, f, begun) => loop {
                let Some(item) = self.next(inner, at)? else { return Ok(None) };
                *begun = *begun || !matches!(self.call_closure(f, vec![item.clone()])?, Val::Bool(true));
                if *begun {
                    return Ok(Some(item));
                }
            },
            Iter::FlatMap(inner, f, front, back) => loop {
                if let Some(open) = front {
                    if let Some(item) = self.next(open, at)? {
                        return Ok(Some(item));
                    }
                    *front = None;
                }
                match self.next(inner, at)? {
                    Some(item) => {
                        let list = self.call_closure(f, vec![item])?;
                        *front = Some(Box::new(self.iterator(list)?));
                    }
                    None => {
                        return match back {
                            Some(open) => self.next(open, at),
                            None => Ok(None),
                        };
                    }
                }
            },
            Iter::Enumerate(inner, count) => {
                let item = self.next(inner, at)?;
                *count += 1;
                Ok(item.map(|item| pair(Val::Int(*count - 1), item)))
            }
            Iter::Zip(a, b) => {
                let Some(a) = self.next(a, at)? else { return Ok(None) };
                let Some(b) = self.next(b, at)? else { return Ok(None) };
                Ok(Some(pair(a, b)))
            }
            Iter::Rev(inner) => self.next_back(inner, at),
            Iter::Take(inner, left) => {
                if *left == 0 {
                    return Ok(None);
                }
                *left -= 1;
                self.next(inner, at)
            }
            Iter::Skip(inner, count) => {
                for _ in 0..std::mem::take(count) {
                    if self.next(inner, at)?.is_none() {
                        return Ok(None);
                    }
                }
                self.next(inner, at)
            }
            Iter::Chain(a, b, done) => {
                if !*done {
                    if let Some(item) = self.next(a, at)? {
                        return Ok(Some(item));
                    }
                    *done = true;
                }
                self.next(b, at)
            }
            Iter::StepBy(inner, step, first) => {
                let skipped = if std::mem::take(first) { 0 } else { *step - 1 };
                for _ in 0..skipped {
                    if self.next(inner, at)?.is_none() {
                        return Ok(None);
                    }
                }
                self.next(inner, at)
            }
            Iter::Windows(items, size, front) => {
                let window = items.get(*front..front.saturating_add(*size)).map(<[Val<'a>]>::to_vec);
                *front += 1;
                Ok(window.map(|window| Val::List(Rc::new(window))))
            }
            Iter::Chunks(items, size, front) => {
                let end = front.saturating_add(*size).min(items.len());
                let chunk = items.get(*front..end).filter(|chunk| !chunk.is_empty()).map(<[Val<'a>]>::to_vec);
                *front = end;
                Ok(chunk.map(|chunk| Val::List(Rc::new(chunk))))
            }
        }
    }

    fn filtered(&mut self, iter: &mut Iter<'a>, at: At, back: bool) -> Next<'a> {
        let (Iter::Filter(inner, f) | Iter::FilterMap(inner, f)) = iter else { return Ok(None) };
        let (mut inner, f) = (std::mem::replace(&mut **inner, Iter::Range(0, 0)), f.clone());
        let mapped = matches!(iter, Iter::FilterMap(..));
        let found = loop {
            let item = if back { self.next_back(&mut inner, at)? } else { self.next(&mut inner, at)? };
            let Some(item) = item else { break None };
            let kept = self.call_closure(&f, vec![item.clone()])?;
            match kept {
                Val::Bool(true) if !mapped => break Some(item),
                Val::Option(Some(value)) if mapped => break Some(Rc::unwrap_or_clone(value)),
                _ => {}
            }
        };
        if let Iter::Filter(place, _) | Iter::FilterMap(place, _) = iter {
            **place = inner;
        }
        Ok(found)
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    pub(super) fn next_back(&mut self, iter: &mut Iter<'a>, at: At) -> Next<'a> {
        self.tick(at)?;
        match iter {
            Iter::List(items, front, back) => {
                if front >= back {
                    return Ok(None);
                }
                *back -= 1;
                Ok(items.get(*back).cloned())
            }
            Iter::Range(start, stop) => {
                if start >= stop {
                    return Ok(None);
                }
                *stop -= 1;
                Ok(Some(Val::Int(*stop)))
            }
            Iter::Map(inner, f) => match self.next_back(inner, at)? {
                Some(item) => Ok(Some(self.call_closure(f, vec![item])?)),
                None => Ok(None),
            },
            Iter::Filter(..) | Iter::FilterMap(..) => self.filtered(iter, at, true),
            Iter::FlatMap(inner, f, front, back) => loop {
                if let Some(open) = back {
                    if let Some(item) = self.next_back(open, at)? {
                        return Ok(Some(item));
                    }
                    *back = None;
                }
                match self.next_back(inner, at)? {
                    Some(item) => {
                        let list = self.call_closure(f, vec![item])?;
                        *back = Some(Box::new(self.iterator(list)?));
                    }
                    None => {
                        return match front {
                            Some(open) => self.next_back(open, at),
                            None => Ok(None),
                        };
                    }
                }
            },
            Iter::Enumerate(inner, count) => {
                let length = length(inner);
                let item = self.next_back(inner, at)?;
                let last = *count + i128::try_from(length).unwrap_or(0) - 1;
                Ok(item.map(|item| pair(Val::Int(last), item)))
            }
            Iter::Zip(a, b) => {
                let (left, right) = (length(a), length(b));
                for _ in right..left {
                    self.next_back(a, at)?;
                }
                for _ in left..right {
                    self.next_back(b, at)?;
                }
                let (a, b) = (self.next_back(a, at)?, self.next_back(b, at)?);
                Ok(a.zip(b).map(|(a, b)| pair(a, b)))
            }
            Iter::Rev(inner) => self.next(inner, at),
            Iter::Take(inner, left) => {
                let surplus = length(inner).saturating_sub(*left);
                if *left == 0 {
                    return Ok(None);
                }
                for _ in 0..surplus {
                    self.next_back(inner, at)?;
                }
                *left -= 1;
                self.next_back(inner, at)
            }
            Iter::Skip(inner, count) => {
                if length(inner) > *count {
                    self.next_back(inner, at)
                } else {
                    Ok(None)
                }
            }
            Iter::Chain(a, b, done) => match self.next_back(b, at)? {
                Some(item) => Ok(Some(item)),
                None if *done => Ok(None),
                None => self.next_back(a, at),
            },
            // nothing is called for these, so that they may be gone through at once
            Iter::StepBy(..)
            | Iter::TakeWhile(..)
            | Iter::SkipWhile(..)
            | Iter::Windows(..)
            | Iter::Chunks(..) => {
                let mut items = Vec::new();
                while let Some(item) = self.next(iter, at)? {
                    self.spend(size_of::<Val<'_>>(), at)?;
                    items.push(item);
                }
                let length = items.len();
                *iter = Iter::List(Rc::new(items), 0, length);
                self.next_back(iter, at)
            }
        }
    }
}

fn pair<'a>(a: Val<'a>, b: Val<'a>) -> Val<'a> {
    Val::Tuple(Rc::new(vec![a, b]))
}

/// How many items are left, of an iterator that knows it.
pub(crate) fn length(iter: &Iter<'_>) -> usize {
    match iter {
        Iter::List(_, front, back) => back.saturating_sub(*front),
        Iter::Range(start, stop) => usize::try_from(stop - start).unwrap_or(0),
        Iter::Map(inner, _) | Iter::Enumerate(inner, _) | Iter::Rev(inner) => length(inner),
        Iter::Zip(a, b) => length(a).min(length(b)),
        Iter::Take(inner, left) => length(inner).min(*left),
        Iter::Skip(inner, count) => length(inner).saturating_sub(*count),
        Iter::StepBy(inner, step, first) => {
            let inner = length(inner);
            if *first { inner.div_ceil(*step) } else { inner / step }
        }
        Iter::Windows(items, size, front) => (items.len() + 1).saturating_sub(*size + front),
        Iter::Chunks(items, size, front) => (items.len() - front).div_ceil(*size),
        Iter::Filter(..)
        | Iter::FilterMap(..)
        | Iter::TakeWhile(..)
        | Iter::SkipWhile(..)
        | Iter::FlatMap(..)
        | Iter::Chain(..) => 0,
    }
}
