//! Nodes that cost money: found before anything is queued, so that nobody pays by accident.

use std::fmt;

use comfy_graph::catalog::Catalog;
use serde_json::Value;

/// A node of a prompt that calls a paid service.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PaidNode {
    /// Its id in the prompt.
    pub node: Box<str>,
    /// Its class.
    pub class_type: Box<str>,
    /// The price in words, such as `$0.04` or `$0.003 to $0.015 per 1K tokens`, where the server names one.
    pub price: Option<String>,
    /// The most that running it once can cost, in US dollars, where that is a plain amount.
    pub most: Option<f64>,
}

/// What a prompt may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum AllowPaid {
    /// Nothing.
    #[default]
    No,
    /// Whatever it costs.
    Any,
    /// At most so many US dollars. A node whose price is no plain amount is over any limit.
    UpTo(f64),
}

/// The paid nodes of a prompt in the API format.
pub fn paid_nodes(prompt: &Value, catalog: &Catalog) -> Vec<PaidNode> {
    let nodes = prompt.as_object().into_iter().flatten();
    nodes
        .filter_map(|(node, value)| {
            let class_type = value["class_type"].as_str()?;
            let def = catalog.get(class_type).filter(|def| def.api_node)?;
            let price = def.price();
            let most = price.as_deref().and_then(most);
            Some(PaidNode { node: node.as_str().into(), class_type: class_type.into(), price, most })
        })
        .collect()
}

impl AllowPaid {
    /// Whether a prompt with these nodes may run.
    pub fn covers(self, nodes: &[PaidNode]) -> bool {
        match self {
            _ if nodes.is_empty() => true,
            Self::No => false,
            Self::Any => true,
            Self::UpTo(limit) => {
                let all: Option<f64> = nodes.iter().map(|node| node.most).sum();
                // a hair of tolerance: prices are decimal fractions
                all.is_some_and(|all| all <= limit + 1e-9)
            }
        }
    }
}

/// The greatest amount of a price in words that has no unit.
fn most(price: &str) -> Option<f64> {
    let last = price.rsplit(" to ").next()?;
    last.strip_prefix('$')?.parse().ok()
}

/// `FluxProUltraImageNode #3 ($0.06)`
impl fmt::Display for PaidNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.class_type, self.node)?;
        match &self.price {
            Some(price) => write!(f, " ({price})"),
            None => f.write_str(" (the server names no price)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_kept() {
        let catalog = Catalog::bundled();
        let prompt = json!({
            "1": {"class_type": "EmptyImage", "inputs": {}},
            "3": {"class_type": "RecraftRemoveBackgroundNode", "inputs": {}},
            "4": {"class_type": "RecraftRemoveBackgroundNode", "inputs": {}},
        });
        let paid = paid_nodes(&prompt, &catalog);
        let said: Vec<String> = paid.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["RecraftRemoveBackgroundNode #3 ($0.01)", "RecraftRemoveBackgroundNode #4 ($0.01)"]
        );
        assert!(!AllowPaid::No.covers(&paid) && AllowPaid::Any.covers(&paid) && AllowPaid::No.covers(&[]));
        assert!(AllowPaid::UpTo(0.02).covers(&paid) && !AllowPaid::UpTo(0.019).covers(&paid));
        assert_eq!(
            [most("$0.1 to $0.2"), most("$0.2/second"), most("as its settings say")],
            [Some(0.2), None, None]
        );
    }
}
