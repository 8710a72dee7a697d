//! Titles in the convention of Pixelle-MCP.
//!
//! | title | what |
//! |---|---|
//! | `$name.field`, `$name.field:description` | the input `field` of the node is a parameter |
//! | `$name.field!`, `$name.field!:description` | one that has to be given |
//! | `$output.name` | what the node gives is a result |
//! | `MCP` | the node's `value`, `text` or `string` says what the workflow is for |
//!
//! A field that a link gives its value from another node is no parameter there, nor here.

use serde_json::Value;

use super::{
    Binding, ParamSource,
    collect::{Collect, Draft},
    listing::Listing,
    place,
};
use crate::{
    diag::{Diagnostic, Severity, codes, short},
    graph::{Node, NodeKey},
};

/// What titles say beside parameters.
#[derive(Default)]
pub(super) struct Titles {
    /// Names of results with their nodes.
    pub(super) outputs: Vec<(Box<str>, NodeKey)>,
    pub(super) description: Option<Box<str>>,
}

/// Adds the parameters of titles, and gives what else titles say.
pub(super) fn collect(collect: &mut Collect<'_>, listing: &Listing) -> Titles {
    let mut titles = Titles::default();
    let graph = collect.graph;
    let listed = listing.0.iter().filter_map(|listed| {
        let node = place::node_at(graph, listed.key.as_str())?;
        listed.title.as_deref().map(|title| (listed.key.clone(), node, title.trim()))
    });
    for (key, node, title) in listed {
        if let Some(name) = title.strip_prefix("$output.") {
            if !name.is_empty() {
                titles.outputs.push((name.into(), key));
            }
        } else if let Some(parsed) = Title::parse(title) {
            parsed.add(collect, key, node);
        }
    }
    titles.description = description(collect);
    titles
}

/// `$name.field[!][:description]`
#[derive(Debug, PartialEq, Eq)]
struct Title<'t> {
    name: &'t str,
    field: &'t str,
    required: bool,
    description: Option<&'t str>,
}

impl<'t> Title<'t> {
    fn parse(title: &'t str) -> Option<Self> {
        let rest = title.strip_prefix('$')?;
        let (head, description) = match rest.split_once(':') {
            Some((head, description)) => (head, Some(description.trim()).filter(|text| !text.is_empty())),
            None => (rest, None),
        };
        let (head, required) = head.strip_suffix('!').map_or((head, false), |head| (head, true));
        let (name, field) = head.split_once('.')?;
        let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
        // fields of dynamic inputs have dots of their own
        let fits = is_word(name) && field.split('.').all(is_word);
        fits.then_some(Self { name, field, required, description })
    }

    fn add(self, collect: &mut Collect<'_>, node: NodeKey, found: &Node) {
        let binding = Binding { node, input: self.field.into() };
        let Some(home) = place::home(collect.graph, &binding) else {
            let message = format!(
                "`{}`: `{}` of {} has its value from another node, so it is no parameter",
                short(self.name),
                short(self.field),
                found.describe()
            );
            let said = collect.about(codes::UNKNOWN_INPUT, &binding, message);
            collect.found.push(Diagnostic { severity: Severity::Warning, ..said });
            return;
        };
        let binding = if home.shared { binding } else { home.binding };
        collect.add(Draft {
            description: self.description.map(Into::into),
            required: self.required,
            ..Draft::new(self.name, ParamSource::Title, binding)
        });
    }
}

/// What the node titled `MCP` says. Of several none counts.
fn description(collect: &mut Collect<'_>) -> Option<Box<str>> {
    const FIELDS: [&str; 3] = ["value", "text", "string"];
    let titled = collect.top().filter(|node| node.title.as_deref().map(str::trim) == Some("MCP"));
    let nodes: Vec<&Node> = titled.collect();
    let [node] = nodes.as_slice() else {
        if nodes.len() > 1 {
            let message =
                format!("{} nodes are titled MCP; none of them describes the workflow", nodes.len());
            let found = Diagnostic::new(codes::DUPLICATE_SETTING, message);
            collect.found.push(Diagnostic { severity: Severity::Warning, ..found });
        }
        return None;
    };
    let field = |field: &&str| {
        let widget = node.widgets.iter().find(|widget| widget.name.eq_ignore_ascii_case(field));
        widget.and_then(|widget| widget.value.as_ref()).and_then(Value::as_str)
    };
    let text = FIELDS.iter().find_map(field).map(str::trim).filter(|text| !text.is_empty());
    text.map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_parsed_to_the_end() {
        let title = |name, field, required, description| Some(Title { name, field, required, description });
        assert_eq!(
            Title::parse("$image.image!:Input: a URL"),
            title("image", "image", true, Some("Input: a URL"))
        );
        assert_eq!(Title::parse("$width.width"), title("width", "width", false, None));
        assert_eq!(
            Title::parse("$größe.resize_type.width!"),
            title("größe", "resize_type.width", true, None)
        );
        for other in
            ["$name", "$.field", "$name.", "name.field", "$a b.field", "$name.field !", "Save, $a.b c"]
        {
            assert_eq!(Title::parse(other), None, "{other}");
        }
    }
}
