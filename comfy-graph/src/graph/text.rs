//! The text form of a graph, for snapshots and for looking at what a pass did. Nothing reads it back.

use std::fmt::{self, Write};

use super::{Graph, Mode, Node, NodeIx, NodeKind};

/// Every node with its values and links, in order, then every definition.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (ix, node) in self.nodes() {
            write_node(f, self, ix, node)?;
        }
        for (id, subgraph) in self.subgraphs() {
            writeln!(f, "subgraph {id} {:?}", subgraph.name)?;
            let mut inside = String::new();
            write!(inside, "{}", subgraph.graph)?;
            for line in inside.lines() {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn write_node(f: &mut fmt::Formatter<'_>, graph: &Graph, ix: NodeIx, node: &Node) -> fmt::Result {
    write!(f, "{:?} ", node.key)?;
    match &node.kind {
        NodeKind::Class | NodeKind::Virtual(_) => write!(f, "{}", node.class_type)?,
        NodeKind::Instance(id) => write!(f, "{id:?}")?,
        NodeKind::SubgraphInputs => write!(f, "inputs")?,
        NodeKind::SubgraphOutputs => write!(f, "outputs")?,
    }
    if let Some(title) = &node.title {
        write!(f, " {title:?}")?;
    }
    match node.mode {
        Mode::Always => {}
        Mode::Never => write!(f, " muted")?,
        Mode::Bypass => write!(f, " bypassed")?,
        mode @ (Mode::OnEvent | Mode::OnTrigger) => write!(f, " mode {}", mode.number())?,
    }
    writeln!(f)?;
    if node.kind == NodeKind::SubgraphInputs {
        for output in &node.outputs {
            writeln!(f, "  {} -> {}", output.name, output.io_type)?;
        }
    }
    for widget in &node.widgets {
        let sign = if widget.sent { "=" } else { "~" };
        match &widget.value {
            Some(value) => writeln!(f, "  {} {sign} {value}", widget.name)?,
            None => writeln!(f, "  {} {sign} undefined", widget.name)?,
        }
    }
    let mut links = graph.links_into(ix).into_iter().peekable();
    for (slot, input) in node.inputs.iter().enumerate() {
        let link = links.next_if(|link| link.to.slot == slot);
        match (link, &input.value, &input.broken) {
            (Some(link), ..) => {
                write!(f, "  {} <- {:?}.{}", input.name, graph[link.from.node].key, link.from.slot)?;
                if let Some(wants) = link.wants.filter(|wants| *wants != input.io_type) {
                    write!(f, " as {wants}")?;
                }
                writeln!(f)?;
            }
            (None, Some(value), _) => writeln!(f, "  {} <= {value}", input.name)?,
            (None, None, Some(broken)) => writeln!(f, "  {} <- broken {broken}", input.name)?,
            (None, None, None) if !input.widget => writeln!(f, "  {}: {}", input.name, input.io_type)?,
            (None, None, None) => {}
        }
    }
    Ok(())
}
