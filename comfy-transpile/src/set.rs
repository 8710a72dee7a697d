//! Document → the same with values that are set from outside, wherever the document goes then: to a prompt, to a workflow,
//! to Rust or into a picture.

use std::collections::{BTreeMap, BTreeSet};

use comfy_graph::{
    diag::{Diagnostic, Severity, WithDiagnostics},
    graph::{Graph, Slot},
    interface::{self, Binding, Interface, InterfaceOptions},
    passes,
};
use serde_json::Value;

use crate::{
    compiler::Compiler,
    document::{Document, Outside, name},
    settings::{SettingError, Settings, seeds},
};

/// Inputs, as node and name.
type Inputs = BTreeSet<(Box<str>, Box<str>)>;

impl Compiler {
    /// What of a document is to be set from outside: its parameters, roles and results. Of the settings only what they say
    /// of parameters counts.
    ///
    /// # Errors
    /// When an entry names no input of the document.
    pub fn interface(
        &self,
        document: &Document,
        settings: &Settings,
    ) -> Result<WithDiagnostics<Interface>, SettingError> {
        let made = Interface::of(document.graph(), self.catalog(), &settings.interface);
        let mut diagnostics = settings.found.clone();
        for mut found in made.diagnostics {
            name(&mut found, document.graph());
            if found.is_error() {
                return Err(SettingError::Entry(Box::new(found)));
            }
            diagnostics.push(found);
        }
        Ok(WithDiagnostics { value: made.value, diagnostics })
    }

    /// The document with values that are set from outside. They are in everything that is made of it.
    ///
    /// ```
    /// use comfy_transpile::{Compiler, Input, Setting, Settings, Target};
    ///
    /// let compiler = Compiler::bundled();
    /// let prompt = r#"{
    ///     "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
    ///     "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    /// }"#;
    /// let document = compiler.open(&Input::from_text("prompt.json", prompt))?;
    /// let mut settings = Settings::default();
    /// settings.values.push(Setting::new("EmptyImage.width", "128"));
    /// let document = compiler.set(&document, &settings)?;
    /// assert!(compiler.write(&document, &Target::default()).value.contains(".width(128)"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a name fits nothing or several things, or a value is none that the input takes.
    pub fn set(&self, document: &Document, settings: &Settings) -> Result<Document, SettingError> {
        if settings.is_empty() {
            return Ok(document.clone());
        }
        let made = self.interface(document, settings)?;
        // notes are about parameters that nobody asked for
        let mut found = made.diagnostics;
        found.retain(|found| found.severity != Severity::Note);
        let mut outside = Outside { interface: settings.interface.clone(), ..Outside::default() };
        let mut graph = document.graph().clone();
        if settings.values.is_empty() && settings.seed.is_none() {
            return Ok(document.changed(graph, outside, found));
        }
        let refused = |mut found: Box<Diagnostic>| {
            name(&mut found, document.graph());
            // what the file has there is not what is wrong
            found.place = None;
            SettingError::Refused(found)
        };
        let before = passes::lower_for_execution(&graph).value;
        if let Some(seed) = settings.seed {
            for (ix, input) in seeds(&before, self.catalog()) {
                let binding = Binding::new(before[ix].key.as_str(), input.clone());
                outside.inputs.insert((before[ix].key.as_str().into(), input));
                // a run with another seed than the one that was asked for is no answer
                interface::write_shared(&mut graph, self.catalog(), &binding, seed.into())
                    .map_err(refused)?;
            }
        }
        let mut places = BTreeSet::new();
        for setting in &settings.values {
            let meant = made.value.find(&setting.name).map_err(refused)?;
            places.extend(meant.bindings().iter().cloned());
            let set = made.value.set(&mut graph, self.catalog(), &setting.name, &*setting.value);
            set.map_err(refused)?;
        }
        let after = passes::lower_for_execution(&graph).value;
        outside.inputs.extend(changed(&before, &after, &places));
        outside.changed = true;
        Ok(document.changed(graph, outside, found))
    }

    /// The graph of a document for a run, where placeholders in it have their defaults, and what is said of those that
    /// have none. `None` where there are no placeholders.
    pub(crate) fn filled(&self, document: &Document) -> Option<WithDiagnostics<Graph>> {
        if !interface::has_placeholders(document.graph()) {
            return None;
        }
        let mut graph = document.graph().clone();
        let options: &InterfaceOptions = &document.outside().interface;
        let interface = Interface::of(&graph, self.catalog(), options).value;
        let diagnostics = interface.fill(&mut graph, self.catalog());
        Some(WithDiagnostics { value: graph, diagnostics })
    }
}

/// The inputs of a prompt that have another value than before, and those that were named.
fn changed(before: &Graph, after: &Graph, places: &BTreeSet<Binding>) -> Inputs {
    let old = values(before);
    let named = |node: &str, input: &str| places.contains(&Binding::new(node, input));
    let new = values(after).into_iter();
    new.filter(|(at, value)| named(at.0, at.1) || old.get(at) != Some(value))
        .map(|((node, input), _)| (node.into(), input.into()))
        .collect()
}

/// The values of a flat graph.
fn values(flat: &Graph) -> BTreeMap<(&str, &str), &Value> {
    let mut values = BTreeMap::new();
    for (ix, node) in flat.nodes() {
        for widget in node.widgets.iter().filter(|widget| widget.sent) {
            let slot = node.input_slot(&widget.name);
            if slot.is_some_and(|slot| flat.source(Slot { node: ix, slot }).is_some()) {
                continue;
            }
            let delivered = slot.and_then(|slot| node.inputs.get(slot)?.value.as_ref());
            if let Some(value) = delivered.or(widget.value.as_ref()) {
                values.insert((node.key.as_str(), &*widget.name), value);
            }
        }
    }
    values
}
