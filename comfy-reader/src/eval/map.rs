//! Maps, as lists of pairs in the order of their keys.

use std::{cmp::Ordering, rc::Rc};

use comfy_graph::diag::codes;

use super::{Exit, Machine, Run, iter::Iter, ops};
use crate::{at::At, hir::Std, value::Val};

/// Keys and values.
pub(crate) type Pairs<'a> = Vec<(Val<'a>, Val<'a>)>;

/// Where a key is, or where it would be.
fn find(pairs: &Pairs<'_>, key: &Val<'_>) -> Result<usize, usize> {
    pairs.binary_search_by(|(own, _)| ops::order(own, key).unwrap_or(Ordering::Equal))
}

/// Puts a value in; gives the one that was there.
fn insert<'a>(pairs: &mut Pairs<'a>, key: Val<'a>, value: Val<'a>) -> Option<Val<'a>> {
    match find(pairs, &key) {
        Ok(at) => pairs.get_mut(at).map(|(_, own)| std::mem::replace(own, value)),
        Err(at) => {
            pairs.insert(at, (key, value));
            None
        }
    }
}

impl<'a> Machine<'_, 'a, '_> {
    /// A map of pairs; of two with the same key the last counts.
    pub(super) fn map_of(&mut self, list: Val<'a>, at: At) -> Run<'a> {
        let mut pairs = Pairs::new();
        for pair in self.collected(list, at)? {
            let Val::Tuple(pair) = pair else { return Err(Exit::Stop) };
            let [key, value] = pair.as_slice() else { return Err(Exit::Stop) };
            self.spend(2 * size_of::<Val<'_>>(), at)?;
            insert(&mut pairs, key.clone(), value.clone());
        }
        Ok(Val::Map(Rc::new(pairs)))
    }

    /// A method that looks at a map.
    pub(super) fn map_fn(
        &mut self,
        std: Std,
        pairs: &Rc<Pairs<'a>>,
        key: Option<&Val<'a>>,
        at: At,
    ) -> Run<'a> {
        let found = key.and_then(|key| find(pairs, key).ok()).and_then(|at| pairs.get(at));
        let list = |items: Vec<Val<'a>>| {
            let length = items.len();
            Ok(Val::Iter(Box::new(Iter::List(Rc::new(items), 0, length))))
        };
        match std {
            Std::Len => Ok(Val::Int(i128::try_from(pairs.len()).unwrap_or(0))),
            Std::IsEmpty => Ok(Val::Bool(pairs.is_empty())),
            Std::MapGet => Ok(Val::option(found.map(|(_, value)| value.clone()))),
            Std::MapHas => Ok(Val::Bool(found.is_some())),
            Std::MapIndex => match found {
                Some((_, value)) => Ok(value.clone()),
                None => self.stop(codes::RUST_PANIC, at, "there is no such key in the map"),
            },
            Std::MapKeys | Std::MapValues | Std::MapPairs => {
                self.spend(pairs.len().saturating_mul(3 * size_of::<Val<'_>>()), at)?;
                list(pairs.iter().map(|(key, value)| part(std, key, value)).collect())
            }
            _ => Err(Exit::Stop),
        }
    }

    /// A method that changes a map.
    pub(super) fn change_map(
        &mut self,
        std: Std,
        pairs: Rc<Pairs<'a>>,
        args: Vec<Val<'a>>,
        at: At,
    ) -> Result<(Val<'a>, Val<'a>), Exit<'a>> {
        if Rc::strong_count(&pairs) > 1 {
            self.spend(pairs.len() * 2 * size_of::<Val<'_>>(), at)?;
        }
        self.spend(2 * size_of::<Val<'_>>(), at)?;
        let mut pairs = Rc::unwrap_or_clone(pairs);
        let mut args = args.into_iter();
        let result = match (std, args.next(), args.next()) {
            (Std::MapInsert, Some(key), Some(value)) => Val::option(insert(&mut pairs, key, value)),
            (Std::MapRemove, Some(key), None) => {
                Val::option(find(&pairs, &key).ok().map(|at| pairs.remove(at).1))
            }
            (Std::Clear, None, None) => {
                pairs.clear();
                Val::Unit
            }
            _ => return Err(Exit::Stop),
        };
        Ok((Val::Map(Rc::new(pairs)), result))
    }
}

/// What an iterator of a map gives.
fn part<'a>(std: Std, key: &Val<'a>, value: &Val<'a>) -> Val<'a> {
    match std {
        Std::MapKeys => key.clone(),
        Std::MapValues => value.clone(),
        _ => Val::Tuple(Rc::new(vec![key.clone(), value.clone()])),
    }
}
