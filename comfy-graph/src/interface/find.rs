//! Finding parameters, roles and inputs by what people call them.

use super::{Binding, Candidate, Interface, Param, Role, RoleFound, listing::Listing};
use crate::{
    diag::{Diagnostic, codes, short},
    suggest::nearest,
};

/// How many names a message lists.
const MOST_NAMES: usize = 8;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'i> {
    /// A parameter.
    Param(&'i Param),
    /// The only place that has the role of this name.
    Role(Role, Binding),
    /// An input of a node.
    Input(Binding),
}

impl Found<'_> {
    /// The places that a value of it is written to.
    pub fn bindings(&self) -> &[Binding] {
        match self {
            Self::Param(param) => &param.bindings,
            Self::Role(_, binding) | Self::Input(binding) => std::slice::from_ref(binding),
        }
    }
}

impl Interface {
    /// What a name stands for: a parameter, else a role, else an input, as `NODE.INPUT` with the node's id (`3`, `57:8`),
    /// title, or class where only one node is of it.
    ///
    /// # Errors
    /// A diagnostic of the code `unknown_input`: nothing is called so, which names what looks like it; or several things
    /// may be meant, which names them all.
    pub fn find(&self, name: &str) -> Result<Found<'_>, Box<Diagnostic>> {
        let name = name.trim();
        if let Some(param) = self.param(name) {
            return Ok(Found::Param(param));
        }
        if let Some(role) = Role::find(name) {
            match self.role(role) {
                RoleFound::One(binding) => return Ok(self.of_role(role, binding)),
                RoleFound::Ambiguous(candidates) => return Err(Box::new(ambiguous(role, &candidates))),
                RoleFound::None if name.contains('.') => {}
                RoleFound::None => return Err(Box::new(self.unknown(name))),
            }
        }
        if !name.contains('.') {
            return Err(Box::new(self.unknown(name)));
        }
        input(&self.listing, name).map(|binding| match self.owner(&binding) {
            Some(param) => Found::Param(param),
            None => Found::Input(binding),
        })
    }

    /// A role, as the parameter that is bound to its place and nowhere else, if there is one.
    fn of_role(&self, role: Role, binding: Binding) -> Found<'_> {
        match self.owner(&binding) {
            Some(param) => Found::Param(param),
            None => Found::Role(role, binding),
        }
    }

    /// The parameter of this place alone.
    fn owner(&self, binding: &Binding) -> Option<&Param> {
        self.params.iter().find(|param| param.bindings.as_slice() == std::slice::from_ref(binding))
    }

    fn unknown(&self, name: &str) -> Diagnostic {
        let params = self.params.iter().map(|param| &*param.name);
        let roles =
            Role::ALL.iter().filter(|role| self.role(**role) != RoleFound::None).map(|role| role.name());
        let roles = roles.filter(|name| self.param(name).is_none());
        let all: Vec<&str> = params.chain(roles).collect();
        let message = format!("the workflow has no parameter `{}`", short(name));
        let help = match nearest(name, all.iter().copied()) {
            Some(similar) => format!("did you mean `{}`?", short(similar)),
            None if all.is_empty() => {
                "name an input as NODE.INPUT, as in 3.steps or KSampler.steps".to_owned()
            }
            None => format!("it has {}; or name an input as NODE.INPUT", list(all.iter().copied())),
        };
        Diagnostic::new(codes::UNKNOWN_INPUT, message).help(help)
    }
}

fn ambiguous(role: Role, candidates: &[Candidate]) -> Diagnostic {
    let names = candidates.iter().map(|candidate| format!("{} ({})", candidate.binding, candidate.node));
    let names: Vec<String> = names.collect();
    let message = match candidates {
        [only] => format!("{} is only a part of what is `{role}`; the workflow makes the rest", only.binding),
        several => {
            format!("{} inputs may be `{role}`: {}", several.len(), list(names.iter().map(String::as_str)))
        }
    };
    Diagnostic::new(codes::UNKNOWN_INPUT, message).help("name the one that is meant, as NODE.INPUT")
}

/// The input that `NODE.INPUT` names. Titles and inputs may have dots in them: the place where both sides are found is
/// the right one.
pub(super) fn input(listing: &Listing, target: &str) -> Result<Binding, Box<Diagnostic>> {
    let mut failure = None;
    for (dot, _) in target.match_indices('.') {
        let (Some(name), Some(input)) = (target.get(..dot), target.get(dot + 1..)) else { continue };
        let nodes = listing.called(name);
        let with_input: Vec<Binding> = nodes.iter().filter_map(|node| node.binding(input)).collect();
        match (with_input.as_slice(), nodes.as_slice()) {
            ([only], _) => return Ok(only.clone()),
            ([], []) => {}
            ([], [first, ..]) => {
                let help = match nearest(input, first.inputs.iter().map(|name| &**name)) {
                    Some(similar) => format!("did you mean `{}`?", short(similar)),
                    None => format!("it has {}", list(first.inputs.iter().map(|name| &**name))),
                };
                let message = format!("{} has no input `{}`", first.described, short(input));
                let found = Diagnostic::new(codes::UNKNOWN_INPUT, message).node(&first.key).input(input);
                failure.get_or_insert(found.help(help));
            }
            (several, _) => {
                let places: Vec<String> = several.iter().map(ToString::to_string).collect();
                let message =
                    format!("`{}` may be {}", short(target), list(places.iter().map(String::as_str)));
                let found = Diagnostic::new(codes::UNKNOWN_INPUT, message);
                return Err(Box::new(found.help("name the node by its id")));
            }
        }
    }
    Err(Box::new(failure.unwrap_or_else(|| no_node(listing, target))))
}

fn no_node(listing: &Listing, target: &str) -> Diagnostic {
    let Some((node, _)) = target.rsplit_once('.') else {
        let message = format!("`{}` names no input; write NODE.INPUT, as in 3.steps", short(target));
        return Diagnostic::new(codes::UNKNOWN_INPUT, message);
    };
    let message = format!("`{}`: no node has the id, title or class `{}`", short(target), short(node));
    let found = Diagnostic::new(codes::UNKNOWN_INPUT, message);
    let titles = listing.0.iter().filter_map(|node| node.title.as_deref());
    let names = titles.chain(listing.0.iter().map(|node| &*node.class_type));
    match nearest(node, names) {
        Some(similar) => found.help(format!("did you mean `{}`?", short(similar))),
        None => found,
    }
}

/// Names in a row; of many only the first.
pub(super) fn list<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let shown: Vec<_> = names.take(MOST_NAMES).map(short).collect();
    match count.saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
