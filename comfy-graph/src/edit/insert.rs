//! Nodes in the middle of links, and LoRAs behind a loader.

use serde_json::{Map, Value};

use super::{
    Insert, InsertLoras, Lora, NodeRef,
    draft::{At, Done, Draft, Scope},
    ends::SlotName,
};
use crate::{
    catalog::IoType,
    diag::codes,
    graph::{Link, NodeKind, Slot},
};

/// LoRAs in one edit.
const MOST_LORAS: usize = 256;

impl Draft<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Done {
        let (scope, from, links) = self.links_to_open(insert)?;
        let given = self.type_of(self.scope(&scope), from);
        let at = self.new_node(&scope, &insert.class, "class", None)?;
        self.node_mut(&at).title = insert.title.as_deref().filter(|title| !title.is_empty()).map(Into::into);
        self.call(insert.alias.as_deref(), &at)?;
        self.set_all(&at, &insert.values)?;
        let input = match &insert.input {
            Some(name) => self.input_of(&at, &SlotName::Name(name.clone()), "input")?,
            None => self.socket_for(&at, &given).ok_or_else(|| {
                let message = format!("it has no input for {given}");
                self.about(codes::RETURN_TYPE_MISMATCH, "class", &at, &message)
            })?,
        };
        self.link(&scope, from, Slot { node: at.ix, slot: input });
        self.check_link(&at, Slot { node: at.ix, slot: input }, "class")?;
        let output = match &insert.output {
            Some(name) => self.output_of(&at, &SlotName::Name(name.clone()), "output")?,
            None => self.output_for(&at, &given, &links)?,
        };
        for link in links {
            self.link(&scope, Slot { node: at.ix, slot: output }, link.to);
            let graph = self.scope(&scope);
            let target = At { scope: scope.clone(), key: graph[link.to.node].key.clone(), ix: link.to.node };
            self.check_link(&target, link.to, "class")?;
        }
        Ok(())
    }

    /// The output that is led through the new node, and its links that are.
    fn links_to_open(&mut self, insert: &Insert) -> Done<(Scope, Slot, Vec<Link>)> {
        let from = match &insert.from {
            Some(from) => Some(self.output(from, "from")?),
            None => None,
        };
        let Some(to) = &insert.to else {
            let Some((source, slot)) = from else {
                let message = "insert needs from, to, or both";
                return Err(self.finding(codes::MALFORMED_EDIT, "", message).into());
            };
            let graph = self.scope(&source.scope);
            let links: Vec<Link> =
                graph.links_from(source.ix).into_iter().filter(|link| link.from.slot == slot).collect();
            return Ok((source.scope.clone(), Slot { node: source.ix, slot }, links));
        };
        let (target, input) = self.input(to, "to")?;
        let link = self.scope(&target.scope).source(Slot { node: target.ix, slot: input });
        let wanted = from.map(|(source, slot)| Slot { node: source.ix, slot });
        match link {
            Some(link) if wanted.is_none_or(|wanted| wanted == link.from) => {
                Ok((target.scope, link.from, vec![link]))
            }
            _ => {
                let name = self.node(&target).inputs.get(input).map(|input| input.name.to_string());
                let name = name.unwrap_or_default();
                let message = if wanted.is_some() && link.is_some() {
                    format!("{name} is linked to another output")
                } else {
                    format!("{name} is not linked, so that there is nothing to put a node into")
                };
                Err(self.about(codes::IMPOSSIBLE_EDIT, "to", &target, &message).input(name).into())
            }
        }
    }

    /// The first output that all consumers take, of the type that they had if there is one.
    fn output_for(&mut self, at: &At, given: &IoType, links: &[Link]) -> Done<usize> {
        let graph = self.scope(&at.scope);
        let wanted: Vec<IoType> = links
            .iter()
            .filter_map(|link| Some(graph[link.to.node].inputs.get(link.to.slot)?.io_type.clone()))
            .collect();
        let outputs = self.outputs(at);
        let fits = |io_type: &IoType| wanted.iter().all(|wanted| wanted.accepts(io_type));
        let same = outputs.iter().position(|(_, io_type)| io_type == given && fits(io_type));
        let slot = same.or_else(|| outputs.iter().position(|(_, io_type)| fits(io_type)));
        slot.ok_or_else(|| {
            let message = format!("it has no output for what takes {given} now");
            self.about(codes::RETURN_TYPE_MISMATCH, "class", at, &message).into()
        })
    }

    pub(super) fn insert_loras(&mut self, edit: &InsertLoras) -> Done {
        if edit.loras.len() > MOST_LORAS {
            let message = format!("{} LoRAs are more than {MOST_LORAS}", edit.loras.len());
            return Err(self.finding(codes::TOO_MANY_ITEMS, "loras", &message).into());
        }
        let loader = self.resolve(&edit.loader, "loader")?;
        let Some(model) = self.only_output(&loader, "MODEL", "loader")? else {
            let message = "it gives no MODEL, so that no LoRA goes behind it";
            return Err(self.about(codes::IMPOSSIBLE_EDIT, "loader", &loader, message).into());
        };
        let clip = self.clip_source(&loader, edit.clip.as_ref())?;
        let scope = loader.scope.clone();
        let class = edit.class.as_deref().unwrap_or(if clip.is_some() {
            "LoraLoader"
        } else {
            "LoraLoaderModelOnly"
        });
        let mut chain = Chain { model: Slot { node: loader.ix, slot: model }, clip };
        let models = self.consumers(&scope, chain.model);
        let clips = clip.map(|clip| self.consumers(&scope, clip)).unwrap_or_default();
        for (at, lora) in edit.loras.iter().enumerate() {
            let node = self.lora(&scope, class, lora, &mut chain)?;
            if let Some(alias) = edit.alias.as_deref() {
                self.call(Some(&format!("{alias}_{}", at + 1)), &node)?;
                if at + 1 == edit.loras.len() {
                    self.call(Some(alias), &node)?;
                }
            }
        }
        if edit.loras.is_empty() {
            return Ok(());
        }
        for (links, from) in [(models, Some(chain.model)), (clips, chain.clip)] {
            for link in links {
                if let Some(from) = from {
                    self.link(&scope, from, link.to);
                }
            }
        }
        Ok(())
    }

    /// One LoRA at the end of the chain.
    fn lora(&mut self, scope: &Scope, class: &str, lora: &Lora, chain: &mut Chain) -> Done<At> {
        let at = self.new_node(scope, class, "class", None)?;
        let mut values = Map::new();
        values.insert("lora_name".to_owned(), (&*lora.name).into());
        let strengths = [
            ("strength_model", lora.strength_model),
            ("strength_clip", lora.strength_clip.or(lora.strength_model)),
        ];
        for (name, strength) in strengths {
            let is_input = self.node(&at).widget(name).is_some();
            if let Some(strength) = strength.filter(|_| is_input) {
                values.insert(name.to_owned(), number(strength));
            }
        }
        self.set_all(&at, &values)?;
        chain.model = self.lead_through(&at, chain.model, "MODEL")?;
        if let Some(clip) = chain.clip {
            let takes = self.outputs(&at).iter().any(|(_, io_type)| io_type.as_str() == "CLIP");
            if takes {
                chain.clip = Some(self.lead_through(&at, clip, "CLIP")?);
            }
        }
        Ok(at)
    }

    /// Links an output to the input of its type, and gives the output of that type.
    fn lead_through(&mut self, at: &At, from: Slot, word: &str) -> Done<Slot> {
        let io_type = IoType::new(word);
        let (input, output) = (self.socket_for(at, &io_type), self.only_output(at, word, "class")?);
        let (Some(input), Some(output)) = (input, output) else {
            let message = format!("it does not take and give {word}, as a loader of LoRAs does");
            return Err(self.about(codes::IMPOSSIBLE_EDIT, "class", at, &message).into());
        };
        let to = Slot { node: at.ix, slot: input };
        self.link(&at.scope.clone(), from, to);
        self.check_link(at, to, "class")?;
        Ok(Slot { node: at.ix, slot: output })
    }

    /// Where the text encoder comes from: the node that is named, or the loader, if it gives one.
    fn clip_source(&mut self, loader: &At, clip: Option<&NodeRef>) -> Done<Option<Slot>> {
        let source = match clip {
            Some(node) => self.resolve(node, "clip")?,
            None => loader.clone(),
        };
        let member = if clip.is_some() { "clip" } else { "loader" };
        let slot = self.only_output(&source, "CLIP", member)?;
        if source.scope != loader.scope {
            let message = "the two loaders are in different graphs";
            return Err(self.finding(codes::IMPOSSIBLE_EDIT, "clip", message).into());
        }
        if clip.is_some() && slot.is_none() {
            let message = "it gives no CLIP";
            return Err(self.about(codes::IMPOSSIBLE_EDIT, "clip", &source, message).into());
        }
        Ok(slot.map(|slot| Slot { node: source.ix, slot }))
    }

    /// The only output of a type.
    fn only_output(&mut self, at: &At, word: &str, member: &str) -> Done<Option<usize>> {
        let outputs = self.outputs(at);
        let mut of_type = outputs
            .iter()
            .enumerate()
            .filter(|(_, (_, io_type))| io_type.as_str() == word)
            .map(|(slot, _)| slot);
        let first = of_type.next();
        let several = of_type.next().is_some();
        if several && !matches!(self.node(at).kind, NodeKind::Class) {
            let message = format!("it has several outputs of {word}");
            return Err(self.about(codes::IMPOSSIBLE_EDIT, member, at, &message).into());
        }
        Ok(first)
    }

    fn consumers(&self, scope: &Scope, from: Slot) -> Vec<Link> {
        self.scope(scope).links_from(from.node).into_iter().filter(|link| link.from == from).collect()
    }
}

/// The end of what was led through so far.
struct Chain {
    model: Slot,
    clip: Option<Slot>,
}

/// Whole strengths without a fraction, as the frontend writes them.
#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
fn number(strength: f64) -> Value {
    const MOST: f64 = 1e9;
    if strength.fract() == 0.0 && strength.abs() < MOST { (strength as i64).into() } else { strength.into() }
}
