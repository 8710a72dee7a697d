//! Where the parts of a flow are in its text.

use std::{collections::BTreeMap, ops::Range};

use comfy_codegen::{
    model::{InputModel, NodeModel},
    names::Names,
};
use syn::{
    Expr, ExprMethodCall, Local, Pat, Stmt,
    spanned::Spanned,
    visit::{self, Visit},
};

/// The parts of a flow.
pub(super) struct Source<'s, 'c> {
    pub(super) text: &'s str,
    pub(super) names: &'s Names<'c>,
    /// `.steps(20)`
    pub(super) setters: Vec<Setter<'s>>,
    /// `KSampler::new()`
    pub(super) nodes: Vec<NodeAt<'s>>,
    /// Of each statement that adds a node.
    pub(super) added: Vec<Added<'s>>,
    /// Of each statement.
    statements: Vec<Range<usize>>,
    /// How often a function binds a name.
    bound: BTreeMap<(usize, String), usize>,
}

/// A method that sets an input of a node.
#[derive(Clone, Debug)]
pub(super) struct Setter<'s> {
    pub(super) model: &'s NodeModel<'s>,
    pub(super) input: &'s InputModel<'s>,
    /// The method's name.
    pub(super) name: Range<usize>,
    /// From the point to the bracket.
    pub(super) whole: Range<usize>,
    pub(super) arg: Range<usize>,
    /// The function that it is in.
    pub(super) function: usize,
}

/// A node that is made.
pub(super) struct NodeAt<'s> {
    pub(super) model: &'s NodeModel<'s>,
    pub(super) ident: Range<usize>,
}

/// A statement that adds a node.
pub(super) struct Added<'s> {
    pub(super) model: &'s NodeModel<'s>,
    pub(super) statement: Range<usize>,
    /// `g.add(` and the bracket at its end.
    pub(super) brackets: (Range<usize>, Range<usize>),
    /// The variable that it is given to.
    pub(super) variable: Option<String>,
    /// The function that it is in.
    pub(super) function: usize,
}

impl<'s, 'c> Source<'s, 'c> {
    /// `None` for what is no Rust.
    pub(super) fn read(text: &'s str, names: &'s Names<'c>) -> Option<Self> {
        let file = syn::parse_file(text).ok()?;
        let source = Self {
            text,
            names,
            setters: vec![],
            nodes: vec![],
            added: vec![],
            statements: vec![],
            bound: BTreeMap::new(),
        };
        let mut reader = Reader { source, function: 0 };
        reader.visit_file(&file);
        Some(reader.source)
    }

    pub(super) fn at(&self, range: &Range<usize>) -> &'s str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The start of the innermost statement around a byte.
    pub(super) fn statement(&self, at: usize) -> Option<usize> {
        let around = self.statements.iter().filter(|statement| statement.contains(&at));
        around.map(|statement| statement.start).max()
    }

    /// Whether a function has another variable of this name.
    pub(super) fn is_shadowed(&self, function: usize, name: &str) -> bool {
        self.bound.get(&(function, name.to_owned())).is_some_and(|times| *times > 1)
    }

    /// How often a word stands in the text.
    pub(super) fn uses(&self, word: &str) -> usize {
        let is_in = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let whole = |at: &usize| {
            let before = self.text.get(..*at).and_then(|text| text.chars().next_back());
            let after = self.text.get(at + word.len()..).and_then(|text| text.chars().next());
            !is_in(before) && !is_in(after)
        };
        self.text.match_indices(word).filter(|(at, _)| whole(at)).count()
    }
}

struct Reader<'s, 'c> {
    source: Source<'s, 'c>,
    function: usize,
}

impl<'s> Reader<'s, '_> {
    fn model(&self, ident: &str) -> Option<&'s NodeModel<'s>> {
        self.source.names.node(self.source.names.class_of(ident)?)
    }

    /// The node that a chain of methods begins with.
    fn node_of(&self, mut expr: &Expr) -> Option<&'s NodeModel<'s>> {
        while let Expr::MethodCall(call) = expr {
            expr = &call.receiver;
        }
        let (ident, _) = made(expr)?;
        self.model(&ident)
    }

    fn add(&mut self, statement: Range<usize>, expr: &Expr, variable: Option<String>) {
        let Expr::MethodCall(call) = expr else { return };
        let [arg] = call.args.iter().collect::<Vec<_>>()[..] else { return };
        let Some(model) = self.node_of(arg).filter(|_| call.method == "add") else { return };
        let arg = arg.span().byte_range();
        let open = expr.span().byte_range().start..arg.start;
        let close = arg.end..expr.span().byte_range().end;
        let function = self.function;
        self.source.added.push(Added { model, statement, brackets: (open, close), variable, function });
    }
}

/// The class and the place of `Class` in `Class::new()`.
fn made(expr: &Expr) -> Option<(String, Range<usize>)> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let segments: Vec<_> = path.path.segments.iter().collect();
    match segments[..] {
        [class, new] if new.ident == "new" => {
            Some((class.ident.to_string(), class.ident.span().byte_range()))
        }
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Reader<'_, '_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function += 1;
        visit::visit_item_fn(self, item);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let range = statement.span().byte_range();
        self.source.statements.push(range.clone());
        match statement {
            Stmt::Local(Local { pat: Pat::Ident(name), init: Some(init), .. }) => {
                self.add(range, &init.expr, Some(name.ident.to_string()));
            }
            Stmt::Expr(expr, Some(_)) => self.add(range, expr, None),
            _ => {}
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_pat_ident(&mut self, name: &'ast syn::PatIdent) {
        *self.source.bound.entry((self.function, name.ident.to_string())).or_default() += 1;
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if let Some((ident, range)) = made(expr)
            && let Some(model) = self.model(&ident)
        {
            self.source.nodes.push(NodeAt { model, ident: range });
        }
        visit::visit_expr(self, expr);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if let Some(model) = self.node_of(&call.receiver)
            && let Some(input) = model.setter(&call.method.to_string())
            && let Some(arg) = call.args.first()
        {
            let end = call.paren_token.span.close().byte_range().end;
            self.source.setters.push(Setter {
                model,
                input,
                name: call.method.span().byte_range(),
                whole: call.dot_token.span().byte_range().start..end,
                arg: arg.span().byte_range(),
                function: self.function,
            });
        }
        visit::visit_expr_method_call(self, call);
    }
}
