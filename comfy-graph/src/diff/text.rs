//! The text form of a [`Diff`], for people: a block for each node, `+` added, `-` removed, `~` changed.

use std::fmt;

use serde_json::Value;

use super::{Change, Contents, Diff, End, Party, Role, Setting, What};
use crate::{diag::short, graph::Mode};

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut scope = None;
        let mut before: Option<&Change> = None;
        for change in &self.changes {
            if change.scope.as_deref() != scope {
                scope = change.scope.as_deref();
                if let Some(name) = scope {
                    writeln!(f, "in subgraph \"{}\":", clean(&short(name)))?;
                }
            }
            let is_same_node = before.is_some_and(|before| {
                before.scope == change.scope && before.old == change.old && before.new == change.new
            });
            if !is_same_node {
                heading(f, change)?;
            }
            body(f, &change.what, change)?;
            before = Some(change);
        }
        Ok(())
    }
}

fn heading(f: &mut fmt::Formatter<'_>, change: &Change) -> fmt::Result {
    match (&change.old, &change.new) {
        (Some(old), None) => writeln!(f, "- {old}"),
        (None, Some(new)) => writeln!(f, "+ {new}"),
        (Some(old), Some(new)) if old.id != new.id && old.role == Role::Node => {
            writeln!(f, "~ {old} (now #{})", clean(&short(&new.id)))
        }
        (Some(party), Some(_)) => writeln!(f, "~ {party}"),
        (None, None) => Ok(()),
    }
}

fn body(f: &mut fmt::Formatter<'_>, what: &What, change: &Change) -> fmt::Result {
    let words = |part: fn(&Party) -> &str| {
        let word = |party: &Option<Party>| party.as_ref().map_or(String::new(), |p| clean(part(p)));
        (word(&change.old), word(&change.new))
    };
    match what {
        What::Added(contents) | What::Removed(contents) => whole(f, contents),
        What::Class => {
            let (old, new) = words(|party| &party.class_type);
            writeln!(f, "    class: {old} -> {new}")
        }
        What::Title => {
            let is_definition = change.old.as_ref().is_some_and(|old| old.role == Role::Definition);
            let (old, new) = if is_definition {
                words(|party| &party.class_type)
            } else {
                words(|party| party.title.as_deref().unwrap_or_default())
            };
            writeln!(f, "    {}: {old:?} -> {new:?}", if is_definition { "name" } else { "title" })
        }
        What::Mode { old, new } => writeln!(f, "    mode: {} -> {}", mode(*old), mode(*new)),
        What::Input { name, rewired, old, new } => {
            let name = clean(&short(name));
            let (before, after) = between(old.value.as_ref(), new.value.as_ref());
            match (rewired, &new.link) {
                (true, _) => writeln!(f, "    {name}: {old} -> {new}"),
                (false, Some(_)) => writeln!(f, "    {name}, under its link: {before} -> {after}"),
                (false, None) => writeln!(f, "    {name}: {before} -> {after}"),
            }
        }
        What::Port { output, old, new } => {
            let port = |port: &Option<(Box<str>, Box<str>)>| match port {
                Some((name, io_type)) => format!("{} ({})", clean(&short(name)), clean(&short(io_type))),
                None => "nothing".to_owned(),
            };
            writeln!(f, "    {}: {} -> {}", if *output { "output" } else { "input" }, port(old), port(new))
        }
    }
}

fn whole(f: &mut fmt::Formatter<'_>, contents: &Contents) -> fmt::Result {
    if contents.nodes > 0 {
        writeln!(f, "    {} nodes", contents.nodes)?;
    }
    for (name, setting) in &contents.inputs {
        writeln!(f, "    {}: {setting}", clean(&short(name)))?;
    }
    for (party, name) in &contents.uses {
        writeln!(f, "    to {party}, {}", clean(&short(name)))?;
    }
    Ok(())
}

/// The name that ComfyUI's menu has for a mode.
pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Always => "always",
        Mode::OnEvent => "on event",
        Mode::Never => "muted",
        Mode::OnTrigger => "on trigger",
        Mode::Bypass => "bypassed",
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = clean(&short(&self.class_type));
        match self.role {
            Role::Definition => return write!(f, "subgraph \"{class}\""),
            Role::Inputs => return write!(f, "the subgraph's inputs"),
            Role::Outputs => return write!(f, "the subgraph's outputs"),
            Role::Node => write!(f, "{class} #{}", clean(&short(&self.id)))?,
        }
        match &self.title {
            Some(title) => write!(f, " (\"{}\")", clean(&short(title))),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.link, &self.value) {
            (Some(link), _) => link.fmt(f),
            (None, Some(value)) => f.write_str(&cut(&line(value), 0, usize::MAX)),
            (None, None) => f.write_str("nothing"),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)?;
        if self.output.is_empty() {
            write!(f, " {}", self.slot)
        } else {
            write!(f, " {}", clean(&short(&self.output)))
        }
    }
}

/// Two values, long ones cut to where they differ.
fn between(old: Option<&Value>, new: Option<&Value>) -> (String, String) {
    let (Some(old), Some(new)) = (old, new) else {
        let text =
            |value: Option<&Value>| value.map_or("nothing".to_owned(), |v| cut(&line(v), 0, usize::MAX));
        return (text(old), text(new));
    };
    let (old, new) = (line(old), line(new));
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    (cut(&old, same, old.len() - tail), cut(&new, same, new.len() - tail))
}

/// A value in one line, as JSON has it: line breaks are `\n`.
fn line(value: &Value) -> Vec<char> {
    clean(&value.to_string()).chars().collect()
}

/// So much of a line around `from..to` that it is short.
fn cut(line: &[char], from: usize, to: usize) -> String {
    const LONGEST: usize = 100;
    const AROUND: usize = 24;
    if line.len() <= LONGEST {
        return line.iter().collect();
    }
    let start = from.saturating_sub(AROUND);
    let end = to.saturating_add(AROUND).min(start + LONGEST).min(line.len());
    let middle = line.get(start..end).unwrap_or_default().iter();
    let (before, after) = (start > 0, end < line.len());
    let dots = |is_cut: bool| is_cut.then_some(&'…').into_iter();
    dots(before).chain(middle).chain(dots(after)).collect()
}

/// Text of a workflow's author must not move the cursor or colour the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
