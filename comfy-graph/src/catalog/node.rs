//! What the catalog knows of one class of nodes.

use serde_json::{Map, Value};

use super::{InputDef, InputKind, IoType};

/// One class of nodes, as `server.py: node_info` describes it.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "these are the server's own flags")]
pub struct NodeDef {
    /// The name in prompts and workflows.
    pub class_type: Box<str>,
    /// The title the frontend shows, if it differs from the class.
    pub display_name: Option<Box<str>>,
    /// The author's help.
    pub description: Box<str>,
    /// Place in the menu, e.g. `model/sampling`.
    pub category: Box<str>,
    /// Where the class comes from: `nodes`, `comfy_extras.…`, `comfy_api_nodes.…`, `custom_nodes.…`.
    pub python_module: Box<str>,
    /// Declared inputs in the frontend's order: `input_order.required`, `input_order.optional`, then the rest.
    pub inputs: Vec<InputDef>,
    /// Inputs that the server fills in itself (`unique_id`, `prompt` …). Never part of a prompt.
    pub hidden: Vec<Box<str>>,
    /// Outputs by slot.
    pub outputs: Vec<OutputDef>,
    /// Running the prompt means running these.
    pub output_node: bool,
    /// The node receives lists instead of being run per item.
    pub is_input_list: bool,
    /// The node shows results while others still run.
    pub has_intermediate_output: bool,
    /// The author advises against it.
    pub deprecated: bool,
    /// May still change.
    pub experimental: bool,
    /// Hidden from users.
    pub dev_only: bool,
    /// Calls a paid service.
    pub api_node: bool,
    /// Fields that this crate gives no meaning to, as they came (`price_badge`, `search_aliases` …).
    pub extra: Map<String, Value>,
}

/// One output slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputDef {
    /// The label; often the type. Not unique within a node.
    pub name: Box<str>,
    /// What comes out. Combo outputs have `COMBO`, match types `COMFY_MATCHTYPE_V3`.
    pub io_type: IoType,
    /// The output is a list that following nodes run over.
    pub is_list: bool,
    /// The template that decides the type of a match type output.
    pub match_template: Option<Box<str>>,
    /// The author's one-line help.
    pub tooltip: Option<Box<str>>,
}

impl NodeDef {
    /// The title the frontend gives a new node of this class.
    pub fn default_title(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.class_type)
    }

    /// The declared input of this name. Parts of dynamic inputs are not declared by themselves.
    pub fn input(&self, name: &str) -> Option<&InputDef> {
        self.inputs.iter().find(|input| &*input.name == name)
    }
}

impl NodeDef {
    /// The declared form of an input by its full name: `steps`, or `format.codec.crf` and `images.image0` inside
    /// dynamic inputs. Options of dynamic combos are all searched, whichever is chosen; of a name that several
    /// options have the first counts.
    pub fn resolve_input(&self, name: &str) -> Option<&InputDef> {
        // A name with dots in it can also be declared as it stands.
        self.input(name).or_else(|| resolve(&self.inputs, name))
    }
}

/// Depth is bounded by the parser.
fn resolve<'d>(inputs: &'d [InputDef], name: &str) -> Option<&'d InputDef> {
    if let Some(found) = inputs.iter().find(|input| &*input.name == name) {
        return Some(found);
    }
    inputs.iter().find_map(|input| {
        let rest = name.strip_prefix(&*input.name)?.strip_prefix('.')?;
        match &input.kind {
            InputKind::DynamicCombo(options) => {
                options.iter().find_map(|option| resolve(&option.inputs, rest))
            }
            InputKind::Autogrow(autogrow) => autogrow.names.position(rest).map(|_| &autogrow.item),
            InputKind::DynamicSlot(inputs) => resolve(inputs, rest),
            _ => None,
        }
    })
}
