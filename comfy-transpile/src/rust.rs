//! Graph → readable Rust.
//!
//! The file that [`emit`] writes is a program in the language of `comfy_dsl`: compiled and run it gives the prompt
//! that the graph itself lowers to, up to the ids of the nodes where they are not kept. One function is the workflow, and each subgraph is
//! a function of its own.
//!
//! # What becomes of what
//! Reroutes are looked through, but for bypassed ones, which pass links on by type; primitives are constants, notes
//! and frames are comments, titles and modes are methods. Values equal to their defaults are left out, except those of file lists, which differ from machine to
//! machine. What has no form in Rust is reported as
//! [`NOT_EXPRESSIBLE`](comfy_graph::diag::codes::NOT_EXPRESSIBLE).
//!
//! # How
//! `resolve` says where links come from, `order` in which order nodes are written, `words` what they are
//! called, `types` where casts stand; `node` writes one node, `subgraph` the functions around them, `body`
//! puts one function together; `layout` makes the text. Names of generated items are
//! [`comfy_codegen::names`]'s, and nothing here decides them.

mod body;
mod comments;
mod emitter;
mod layout;
mod literal;
mod node;
mod order;
mod resolve;
mod subgraph;
mod types;
mod words;

#[cfg(test)]
mod tests;

use comfy_codegen::names::Names;
use comfy_graph::{
    catalog::Catalog,
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::Graph,
    passes,
};
use proc_macro2::TokenStream;
use quote::quote;

use body::Body;
use emitter::Emitter;
use layout::comment_lines;
use subgraph::Plan;
use words::Scope;

/// How the file is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmitOptions {
    /// What the workflow is called, for the first line of the file.
    pub name: String,
    /// The path of the generated nodes, as in `use nodes::*;`.
    pub nodes: String,
    /// Nodes get the ids that they have in the workflow; else they are numbered in the order of the file.
    pub keep_ids: bool,
}

impl Default for EmitOptions {
    fn default() -> Self {
        Self { name: "A ComfyUI workflow".to_owned(), nodes: "nodes".to_owned(), keep_ids: false }
    }
}

impl EmitOptions {
    /// Sets the name of the workflow.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets whether nodes keep their ids.
    #[must_use]
    pub fn keep_ids(mut self, keep: bool) -> Self {
        self.keep_ids = keep;
        self
    }

    /// Sets the path of the generated nodes; `nodes` if this is no path.
    #[must_use]
    pub fn nodes(mut self, path: impl Into<String>) -> Self {
        let path = path.into();
        if syn::parse_str::<syn::Path>(&path).is_ok() {
            self.nodes = path;
        }
        self
    }
}

/// Writes a graph as Rust. The graph is the workflow as its author made it, before any pass.
///
/// `catalog` has to be the one that the generated nodes come from. Classes that it does not have are written as
/// `RawNode`.
pub fn emit(graph: &Graph, catalog: &Catalog, options: &EmitOptions) -> WithDiagnostics<String> {
    emit_with(graph, &Names::new(catalog), options)
}

/// [`emit`] with names that are at hand, such as those of a [`NameLock`](crate::NameLock).
pub fn emit_with(graph: &Graph, names: &Names<'_>, options: &EmitOptions) -> WithDiagnostics<String> {
    let lowered = passes::lower_for_execution(graph).value;
    emit_lowered(graph, &lowered, names, options)
}

/// [`emit_with`] for a caller that has the lowered graph already: it tells which widgets' own values run.
pub(crate) fn emit_lowered(
    graph: &Graph,
    lowered: &Graph,
    names: &Names<'_>,
    options: &EmitOptions,
) -> WithDiagnostics<String> {
    let mut emitter = Emitter::new(graph, lowered, names, options.keep_ids);
    let mut found = Vec::new();
    let plan = Plan::new(graph, &mut found);
    emitter.found = found;
    let functions: Vec<TokenStream> =
        plan.order.iter().filter_map(|id| subgraph::write(&mut emitter, &plan, id)).collect();
    let mut body = Body::new(&mut emitter, graph, None, Scope::new(plan.function_names()));
    let statements = body.statements();
    // without a class that the catalog has, nothing of the generated code is named
    let nodes = emitter.has_known_class.then(|| {
        let path = types::tokens(&options.nodes);
        quote!(use #path::*;)
    });
    let tokens = quote! {
        use comfy_dsl::prelude::*;
        #nodes

        pub fn flow(g: &Flow) { #(#statements)* }

        #(#functions)*
    };
    let (layout, mut found) = (emitter.layout, emitter.found);
    let text = match syn::parse2::<syn::File>(tokens) {
        Ok(file) => format!("{}\n{}", header(options), layout.render(&file)),
        Err(error) => {
            let message = format!("the Rust that was written does not parse: {error}");
            found.push(Diagnostic::new(codes::INTERNAL_ERROR, message));
            header(options)
        }
    };
    WithDiagnostics { value: text, diagnostics: found }
}

/// The lines above the code.
fn header(options: &EmitOptions) -> String {
    let mut lines = comment_lines("//!", &options.name);
    if lines.is_empty() {
        lines.push("//! A ComfyUI workflow".to_owned());
    }
    lines.push("//!".to_owned());
    lines.push("//! Written by comfy-transpile. Run it with".to_owned());
    lines.push("//! `let g = Flow::new(); flow(&g); println!(\"{}\", g.to_prompt());`.".to_owned());
    lines.join("\n") + "\n"
}
