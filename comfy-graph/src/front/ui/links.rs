//! Joining the sockets of one scope.
//!
//! A link is written down three times: in the link table, with the input it ends in, and with the output it starts
//! from. As in frontend 1.49 the inputs decide which links there are, the table where each comes from, and the
//! outputs only the order. Where they disagree, it is said.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    id::Id,
    model::{LinkId, UiInput, UiLink},
};
use crate::{
    diag::{Code, Diagnostic, Severity, codes},
    graph::{Graph, Node, NodeIx, Slot},
};

/// Everything that the nodes of a scope say about links.
#[derive(Default)]
pub(super) struct Links {
    nodes: IndexMap<Id, NodeIx>,
    named: Vec<Named>,
    uses: Vec<Use>,
    listed: Vec<Listed>,
}

/// An input of the file that names a link.
struct Named {
    link: LinkId,
    node: Id,
    slot: usize,
}

/// A socket of the graph that a link ends in.
struct Use {
    link: LinkId,
    to: Slot,
    joined: bool,
}

/// A link that an output of the file lists.
struct Listed {
    link: LinkId,
    from: Slot,
}

impl Links {
    pub(super) fn with_capacity(nodes: usize, links: usize) -> Self {
        Self {
            nodes: IndexMap::with_capacity(nodes),
            named: Vec::with_capacity(links),
            uses: Vec::with_capacity(links),
            listed: Vec::with_capacity(links),
        }
    }

    /// Notes the links that the inputs of a node have in the file, whatever becomes of those inputs.
    pub(super) fn inputs(&mut self, node: &Id, inputs: &[UiInput]) {
        for (slot, input) in inputs.iter().enumerate() {
            if let Some(link) = input.link {
                self.name(node.clone(), slot, link);
            }
        }
    }

    /// Notes that an input of the file names a link.
    pub(super) fn name(&mut self, node: Id, slot: usize, link: LinkId) {
        self.named.push(Named { link, node, slot });
    }

    /// Notes where a node is.
    pub(super) fn node(&mut self, id: Id, ix: NodeIx) {
        self.nodes.entry(id).or_insert(ix);
    }

    /// Notes that a link ends in a socket.
    pub(super) fn input(&mut self, to: Slot, link: LinkId) {
        self.uses.push(Use { link, to, joined: false });
    }

    /// Notes the links that an output lists.
    pub(super) fn output(&mut self, from: Slot, links: Vec<LinkId>) {
        self.listed.extend(links.into_iter().map(|link| Listed { link, from }));
    }

    /// Makes the links. Those of one output are made in the order in which the output lists them, which decides the
    /// order of execution and which inner widget a promoted input takes its value from.
    pub(super) fn join(
        mut self,
        graph: &mut Graph,
        table: &BTreeMap<LinkId, UiLink>,
        found: &mut Vec<Diagnostic>,
    ) {
        // stable: of one link in the order of the sockets
        self.uses.sort_by_key(|used| used.link);
        for listed in std::mem::take(&mut self.listed) {
            self.compare_output(&listed, graph, table, found);
            let start = self.uses.partition_point(|used| used.link < listed.link);
            for used in self.uses.iter_mut().skip(start) {
                // a link that is listed again has all its sockets
                if used.link != listed.link || used.joined {
                    break;
                }
                join(&self.nodes, graph, table, used, found);
            }
        }
        let mut unlisted = 0;
        for used in self.uses.iter_mut().filter(|used| !used.joined) {
            join(&self.nodes, graph, table, used, found);
            unlisted += usize::from(graph.source(used.to).is_some());
        }
        if unlisted > 0 {
            let message = format!(
                "links that the outputs they come from do not list: {unlisted}; only the order of nodes goes by those lists"
            );
            found.push(note(message));
        }
        self.compare_table(graph, table, found);
    }

