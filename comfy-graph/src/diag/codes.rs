//! The registry of diagnostic codes: each declared once, with its default severity and one line of meaning.
//!
//! Where ComfyUI's server has a word for a mistake (the `type` in `execution.py: validate_inputs`), the code is
//! that word; the others are ours, in the same style. Each has a page in
//! `comfy-transpile/docs/diagnostics`, which `explain.rs` there lists.

use std::fmt;

use super::Severity;
use crate::suggest::Suggestions;

/// What is known about a code.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The word in brackets, stable across releases.
    pub name: &'static str,
    /// Severity unless a diagnostic says otherwise.
    pub severity: Severity,
    /// One line: what a diagnostic of this code means.
    pub summary: &'static str,
    /// Whether ComfyUI's server uses the same word.
    pub server: bool,
}

/// A code of the registry. Compares by name.
#[derive(Clone, Copy)]
pub struct Code(&'static CodeInfo);

impl Code {
    /// The code's entry in the registry.
    pub fn info(self) -> &'static CodeInfo {
        self.0
    }

    /// The code's word, e.g. `missing_node_type`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The code with this name.
    pub fn find(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|code| code.name() == name)
    }

    /// The code that may be meant by a name that is none.
    pub fn nearest(name: &str) -> Option<Self> {
        let names = ALL.iter().map(|code| code.name());
        Self::find(Suggestions::default().ranked(name, names, 1).first()?.text)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}
impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

macro_rules! codes {
    ($( $origin:ident $severity:ident $constant:ident $name:literal: $summary:literal; )*) => {
        $(
            #[doc = $summary]
            pub const $constant: Code = Code(&CodeInfo {
                name: $name,
                severity: Severity::$severity,
                summary: $summary,
                server: codes!(@ $origin),
            });
        )*
        /// Every code, in the order of declaration.
        pub const ALL: &[Code] = &[$($constant),*];
    };
    (@ server) => { true };
    (@ ours) => { false };
}

