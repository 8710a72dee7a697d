//! Workflows and prompts that lie inside of another JSON document: under `workflow`, `prompt`, `api_graph` or any other
//! key, with notes beside them, or in an answer of `/history`.
//!
//! The reader and whoever looks for places in the text find the same one, since both ask here. What lies inside of text is
//! not looked for.

use serde_json::Value;

use crate::diag::Segment;

/// No deeper than this: `/history` has a workflow at six.
const DEEPEST: usize = 6;
/// No more values than this are looked at.
const MOST: usize = 10_000;

/// A value of a document, as one of the two parsers gives it.
pub(crate) trait Tree<'t>: Copy {
    /// A member of an object.
    fn member(self, key: &str) -> Option<Self>;
    /// What an object or a list holds.
    fn children(self) -> Vec<(Segment, Self)>;
    /// Whether it is an object.
    fn is_object(self) -> bool;
    /// Whether it is a list.
    fn is_list(self) -> bool;
    /// Whether it is a text.
    fn is_text(self) -> bool;
}

/// A document inside of another.
pub(crate) struct Inner {
    /// Where it is.
    pub(crate) path: Vec<Segment>,
    /// Where others of the same depth are, that are not read.
    pub(crate) others: Vec<Vec<Segment>>,
}

/// The document that lies nearest to the root, a workflow before a prompt. `None` where the root is one itself, or an
/// envelope of `POST /prompt`, or a batch of edits, which has parts of workflows in it, or where there is none.
pub(crate) fn find<'t, T: Tree<'t>>(root: T) -> Option<Inner> {
    let is_batch = |root: T| {
        let ops = root.children();
        !ops.is_empty() && ops.into_iter().all(|(_, op)| op.member("op").is_some_and(T::is_text))
    };
    let is_envelope = root.member("prompt").is_some_and(is_prompt);
    if root.member("nodes").is_some_and(T::is_list)
        || is_envelope
        || is_prompt(root)
        || root.is_list() && is_batch(root)
    {
        return None;
    }
    let mut left = MOST;
    let mut level = vec![(Vec::new(), root)];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (path, value) in level {
            for (segment, child) in value.children() {
                left = left.checked_sub(1)?;
                let mut path = path.clone();
                path.push(segment);
                next.push((path, child));
            }
        }
        let mut found: Vec<(Vec<Segment>, T)> =
            next.iter().filter(|(_, value)| is_workflow(*value) || is_prompt(*value)).cloned().collect();
        if let Some(position) = found.iter().position(|(_, value)| is_workflow(*value)).or(Some(0))
            && position < found.len()
        {
            let (path, _) = found.remove(position);
            return Some(Inner { path, others: found.into_iter().map(|(path, _)| path).collect() });
        }
        level = next;
    }
    None
}

fn is_workflow<'t, T: Tree<'t>>(value: T) -> bool {
    value.member("nodes").is_some_and(T::is_list)
        && (value.member("links").is_some() || value.member("version").is_some())
}

fn is_prompt<'t, T: Tree<'t>>(value: T) -> bool {
    value.is_object() && are_nodes(value.children().iter().map(|(_, child)| *child))
}

/// Whether the members of an object are the nodes of a prompt, see [`is_prompt`](crate::front::api::is_prompt).
pub(crate) fn are_nodes<'t, T: Tree<'t>>(members: impl Iterator<Item = T> + Clone) -> bool {
    let class = |value: T| value.member("class_type").is_some_and(T::is_text);
    let node = |value: T| class(value) || value.member("inputs").is_some_and(T::is_object);
    members.clone().any(class) && members.into_iter().all(node)
}

impl<'t> Tree<'t> for &'t Value {
    fn member(self, key: &str) -> Option<Self> {
        self.get(key)
    }

    fn children(self) -> Vec<(Segment, Self)> {
        match self {
            Value::Object(map) => {
                map.iter().map(|(key, value)| (Segment::Key((&**key).into()), value)).collect()
            }
            Value::Array(list) => {
                list.iter().enumerate().map(|(at, value)| (Segment::Index(at), value)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_object(self) -> bool {
        Value::is_object(self)
    }

    fn is_list(self) -> bool {
        Value::is_array(self)
    }

    fn is_text(self) -> bool {
        Value::is_string(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diag::JsonPath;

    fn found(value: &Value) -> Option<String> {
        find(value).map(|inner| inner.path.into_iter().collect::<JsonPath>().to_string())
    }

    #[test]
    fn the_nearest_is_found_and_workflows_come_first() {
        let prompt = json!({"1": {"class_type": "A", "inputs": {}}});
        let workflow = json!({"nodes": [], "links": []});
        let cases = [
            (json!({"api_graph": prompt, "note": "x"}), Some("api_graph")),
            (json!({"output": prompt, "workflow": workflow}), Some("workflow")),
            (json!({"data": {"deep": {"prompt": prompt}}, "n": [1, {"a": 2}]}), Some("data.deep.prompt")),
            (
                json!({"id": {"prompt": [1, "id", prompt, {"extra_pnginfo": {"workflow": workflow}}]}}),
                Some("id.prompt[2]"),
            ),
            (json!([prompt]), Some("[0]")),
            (prompt.clone(), None),
            (workflow.clone(), None),
            (json!({"prompt": prompt, "client_id": "c"}), None),
            (json!({"a": {"b": {"c": {"d": {"e": {"f": {"g": prompt}}}}}}}), None),
            (json!({"nodes": 1}), None),
            (json!([{"op": "restore", "root": workflow}]), None),
            (json!([{"op": "restore"}, workflow]), Some("[1]")),
        ];
        for (value, path) in cases {
            assert_eq!(found(&value).as_deref(), path, "{value}");
        }
    }
}