    /// What an output says against what the table says.
    fn compare_output(
        &self,
        listed: &Listed,
        graph: &Graph,
        table: &BTreeMap<LinkId, UiLink>,
        found: &mut Vec<Diagnostic>,
    ) {
        let Listed { link, from } = listed;
        let node = &graph[from.node];
        let record = table.get(link);
        let message = match record {
            None => format!("{} lists link {link}, which is not in the link table", node.describe()),
            Some(UiLink { origin, origin_slot, .. })
                if self.nodes.get(origin) != Some(&from.node) || *origin_slot != from.slot =>
            {
                format!(
                    "output {} of {} lists link {link}, which comes from output {origin_slot} of node {origin} by the \
                     link table; the table counts, as in the frontend",
                    from.slot,
                    node.describe()
                )
            }
            Some(_) => return,
        };
        let mut said = note(message);
        if record.is_some() {
            said.severity = Severity::Warning;
        }
        found.push(said.at_opt(node.path()).node(&node.key));
    }

    /// What the table says of the ends of links against what the inputs say.
    fn compare_table(mut self, graph: &Graph, table: &BTreeMap<LinkId, UiLink>, found: &mut Vec<Diagnostic>) {
        self.named.sort_by_key(|named| named.link);
        let mut named = self.named.as_slice();
        for (link, UiLink { origin, target, target_slot, .. }) in table {
            named = &named[named.partition_point(|named| named.link < *link)..];
            let (these, later) = named.split_at(named.partition_point(|named| named.link == *link));
            named = later;
            let mut at_target = these.iter().filter(|named| named.node == *target).peekable();
            let what = if these.is_empty() {
                format!(
                    "link {link} from node {origin} to node {target} is in the link table, but no input names it; it is \
                     ignored, as in the frontend"
                )
            } else if let (Some(named), Some(slot)) = (at_target.peek(), target_slot)
                && !these.iter().any(|named| named.node == *target && named.slot == *slot)
            {
                format!(
                    "by the link table link {link} ends in input {slot} of node {target}, but its input {} names it; that \
                     one gets it, as in the frontend",
                    named.slot
                )
            } else {
                continue;
            };
            let node = self.nodes.get(target).and_then(|ix| graph.get(*ix));
            let place = node.and_then(Node::path);
            found.push(Diagnostic::new(codes::LINK_DISAGREEMENT, what).at_opt(place).node(target));
        }
    }
}

fn note(message: String) -> Diagnostic {
    let mut found = Diagnostic::new(codes::LINK_DISAGREEMENT, message);
    found.severity = Severity::Note;
    found
}

/// Makes one link, if the table knows where it comes from.
fn join(
    nodes: &IndexMap<Id, NodeIx>,
    graph: &mut Graph,
    table: &BTreeMap<LinkId, UiLink>,
    used: &mut Use,
    found: &mut Vec<Diagnostic>,
) {
    used.joined = true;
    let Use { link, to, .. } = *used;
    let mut say = |graph: &Graph, code, what: String| found.extend(about_input(graph, to, code, &what));
    let Some(record) = table.get(&link) else {
        let what = format!("link {link} is not in the link table; the input is read as not linked");
        return say(graph, codes::UNKNOWN_LINK, what);
    };
    // the frontend goes by the sockets and corrects the table
    if nodes.get(&record.target) != Some(&to.node) {
        let what = format!("the link table says that link {link} goes to node {}", record.target);
        say(graph, codes::LINK_DISAGREEMENT, what);
    }
    if let Some(origin) = nodes.get(&record.origin) {
        graph.link(Slot { node: *origin, slot: record.origin_slot }, to);
        return;
    }
    let origin = &record.origin;
    let what =
        format!("link {link} comes from node {origin}, which is not there; the input is read as not linked");
    say(graph, codes::DANGLING_LINK, what);
}

fn about_input(graph: &Graph, to: Slot, code: Code, what: &str) -> Option<Diagnostic> {
    let node = &graph[to.node];
    let input = node.inputs.get(to.slot)?;
    let message = format!("{}, input `{}`: {what}", node.describe(), input.name);
    let found = Diagnostic::new(code, message).at_opt(node.path());
    Some(found.node(&node.key).input(input.name.clone()))
}
