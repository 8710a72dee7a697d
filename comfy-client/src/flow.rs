//! Flows of comfy-dsl on a server: built against its nodes, their files uploaded, queued and waited for. What a prompt
//! needs besides is `run`'s; workflows in files are comfy-run's.

use std::path::PathBuf;

use comfy_dsl::{Flow, Problems};
use comfy_graph::{
    catalog::Catalog,
    diag::{Diagnostic, Place},
    graph::NodeSource,
    valid::Validator,
};
use serde_json::Value;

use crate::{
    catalog::{CatalogOptions, Refresh},
    client::Client,
    id::JobId,
    inputs::{LocalInput, UploadPolicy, local_inputs},
    paid::{AllowPaid, paid_nodes},
    run::{Cause, Finished, Job, RunError, SubmitOptions},
};

/// How a flow is run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunOptions {
    /// What it may cost.
    pub allow_paid: AllowPaid,
    /// How the server's nodes are had; out of the cache, and asked for again where they would refuse the flow.
    pub catalog: CatalogOptions,
    /// Where paths of input files begin, and which may be read.
    pub uploads: UploadPolicy,
    /// How the prompt is queued. The output nodes and the key of partner nodes are seen to.
    pub submit: SubmitOptions,
}

impl Default for RunOptions {
    /// Nothing that costs money; files from the folder that this program runs in.
    fn default() -> Self {
        let catalog = CatalogOptions { refresh: Refresh::OnDemand, ..CatalogOptions::default() };
        Self {
            allow_paid: AllowPaid::No,
            catalog,
            uploads: UploadPolicy::new(PathBuf::from(".")),
            submit: SubmitOptions::default(),
        }
    }
}

impl Client {
    /// Builds a flow against the server's nodes, uploads the files that it names by their path (`./cat.png`), and queues
    /// it.
    ///
    /// # Errors
    /// [`Cause::Invalid`] with the lines of the source when the server would not run it; [`Cause::Paid`] when it would
    /// cost money and that was not allowed; those of [`submit`](Self::submit).
    pub async fn start(&self, flow: &Flow, options: &RunOptions) -> Result<Job, RunError> {
        let id = options.submit.id.clone().unwrap_or_else(JobId::random);
        let failed = |cause| RunError { id: id.clone(), cause };
        let request = |error: crate::Error| failed(Cause::Request(Box::new(error)));
        let mut known = self.catalog(&options.catalog).await.map_err(request)?;
        let mut built = build(flow, known.catalog(), &options.uploads);
        if built.is_err() && known.is_cached() && known.renewed().await.map_err(request)?.is_some() {
            built = build(flow, known.catalog(), &options.uploads);
        }
        let mut prompt = built.map_err(|problems| failed(Cause::Invalid(problems)))?;
        let paid = paid_nodes(&prompt, known.catalog());
        if !options.allow_paid.covers(&paid) {
            return Err(failed(Cause::Paid(paid)));
        }
        self.upload_inputs(&mut prompt, known.catalog(), &options.uploads)
            .await
            .map_err(|error| failed(Cause::Input(Box::new(error))))?;
        let mut submit = options.submit.clone();
        submit.id = Some(id.clone());
        submit.with_partner_key = !paid.is_empty();
        submit.output_nodes.get_or_insert_with(|| output_nodes(&prompt, known.catalog()));
        self.submit(prompt, &submit).await
    }

    /// The same, and waits for the end, however long it takes.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when it does not run to its end.
    pub async fn run(&self, flow: &Flow, options: &RunOptions) -> Result<Finished, RunError> {
        self.start(flow, options).await?.wait().await
    }
}

/// The prompt, if the server would take it once it has the files.
fn build(flow: &Flow, catalog: &Catalog, uploads: &UploadPolicy) -> Result<Value, Problems> {
    let problems = match flow.build_against(&Validator::new(catalog)) {
        Ok(prompt) => return Ok(prompt),
        Err(problems) => problems,
    };
    let prompt = flow.to_prompt();
    let local = local_inputs(&prompt, catalog, uploads);
    let problems = problems.retain(|found| !is_of(found, &local));
    if problems.iter().any(Diagnostic::is_error) { Err(problems) } else { Ok(prompt) }
}

fn is_of(found: &Diagnostic, local: &[LocalInput]) -> bool {
    let is_it = |local: &LocalInput| {
        found.node.as_deref() == Some(&local.node) && found.input.as_deref() == Some(&local.input)
    };
    local.iter().any(is_it)
}

fn output_nodes(prompt: &Value, catalog: &Catalog) -> Vec<String> {
    let nodes = prompt.as_object().into_iter().flatten();
    let is_output = |node: &Value| {
        let def = node["class_type"].as_str().and_then(|class| catalog.get(class));
        def.is_some_and(|def| def.output_node)
    };
    nodes.filter(|(_, node)| is_output(node)).map(|(id, _)| id.clone()).collect()
}

/// What kept a flow from its results, as diagnostics at the lines of its source.
pub fn diagnostics_in(flow: &Flow, cause: &Cause) -> Vec<Diagnostic> {
    let graph = flow.to_graph().value;
    let mut found = cause.diagnostics();
    for diagnostic in found.iter_mut().filter(|found| found.place.is_none()) {
        let node = diagnostic.node.as_deref().and_then(|node| graph.node_of_key(node));
        if let Some(NodeSource::Rust(location)) = node.and_then(|node| node.source.as_ref()) {
            diagnostic.place = Some(Place::Rust(location));
        }
    }
    found
}
