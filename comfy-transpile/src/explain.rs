//! A page for every diagnostic code: what it means, what provokes it, how to mend it. The pages are
//! `docs/diagnostics/CODE.md` of this package; tests see to it that there is one for each code, and that their examples are true.

use std::{error::Error, fmt};

use comfy_graph::diag::Code;

macro_rules! pages {
    ($($code:ident)*) => {
        &[$((
            stringify!($code),
            include_str!(concat!("../docs/diagnostics/", stringify!($code), ".md")),
        )),*]
    };
}

/// The page on a code, in Markdown. Always there in a build that passed its tests.
///
/// ```
/// use comfy_graph::diag::codes;
///
/// let page = comfy_transpile::explain(codes::VALUE_NOT_IN_LIST).unwrap_or_default();
/// assert!(page.starts_with("# value_not_in_list\n"));
/// ```
pub fn explain(code: Code) -> Option<&'static str> {
    PAGES.iter().find(|(name, _)| *name == code.name()).map(|(_, page)| *page)
}

/// No code has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownCode {
    /// The name.
    pub name: String,
    /// The code that may have been meant.
    pub nearest: Option<Code>,
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no code `{}`; ", self.name)?;
        match self.nearest {
            Some(near) => write!(f, "did you mean `{near}`?"),
            None => f.write_str("`--explain all` lists them"),
        }
    }
}

impl Error for UnknownCode {}

/// The code of this name, however it was copied: `error[CODE]` will do.
///
/// # Errors
/// Says which one may have been meant.
pub fn find_code(name: &str) -> Result<Code, UnknownCode> {
    let bare = name.rsplit('[').next().unwrap_or(name).trim_end_matches([']', ':']).replace('-', "_");
    Code::find(&bare).ok_or_else(|| UnknownCode { nearest: Code::nearest(&bare), name: bare })
}

/// In the order of the registry.
const PAGES: &[(&str, &str)] = pages! {
    missing_node_type
    prompt_no_outputs
    required_input_missing
    bad_linked_input
    return_type_mismatch
    invalid_input_type
    value_smaller_than_min
    value_bigger_than_max
    value_not_in_list
    custom_validation_failed
    dependency_cycle
    not_a_workflow
    document_too_large
    malformed_node
    malformed_link
    malformed_subgraph
    non_finite_number
    rounded_number
    wrapped_document
    array_link_version
    duplicate_key
    duplicate_node_id
    catalog_node_dropped
    catalog_odd_definition
    unknown_link
    link_disagreement
    dangling_link
    slot_out_of_range
    link_as_text
    literal_on_socket
    unused_node
    bypass_without_route
    doubled_input
    input_dropped
    widget_count_mismatch
    live_widget
    undeclared_input
    number_as_text
    boolean_as_text
    deprecated_node
    paid_node
    unused_paid_output
    upscaled_twice
    model_family_mismatch
    latent_family_mismatch
    subgraph_recursion
    subgraph_too_large
    values_too_large
    virtual_cycle
    primitive_to_instance
    primitive_behind_reroute
    promoted_primitive
    legacy_group_node
    unset_name
    ambiguous_broadcast
    unknown_pattern
    virtual_of_pack
    dynamic_prompt
    file_name_pattern
    value_without_widget
    input_filled_in
    looks_dropped
    flat_subgraph
    not_expressible
    duplicate_setting
    too_many_items
    unsupported_rust
    rust_syntax
    rust_name
    rust_type
    unknown_input
    moved_value
    not_mutable
    rust_overflow
    rust_panic
    reader_limit
    unused_value
    outside_subgraph
    malformed_edit
    unknown_node
    impossible_edit
    edit_side_effect
    malformed_diagram
    diagram_guess
    server_refused
    execution_failed
    internal_error
};

#[cfg(test)]
mod tests {
    use comfy_graph::diag::codes;

    use super::*;

    #[test]
    fn every_code_has_a_page() {
        for code in codes::ALL {
            let page = explain(*code);
            assert!(page.is_some(), "write docs/diagnostics/{code}.md and add {code} to PAGES");
        }
        let known = |name: &str| Code::find(name).is_some();
        assert!(PAGES.iter().all(|(name, _)| known(name)), "a page of a code that is no more");
    }
}
