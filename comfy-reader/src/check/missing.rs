//! Variables that are not there: which node each may stand for.
//!
//! All uses of a variable in one body are looked at together, and what the body makes and nothing takes. Only done
//! where a name is wrong.

use comfy_codegen::model::NodeModel;
use comfy_graph::{
    catalog::IoType,
    suggest::makers::{Surroundings, Wanted, givers, may_be_called, that_fit},
};
use syn::Expr as Syn;

use super::Checker;
use crate::{
    at::At,
    builder::Want,
    program::Bound,
    ty::{Con, Ty},
};

/// A variable that is not there.
#[derive(Debug)]
pub(super) struct Missing<'a> {
    /// Its first use.
    at: At,
    /// The outputs that are asked of it: the field, and the type that is wanted there, each if it is known.
    uses: Vec<(Option<String>, Option<Ty<'a>>)>,
}

impl<'a> Checker<'_, 'a, '_> {
    /// Notes a name that is not there.
    pub(super) fn miss(&mut self, name: &str, at: At) {
        if self.report.is_full() {
            return;
        }
        self.missing.entry(name.to_owned()).or_insert_with(|| Missing { at, uses: Vec::new() });
    }

    /// Notes what is wanted of an argument, if it is a variable that is not there.
    pub(super) fn miss_wanted(&mut self, arg: &Syn, wanted: Option<Ty<'a>>) {
        match arg {
            Syn::Field(field) => self.miss_output(&field.base, Some(&field.member), wanted),
            arg => self.miss_output(arg, None, wanted),
        }
    }

    /// Notes what is wanted of an output of a variable, if that is not there.
    pub(super) fn miss_output(&mut self, base: &Syn, field: Option<&syn::Member>, wanted: Option<Ty<'a>>) {
        let Syn::Path(path) = base else { return };
        let Some(name) = path.path.get_ident() else { return };
        if let Some(missing) = self.missing.get_mut(&name.to_string()) {
            let field = match field {
                Some(syn::Member::Named(name)) => Some(name.to_string()),
                _ => None,
            };
            missing.uses.push((field, wanted));
        }
    }

    /// The marker of what an input takes.
    pub(super) fn wanted_marker(&self, want: &Want<'a>) -> Option<Ty<'a>> {
        let own = |name: &str| Some(Ty::con(Con::Marker(self.world.symbol(name))));
        match want {
            Want::Match(own, accepted) => match self.infer.shallow(own) {
                Ty::Var(_) => Some(accepted.clone()),
                known @ Ty::Con(..) => Some(known),
            },
            Want::Bound(Bound::Link(marker) | Bound::Into(marker)) => match marker {
                Ty::Con(Con::List, items) => items.first().cloned(),
                marker => Some(marker.clone()),
            },
            Want::Bound(Bound::Int | Bound::Seed) => own("Int"),
            Want::Bound(Bound::Float) => own("Float"),
            Want::Bound(Bound::Str) => own("Str"),
            Want::Bound(Bound::Bool) => own("Bool"),
            Want::Bound(Bound::Choice(_)) => own("Combo"),
            Want::Bound(_) => None,
        }
    }

    /// Says of each variable that is not there which nodes it may stand for.
    pub(super) fn suggest_nodes(&mut self) {
        let missing = std::mem::take(&mut self.missing);
        if missing.is_empty() {
            return;
        }
        let mut around = self.surroundings();
        for (name, missing) in &missing {
            around.called = Some(name.as_str().into());
            let nodes = self.nodes_for(name, missing, &around);
            if !nodes.is_empty() {
                let some = nodes.join(", ");
                let help = format!("add the node that it stands for with `g.add(..)`: {some}");
                self.report.also_at(missing.at, &help);
            }
        }
    }

    /// The names of the nodes that have the outputs that are asked for, best first.
    fn nodes_for(&self, name: &str, missing: &Missing<'a>, around: &Surroundings) -> Vec<&'a str> {
        let mut wanted: Vec<Wanted> = Vec::new();
        for marker in missing.uses.iter().filter_map(|(_, marker)| marker.as_ref()) {
            let ask = (None, self.io_type(marker));
            if !wanted.contains(&ask) {
                wanted.push(ask);
            }
        }
        let any = wanted.iter().all(|(_, io_type)| io_type.is_any());
        if wanted.is_empty() {
            wanted.push((None, IoType::any()));
        }
        let fields: Vec<&str> = missing.uses.iter().filter_map(|(field, _)| field.as_deref()).collect();
        // a single output is no field
        let has_fields = |model: &NodeModel<'_>| {
            model.outputs.len() > 1 && fields.iter().all(|field| model.output(field).is_some())
        };
        let found = givers(self.world.makers(), around, &wanted);
        let idents = found.into_iter().filter_map(|def| {
            let ident = self.world.names.node_ident(&def.class_type)?;
            let fits = match fields.as_slice() {
                [] => !any || may_be_called(def, name),
                _ => self.world.node(ident).is_some_and(has_fields),
            };
            fits.then_some(ident)
        });
        that_fit(idents)
    }

    /// What this body makes.
    fn surroundings(&self) -> Surroundings {
        let mut around = Surroundings { classes: self.world.classes_used(), ..Surroundings::default() };
        for local in &self.locals {
            let markers: Vec<Ty<'a>> = match self.infer.shallow(&local.ty) {
                Ty::Con(Con::Output, args) => args.into_vec(),
                Ty::Con(Con::Out(model), args) => {
                    let fields =
                        model.outputs.iter().map(|output| self.world.field(model, &args, &output.ident));
                    fields.flatten().filter_map(|(_, ty)| ty.args().first().cloned()).collect()
                }
                _ => continue,
            };
            let types: Vec<IoType> = markers.iter().map(|marker| self.io_type(marker)).collect();
            if local.reads == 0 {
                around.loose.extend(types.iter().cloned());
            }
            around.given.extend(types);
        }
        around
    }

    /// ComfyUI's words for a marker.
    fn io_type(&self, marker: &Ty<'a>) -> IoType {
        match self.infer.shallow(marker) {
            Ty::Con(Con::AnyOf, members) => {
                let words: Vec<String> =
                    members.iter().map(|member| self.world.word(&self.show(member))).collect();
                IoType::new(words.join(","))
            }
            marker => IoType::new(self.world.word(&self.show(&marker))),
        }
    }
}
