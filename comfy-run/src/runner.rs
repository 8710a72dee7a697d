//! [`Runner`]: one server, its nodes, and a compiler for them.

use std::{collections::BTreeSet, path::Path, time::Duration};

use comfy_client::{
    Cause, Client, Error, Job, RunError, ServerCatalog, SubmitOptions,
    inputs::{InputError, LocalInput, UploadPolicy, UploadedInput, local_inputs},
    paid_nodes,
};
use comfy_graph::{catalog::Catalog, diag::Diagnostic, passes::LowerOptions};
use comfy_transpile::{Compiler, Document, Input, Lowered, now};

use crate::plan::{Order, Plan, PlanError, Refused};

/// How long a catalog out of the cache is used without a question. What it has against a workflow is asked about anyway.
const FRESH: Duration = Duration::from_secs(600);

/// Checks workflows against the nodes of one server, and queues them there.
#[derive(Debug)]
pub struct Runner {
    client: Client,
    catalog: ServerCatalog,
    compiler: Compiler,
}

impl Runner {
    /// A runner for a server whose nodes are known.
    pub fn new(client: Client, catalog: ServerCatalog) -> Self {
        let compiler = Compiler::new(catalog.catalog().clone()).known_files(true);
        Self { client, catalog, compiler }
    }

    /// The server.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Its nodes.
    pub fn catalog(&self) -> &Catalog {
        self.compiler.catalog()
    }

    /// The compiler for its nodes.
    pub fn compiler(&self) -> &Compiler {
        &self.compiler
    }

    /// The version that the server said it has.
    pub fn server_version(&self) -> Option<&str> {
        self.catalog.server_version()
    }

    /// Reads and checks a workflow. Nothing of it is sent. What a catalog out of the cache has against it counts only once
    /// the server has said that its nodes are still the same.
    ///
    /// # Errors
    /// When the server would not run it, or it would cost more than was allowed.
    pub async fn plan(&mut self, input: &Input, order: &Order) -> Result<Plan, PlanError> {
        match self.try_plan(input, order) {
            Err(PlanError::Read(_) | PlanError::Refused(_) | PlanError::Setting(_))
                if self.catalog.is_cached() =>
            {
                self.renew().await?;
                self.try_plan(input, order)
            }
            done => done,
        }
    }

    /// Waits for what the server says of its nodes. Whether they are others than before.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn renew(&mut self) -> Result<bool, Error> {
        let newer = self.catalog.renewed().await?;
        let Some(newer) = newer else { return Ok(false) };
        self.compiler = Compiler::new(newer).known_files(true);
        Ok(true)
    }

    /// Asks the server beside whether its nodes are still the same, where it was not asked for a while. For after a job is
    /// queued: a server does nothing else while it answers.
    pub fn revalidate(&mut self) {
        if self.catalog.age().is_some_and(|age| age >= FRESH) {
            self.catalog.revalidate();
        }
    }

    fn try_plan(&self, input: &Input, order: &Order) -> Result<Plan, PlanError> {
        let document = self.compiler.set(&self.compiler.open(input)?, &order.settings)?;
        // as the frontend does when it queues
        let options =
            LowerOptions { seed: Some(order.settings.seed.unwrap_or_default()), resolve_names: Some(now()) };
        let lowered = self.compiler.lower(&document, options);
        let prompt = lowered.prompt();
        let policy = policy(order, &lowered);
        let uploads = local_inputs(&prompt, self.catalog(), &policy);
        let diagnostics = without_uploads(lowered.diagnostics.clone(), &uploads);
        let refused = diagnostics.iter().any(Diagnostic::is_error) && !order.unchecked && !order.partial;
        if refused {
            let input = document.input().clone();
            return Err(PlanError::Refused(Box::new(Refused { input, diagnostics })));
        }
        let paid = paid_nodes(&prompt, self.catalog());
        if !order.allow_paid.covers(&paid) {
            return Err(PlanError::Paid(paid));
        }
        let mut options = SubmitOptions::default();
        options.place = order.place;
        options.targets.clone_from(&order.targets);
        options.partial = order.partial;
        options.with_partner_key = !paid.is_empty();
        options.workflow = Some(self.compiler.workflow(&document));
        options.output_nodes = Some(self.output_nodes(&lowered));
        Ok(Plan { document, prompt, diagnostics, uploads, paid, policy, options })
    }

    fn output_nodes(&self, lowered: &Lowered) -> Vec<String> {
        let is_output = |class: &str| self.catalog().get(class).is_some_and(|def| def.output_node);
        let nodes = lowered.graph.nodes().filter(|(_, node)| is_output(&node.class_type));
        nodes.map(|(_, node)| node.key.to_string()).collect()
    }

    /// Uploads the files that a plan needs, and names them in its prompt as the server does.
    ///
    /// # Errors
    /// When a file cannot be read, or the server does not take it.
    pub async fn upload(&self, plan: &mut Plan) -> Result<Vec<UploadedInput>, InputError> {
        self.client.upload_inputs(&mut plan.prompt, self.catalog(), &plan.policy).await
    }

    /// Queues a plan whose files are uploaded.
    ///
    /// # Errors
    /// When the server does not take it, or does not answer.
    pub async fn start(&self, plan: &Plan) -> Result<Job, RunError> {
        self.client.submit(plan.prompt.clone(), &plan.options).await
    }
}

impl Plan {
    /// What kept a job of this plan from its results, as diagnostics at their place in the workflow.
    pub fn diagnostics_of(&self, cause: &Cause) -> Vec<Diagnostic> {
        cause.diagnostics().into_iter().map(|found| self.document.locate(found)).collect()
    }

    /// What a node is called in messages: its title or class, its id, and the line of a flow that it is on.
    pub fn name_of(&self, node: &str, class_type: &str) -> String {
        name_of(&self.document, node, class_type)
    }
}

fn name_of(document: &Document, node: &str, class_type: &str) -> String {
    let title = document.node(node).and_then(|node| node.title.as_deref());
    let name = match title {
        Some(title) if title != class_type => format!("\"{title}\" #{node}"),
        _ => format!("{class_type} #{node}"),
    };
    match document.form() {
        comfy_transpile::Form::Rust => match document.node_line(node) {
            Some(line) => {
                let file = Path::new(document.name()).file_name().unwrap_or_default().to_string_lossy();
                format!("{name} ({file}:{line})")
            }
            None => name,
        },
        _ => name,
    }
}

/// A workflow may come from anywhere, and names files of its own folder only; whoever runs it may name any.
fn policy(order: &Order, lowered: &Lowered) -> UploadPolicy {
    let mut policy = UploadPolicy::new(&order.folder);
    policy.within = Some(order.within.as_ref().unwrap_or(&order.folder).clone());
    policy.anywhere.clone_from(&lowered.set);
    policy
}

/// That the server does not list a file which it is about to get is no fault.
fn without_uploads(mut found: Vec<Diagnostic>, uploads: &[LocalInput]) -> Vec<Diagnostic> {
    let uploaded: BTreeSet<(&str, &str)> =
        uploads.iter().map(|upload| (&*upload.node, &*upload.input)).collect();
    found.retain(|found| match (&found.node, &found.input) {
        (Some(node), Some(input)) => !uploaded.contains(&(&**node, &**input)),
        _ => true,
    });
    found
}