codes! {
    // the server's own words
    server Error MISSING_NODE_TYPE "missing_node_type": "a node's class is not in the catalog";
    server Error PROMPT_NO_OUTPUTS "prompt_no_outputs": "no output node is left to run";
    server Error REQUIRED_INPUT_MISSING "required_input_missing": "a required input has neither a link nor a value";
    server Error BAD_LINKED_INPUT "bad_linked_input": "a link is not a pair of node id and slot";
    server Error RETURN_TYPE_MISMATCH "return_type_mismatch": "a link joins an output to an input of another type";
    server Error INVALID_INPUT_TYPE "invalid_input_type": "a value cannot be converted to the input's type";
    server Error VALUE_SMALLER_THAN_MIN "value_smaller_than_min": "a number is below the input's minimum";
    server Error VALUE_BIGGER_THAN_MAX "value_bigger_than_max": "a number is above the input's maximum";
    server Error VALUE_NOT_IN_LIST "value_not_in_list": "a combo's value is not one of its options";
    server Error CUSTOM_VALIDATION_FAILED "custom_validation_failed": "the class's own check refuses a value";
    server Error DEPENDENCY_CYCLE "dependency_cycle": "nodes depend on each other in a circle";
    // the document
    ours Error NOT_A_WORKFLOW "not_a_workflow": "the JSON is neither a workflow nor a prompt";
    ours Error DOCUMENT_TOO_LARGE "document_too_large": "the document is longer than the limit";
    ours Error MALFORMED_NODE "malformed_node": "an entry of the node list is not a node";
    ours Warning MALFORMED_LINK "malformed_link": "an entry of the link table is not a link";
    ours Warning MALFORMED_SUBGRAPH "malformed_subgraph": "a subgraph definition is not one";
    ours Warning NON_FINITE_NUMBER "non_finite_number": "NaN, Infinity or a number beyond all numbers was read as null, as the frontend does";
    ours Warning ROUNDED_NUMBER "rounded_number": "an integer of more than 64 bits was rounded";
    ours Note WRAPPED_DOCUMENT "wrapped_document": "the workflow is a part of a larger JSON document";
    ours Warning ARRAY_LINK_VERSION "array_link_version": "the file's version says object links, but it has array links";
    ours Warning DUPLICATE_KEY "duplicate_key": "an object of the file has a key twice; the last one counts";
    ours Error DUPLICATE_NODE_ID "duplicate_node_id": "two nodes of one graph have the same id";
    // the catalog
    ours Warning CATALOG_NODE_DROPPED "catalog_node_dropped": "a class of the catalog makes no sense and was left out";
    ours Warning CATALOG_ODD_DEFINITION "catalog_odd_definition": "a definition of the catalog is not as ComfyUI writes it; the nearest sense was taken";
    // links
    ours Warning UNKNOWN_LINK "unknown_link": "an input names a link that is not in the link table";
    ours Warning LINK_DISAGREEMENT "link_disagreement": "the link table and the nodes disagree about a link";
    ours Error DANGLING_LINK "dangling_link": "a link comes from a node that is not there";
    ours Warning SLOT_OUT_OF_RANGE "slot_out_of_range": "a link uses an output slot that its node does not have";
    ours Error LINK_AS_TEXT "link_as_text": "a link is not written as a list of node id and slot";
    ours Error LITERAL_ON_SOCKET "literal_on_socket": "a literal stands where only a link can go";
    ours Warning UNUSED_NODE "unused_node": "no output depends on a node, so it does not run";
    ours Warning BYPASS_WITHOUT_ROUTE "bypass_without_route": "a bypassed node has no input to pass on";
    ours Warning DOUBLED_INPUT "doubled_input": "a node of the file lists an input twice; the last link that leads to a node counts";
    ours Warning INPUT_DROPPED "input_dropped": "a saved input that the node no longer has was dropped with its link";
    // widgets
    ours Warning WIDGET_COUNT_MISMATCH "widget_count_mismatch": "the stored values do not fit the node's widgets";
    ours Warning LIVE_WIDGET "live_widget": "the frontend makes this value when the prompt is queued; it cannot be known from the file";
    ours Error UNDECLARED_INPUT "undeclared_input": "an input is given that the node does not declare";
    ours Warning NUMBER_AS_TEXT "number_as_text": "a number is written as text";
    ours Error BOOLEAN_AS_TEXT "boolean_as_text": "text stands where a BOOLEAN goes; every text but the empty one is true";
    // legal, but hardly meant
    ours Warning DEPRECATED_NODE "deprecated_node": "the author of a class advises against it";
    ours Warning PAID_NODE "paid_node": "a node costs credits of a paid service";
    ours Warning UNUSED_PAID_OUTPUT "unused_paid_output": "an output that is paid for leads nowhere";
    ours Warning UPSCALED_TWICE "upscaled_twice": "a picture is upscaled by a model twice in a row";
    ours Warning MODEL_FAMILY_MISMATCH "model_family_mismatch": "a VAE, text encoder, LoRA or ControlNet is of another family than the model";
    ours Warning LATENT_FAMILY_MISMATCH "latent_family_mismatch": "an empty latent is of another family than the model";
    // subgraphs and frontend-only nodes
    ours Error SUBGRAPH_RECURSION "subgraph_recursion": "a subgraph contains itself";
    ours Error SUBGRAPH_TOO_LARGE "subgraph_too_large": "nested subgraphs expand to more than the limit";
    ours Error VALUES_TOO_LARGE "values_too_large": "copies of values for many inputs need more memory than the limit";
    ours Error VIRTUAL_CYCLE "virtual_cycle": "reroutes, bypassed nodes or subgraph boundaries form a circle";
    ours Warning PRIMITIVE_TO_INSTANCE "primitive_to_instance": "a primitive sets a promoted input, which the frontend forgets";
    ours Warning PRIMITIVE_BEHIND_REROUTE "primitive_behind_reroute": "a primitive sets a widget through a reroute, which the frontend does not do";
    ours Warning PROMOTED_PRIMITIVE "promoted_primitive": "a subgraph promotes a primitive, whose value the frontend may misplace";
    ours Warning LEGACY_GROUP_NODE "legacy_group_node": "a legacy group node was read as a subgraph";
    ours Warning UNSET_NAME "unset_name": "a get node names something that no set node sets";
    ours Warning AMBIGUOUS_BROADCAST "ambiguous_broadcast": "several nodes send the same type everywhere";
    ours Warning UNKNOWN_PATTERN "unknown_pattern": "a node's pattern for where its values go cannot be used here";
    ours Note VIRTUAL_OF_PACK "virtual_of_pack": "a node that exists only in a pack's JavaScript was resolved here";
    ours Note DYNAMIC_PROMPT "dynamic_prompt": "a text has alternatives {a|b}, which the frontend picks from at random";
    ours Note FILE_NAME_PATTERN "file_name_pattern": "a file name has %patterns% that the frontend fills in when it queues";
    // what a workflow file cannot hold
    ours Warning VALUE_WITHOUT_WIDGET "value_without_widget": "a value has no widget on its node; the workflow keeps it by name";
    ours Warning INPUT_FILLED_IN "input_filled_in": "a prompt leaves an input out, which a workflow has with its default";
    ours Note LOOKS_DROPPED "looks_dropped": "how something is drawn could not be kept";
    ours Note FLAT_SUBGRAPH "flat_subgraph": "nodes of a prompt that were in a subgraph stand outside of it";
    // Rust
    ours Warning NOT_EXPRESSIBLE "not_expressible": "a part of the workflow has no form in Rust and was left out";
    ours Error DUPLICATE_SETTING "duplicate_setting": "an input was set twice";
    ours Error TOO_MANY_ITEMS "too_many_items": "a growing input has more items than it takes";
    ours Error UNSUPPORTED_RUST "unsupported_rust": "Rust that is not read without a compiler";
    ours Error RUST_SYNTAX "rust_syntax": "the text is not Rust";
    ours Error RUST_NAME "rust_name": "a name stands for nothing";
    ours Error RUST_TYPE "rust_type": "an expression is of another type than its place wants";
    ours Error UNKNOWN_INPUT "unknown_input": "a node has no input of this name";
    ours Error MOVED_VALUE "moved_value": "a value is used after it was handed on";
    ours Error NOT_MUTABLE "not_mutable": "something is changed that cannot be";
    ours Error RUST_OVERFLOW "rust_overflow": "a number does not fit its type";
    ours Error RUST_PANIC "rust_panic": "running the flow would end in a panic";
    ours Error READER_LIMIT "reader_limit": "the program needs more steps, depth or memory than a flow does";
    ours Warning UNUSED_VALUE "unused_value": "a node or another value is made and not used";
    ours Error OUTSIDE_SUBGRAPH "outside_subgraph": "an input or output of a subgraph is declared outside of one";
    // edits
    ours Error MALFORMED_EDIT "malformed_edit": "an entry of a batch of edits is not an edit";
    ours Error UNKNOWN_NODE "unknown_node": "an edit names a node that is not there";
    ours Error IMPOSSIBLE_EDIT "impossible_edit": "an edit cannot be made on this graph";
    ours Warning EDIT_SIDE_EFFECT "edit_side_effect": "an edit does more, or less, than it says";
    // diagrams
    ours Warning MALFORMED_DIAGRAM "malformed_diagram": "a part of a diagram is not read";
    ours Warning DIAGRAM_GUESS "diagram_guess": "a diagram leaves something open, and the likeliest was taken";
    // a server
    ours Error SERVER_REFUSED "server_refused": "the server refuses the prompt for a reason that has no code of its own";
    ours Error EXECUTION_FAILED "execution_failed": "a node failed while the server ran it";
    // us
    ours Error INTERNAL_ERROR "internal_error": "a bug in the compiler; please report it";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for (position, code) in ALL.iter().enumerate() {
            assert_eq!(Code::find(code.name()), Some(*code));
            assert!(ALL[..position].iter().all(|earlier| earlier != code), "{code} twice");
        }
        assert_eq!(Code::find("no_such_code"), None);
        assert_eq!(Code::nearest("value_not_in_lists"), Some(VALUE_NOT_IN_LIST));
        assert_eq!(Code::nearest("cobol"), None);
    }
}
