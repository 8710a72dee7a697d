//! Links that are made and cut, and whether they fit.

use super::{
    End,
    draft::{At, Done, Draft, Refusal},
};
use crate::{
    catalog::{IoType, virtuals::VirtualRole},
    diag::{Diagnostic, codes},
    graph::{NodeKind, Slot},
    valid::Validator,
};

/// How many consumers of a reroute are asked what they take.
const FEW: usize = 64;

impl Draft<'_> {
    pub(super) fn connect(&mut self, from: &End, to: &End) -> Done {
        let (source, output) = self.output(from, "from")?;
        let (target, input) = self.input(to, "to")?;
        self.join(&source, output, &target, input, "to")
    }

    /// Links two slots, if they are of one scope and their types fit.
    pub(super) fn join(
        &mut self,
        source: &At,
        output: usize,
        target: &At,
        input: usize,
        member: &str,
    ) -> Done {
        if source.scope != target.scope {
            let message = "a link cannot cross the boundary of a subgraph";
            let found = self.finding(codes::IMPOSSIBLE_EDIT, member, message);
            let help = "link to the instance, or inside to \"INSTANCE:-10.NAME\", its inputs, and from \"INSTANCE:-20.NAME\"";
            return Err(found.help(help).into());
        }
        let (from, to) = (Slot { node: source.ix, slot: output }, Slot { node: target.ix, slot: input });
        self.link(&source.scope, from, to);
        self.check_link(target, to, member)
    }

    /// Whether the link into a slot fits.
    pub(super) fn check_link(&mut self, target: &At, to: Slot, member: &str) -> Done {
        let found = self.link_faults(target, to, member);
        let failed = found.iter().any(Diagnostic::is_error);
        let place = self.place(member);
        for found in found {
            self.say(found, &place);
        }
        if failed { Err(Refusal::Silent) } else { Ok(()) }
    }

    /// What is wrong with the link into a slot.
    fn link_faults(&self, target: &At, to: Slot, member: &str) -> Vec<Diagnostic> {
        let graph = self.scope(&target.scope);
        let Some(link) = graph.source(to) else { return Vec::new() };
        let given = self.type_of(graph, link.from);
        let node = self.node(target);
        let Some(name) = node.inputs.get(to.slot).map(|input| &*input.name) else { return Vec::new() };
        if self.def(target).is_some() {
            let validator = Validator::new(self.catalog);
            return validator.check_input(graph, target.ix, name, Some((link.from, given)));
        }
        let takers = self.takers(target, to);
        let refuses =
            takers.iter().find(|(_, _, wanted)| !wanted.accepts(&given) && !given.as_str().is_empty());
        let Some((taker, input, wanted)) = refuses else { return Vec::new() };
        let source = graph[link.from.node].describe();
        let message = format!("{taker}: {input} takes {wanted}, but {source} gives {given}");
        vec![Diagnostic::new(codes::RETURN_TYPE_MISMATCH, message).input(name).at(self.place(member))]
    }

    /// Who takes what arrives at an input: the node itself, or whatever a reroute leads to. With the name of the node,
    /// the input and the type.
    fn takers(&self, target: &At, to: Slot) -> Vec<(String, String, IoType)> {
        let graph = self.scope(&target.scope);
        let mut waiting = vec![to];
        let mut takers = Vec::new();
        let mut left = FEW;
        while let Some(to) = waiting.pop() {
            let Some(node) = graph.get(to.node) else { continue };
            let passes = matches!(
                node.kind,
                NodeKind::Virtual(VirtualRole::Reroute | VirtualRole::Set | VirtualRole::Get)
            );
            if passes {
                for link in graph.links_from(to.node) {
                    if left == 0 {
                        return takers;
                    }
                    left -= 1;
                    waiting.push(link.to);
                }
            } else if let Some(input) = node.inputs.get(to.slot) {
                let wanted =
                    if input.io_type.as_str().is_empty() { IoType::any() } else { input.io_type.clone() };
                takers.push((node.describe(), input.name.to_string(), wanted));
            }
        }
        takers
    }

    pub(super) fn disconnect(&mut self, to: &End) -> Done {
        let (target, input) = self.input(to, "to")?;
        let slot = Slot { node: target.ix, slot: input };
        if self.scope_mut(&target.scope).unlink(slot).is_some() {
            return Ok(());
        }
        let name =
            self.node(&target).inputs.get(input).map(|input| input.name.to_string()).unwrap_or_default();
        let message = format!("{name} is not linked");
        Err(self.about(codes::IMPOSSIBLE_EDIT, "to", &target, &message).input(name).into())
    }
}
