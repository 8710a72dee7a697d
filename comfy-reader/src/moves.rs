//! What happens to values: what is used after it was handed on, changed without `mut`, or changed while something
//! still looks at it.
//!
//! rustc's borrow checker knows how long each reference is needed; here a variable that a `let` borrows stays as it
//! is until the end of the function. What that rule cannot decide is not refused as wrong but as not read.

mod parts;

use std::collections::BTreeMap;

use comfy_graph::diag::{Diagnostic, codes};

use super::{
    at::At,
    check::{Checked, LocalInfo},
    hir::{Body, Callee, Cond, Expr, Json, Kind, Local, Op, Pattern, Std, Stmt, TypeInfo},
    program::Calls,
    report::Report,
    ty::{Con, Ty},
};

use parts::{is_static, locals_in, meet, parts, root, temporary};

/// Follows the values of one body.
pub(super) fn check(checked: &Checked<'_>, report: &Report) {
    let mut moves = Moves {
        body: &checked.body,
        locals: &checked.locals,
        report,
        moved: Vec::new(),
        broken: Vec::new(),
        continued: Vec::new(),
        late: BTreeMap::new(),
        loops: 0,
        frozen: Vec::new(),
        closures: 0,
        once: false,
        lent: Vec::new(),
        changing: Vec::new(),
    };
    moves.walk(&checked.body.root, Use::Move);
    if moves.info(&checked.body.root).borrows && !is_static(&checked.body.root) {
        report
            .unsupported(checked.body.root.at, "a reference as a result, but for texts that are constants,");
    }
}

/// What is done with an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Its value is taken.
    Move,
    /// It is looked at.
    Look,
}

/// What happened to a variable, or to a field of one.
#[derive(Clone, Debug)]
struct Moved {
    local: Local,
    path: Vec<usize>,
    at: At,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// It was handed on.
    Moved,
    /// It was declared without a value.
    Unset,
    /// It was declared without a value, and has got one.
    Set,
}

struct Moves<'m, 'a> {
    body: &'m Body<'a>,
    locals: &'m [LocalInfo<'a>],
    report: &'m Report,
    moved: Vec<Moved>,
    /// What had happened at each `break` and each `continue` of the loops around.
    broken: Vec<Moved>,
    continued: Vec<Moved>,
    /// Variables that were declared without a value, and in how many loops.
    late: BTreeMap<Local, usize>,
    /// The number of loops around.
    loops: usize,
    /// Variables that something looks at.
    frozen: Vec<Local>,
    /// The number of closures around.
    closures: usize,
    /// The next closure is called once at most.
    once: bool,
    /// Variables that are given to a call to be changed.
    lent: Vec<Local>,
    /// Of the closures around, whether each may change what is around it.
    changing: Vec<bool>,
}

impl<'a> Moves<'_, 'a> {
    fn info(&self, expr: &Expr<'a>) -> TypeInfo {
        self.body.types.get(expr.ty as usize).copied().unwrap_or_default()
    }

    fn name(&self, local: Local) -> &str {
        self.locals.get(local as usize).map_or("", |local| &local.name)
    }

    fn all(&mut self, exprs: &[Expr<'a>]) {
        let (mark, lent) = (self.frozen.len(), self.lent.len());
        for expr in exprs {
            self.walk(expr, Use::Move);
            self.freeze(expr);
            if let Kind::RefMut(place, false) = &expr.kind {
                self.lent.extend(root(place));
            }
        }
        self.frozen.truncate(mark);
        self.lent.truncate(lent);
    }

    /// Arguments of a call. What has type parameters could keep one argument in another.
    fn call(&mut self, callee: Callee, args: &[Expr<'a>]) {
        self.all(args);
        for arg in args.iter().filter(|_| callee.generic && callee.changes) {
            if !matches!(arg.kind, Kind::RefMut(..)) && !self.info(arg).flow {
                self.borrowed_into(arg);
            }
        }
    }

    /// What an expression borrows stays as it is while its value is around.
    fn freeze(&mut self, expr: &Expr<'a>) {
        if self.info(expr).borrows {
            self.mentioned(expr);
        }
    }

    /// Adds the variables under `&` in an expression to the frozen ones.
    fn mentioned(&mut self, expr: &Expr<'a>) {
        let mut found = Vec::new();
        locals_in(expr, self.body, &mut found);
        let locals = self.locals;
        found.retain(|local| locals.get(*local as usize).is_some_and(|local| !local.is_reference));
        self.frozen.extend(found);
    }

    fn walk(&mut self, expr: &Expr<'a>, how: Use) {
        match &expr.kind {
            Kind::Local(_) | Kind::Field(..) => self.place(expr, how),
            Kind::Index(base, position) => {
                self.walk(base, Use::Look);
                self.walk(position, Use::Move);
                if how == Use::Move && !self.info(expr).copy {
                    self.report.with_help(
                        codes::MOVED_VALUE,
                        expr.at,
                        "cannot move out of an index",
                        "borrow it with `&`, or write `.clone()`",
                    );
                }
            }
            Kind::Ref(inner) => self.walk(inner, Use::Look),
            Kind::RefMut(inner, _) => {
                self.walk(inner, Use::Look);
                self.changed(inner);
            }
            Kind::Deref(inner) => {
                self.walk(inner, Use::Look);
                if how == Use::Move && !self.info(expr).copy && self.info(inner).reference {
                    self.report.error(codes::MOVED_VALUE, expr.at, "cannot move out of a reference");
                }
            }
            Kind::Assign(place, value) => {
                self.walk(value, Use::Move);
                self.borrowed_into(value);
                self.assigned(place);
            }
            Kind::AssignOp(_, place, value) => {
                self.walk(value, Use::Move);
                self.walk(place, Use::Look);
                self.changed(place);
            }
            Kind::Change(std, place, args) => {
                self.all(args);
                // of a text there is a copy
                for arg in args.iter().filter(|_| *std != Std::PushStr) {
                    self.borrowed_into(arg);
                }
                self.walk(place, Use::Look);
                self.changed(place);
            }
            // comparing borrows both sides
            Kind::Binary(Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, left, right) => {
                self.walk(left, Use::Look);
                self.walk(right, Use::Look);
            }
            Kind::Closure(id) => self.closure(*id),
            Kind::Block(stmts, tail) => self.block(stmts, tail.as_deref(), how),
            Kind::If(..) | Kind::Match(..) => self.branches(expr, how),
            Kind::While(..) | Kind::Loop(_) | Kind::For(..) => self.looped(expr),
            Kind::Labelled(_, inner) => {
                let mark = self.broken.len();
                self.walk(inner, how);
                // a loop has taken its own
                self.moved.extend(self.broken.drain(mark..));
            }
            Kind::LabelledBody(_, inner) => self.walk(inner, how),
            _ => self.parts(expr),
        }
    }

    /// Expressions that do nothing special with their parts.
    fn parts(&mut self, expr: &Expr<'a>) {
        match &expr.kind {
            Kind::Std(std, args) => {
                let once = matches!(std, Std::MapOption | Std::AndThen | Std::UnwrapOrElse);
                self.once = once;
                self.all(args);
                self.once = false;
            }
            Kind::Tuple(args) | Kind::List(args) | Kind::Flow(_, args) | Kind::Print(args) => self.all(args),
            Kind::Call(callee, args) => self.call(*callee, args),
            Kind::Format(format) => self.all(&format.args),
            Kind::CallClosure(callee, args) => {
                self.walk(callee, if self.info(callee).once { Use::Move } else { Use::Look });
                self.all(args);
            }
            Kind::Build(_, builder, args) => {
                self.walk(builder, Use::Move);
                self.all(args);
            }
            Kind::Struct(fields, _, rest) => {
                for (_, field) in fields {
                    self.walk(field, Use::Move);
                    if self.info(field).borrows && !is_static(field) && !self.is_given_flow(field) {
                        let what = "a reference in a struct, but for constant texts and parameters `&Flow`,";
                        self.report.unsupported(field.at, what);
                    }
                }
                if let Some(rest) = rest {
                    self.walk(rest, Use::Move);
                }
            }
            Kind::Variant(_, fields) => fields.iter().for_each(|(_, field)| self.walk(field, Use::Move)),
            Kind::Json(json) => self.json(json),
            Kind::Return(value) => {
                if let Some(value) = value {
                    self.walk(value, Use::Move);
                }
            }
            Kind::Break(_, value) => {
                if let Some(value) = value {
                    self.walk(value, Use::Move);
                }
                self.broken.extend_from_slice(&self.moved);
            }
            Kind::Continue(_) => self.continued.extend_from_slice(&self.moved),
            _ => {
                for part in parts(expr) {
                    self.walk(part, Use::Move);
                }
            }
        }
    }

    fn json(&mut self, json: &Json<'a>) {
        match json {
            Json::Value(_) => {}
            Json::Expr(expr) => self.walk(expr, Use::Move),
            Json::Array(items) => items.iter().for_each(|item| self.json(item)),
            Json::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.json(key);
                self.json(value);
            }),
        }
    }

    /// A variable, or a field of one.
    fn place(&mut self, expr: &Expr<'a>, how: Use) {
        let Some((local, path, behind)) = self.path(expr) else {
            if let Kind::Field(base, _) = &expr.kind {
                self.walk(base, if self.info(expr).copy { Use::Look } else { how });
            }
            return;
        };
        let gone = |moved: &&Moved| moved.how != How::Set && moved.local == local && meet(&moved.path, &path);
        if let Some(moved) = self.moved.iter().find(gone) {
            let name = self.name(local);
            if moved.how == How::Unset {
                let message = format!("`{name}` may have no value here");
                let diagnostic = Diagnostic::new(codes::MOVED_VALUE, message).at(expr.at.place());
                let diagnostic = diagnostic.related(moved.at.place(), "declared here without a value");
                self.report.push(diagnostic.help("give it a value on every way that leads here"));
                return;
            }
            let diagnostic = Diagnostic::new(codes::MOVED_VALUE, format!("use of moved value: `{name}`"));
            self.report.push(
                diagnostic
                    .at(expr.at.place())
                    .related(moved.at.place(), "it is handed on here")
                    .help("hand on a `.clone()`, or borrow it with `&`"),
            );
            return;
        }
        if self.lent.contains(&local) {
            let name = self.name(local);
            self.report.unsupported(expr.at, &format!("using `{name}` while it is given to be changed"));
        }
        if how == Use::Look || self.info(expr).copy {
            return;
        }
        if behind {
            self.report.error(codes::MOVED_VALUE, expr.at, "cannot move out of a reference");
            return;
        }
        let outside = self.locals.get(local as usize).is_some_and(|info| info.depth < self.closures);
        if outside && !self.once {
            let message =
                format!("cannot move `{}` out of a closure that may be called again", self.name(local));
            self.report.error(codes::MOVED_VALUE, expr.at, message);
        } else if self.frozen.contains(&local) {
            self.still_borrowed(local, expr.at, "moving");
        }
        self.moved.push(Moved { local, path, at: expr.at, how: How::Moved });
    }

    /// The variable and the fields that an expression names, and whether the way goes through a reference.
    fn path(&self, expr: &Expr<'a>) -> Option<(Local, Vec<usize>, bool)> {
        match &expr.kind {
            Kind::Local(local) => Some((*local, Vec::new(), false)),
            Kind::Field(base, index) => {
                let (local, mut path, behind) = self.path(base)?;
                path.push(*index);
                Some((local, path, behind || self.info(base).reference))
            }
            _ => None,
        }
    }

    fn assigned(&mut self, place: &Expr<'a>) {
        if let Kind::Local(local) = place.kind {
            if self.gets_value(local, place.at) {
                return;
            }
            self.moved.retain(|moved| moved.local != local);
        } else {
            self.walk(place, Use::Look);
        }
        self.changed(place);
    }

    /// A variable that was declared without a value is assigned to; `false` if it is any other, or may be changed.
    fn gets_value(&mut self, local: Local, at: At) -> bool {
        let (Some(loops), Some(info)) = (self.late.get(&local), self.locals.get(local as usize)) else {
            return false;
        };
        if *loops < self.loops || info.depth < self.closures {
            let message = format!("the first value of `{}` in a loop or a closure", info.name);
            let instead = "give it a value where it is declared, and write `let mut`";
            self.report.unsupported_but(at, &message, instead);
        }
        if info.mutable {
            return false;
        }
        if self.moved.iter().any(|moved| moved.local == local && moved.how != How::Unset) {
            let message = format!("cannot change `{}`, as it is not declared as mutable", info.name);
            let diagnostic = Diagnostic::new(codes::NOT_MUTABLE, message).at(at.place());
            let related = diagnostic.related(info.at.place(), "declared here");
            self.report.push(related.help(format!("write `mut {}` where it is declared", info.name)));
        }
        self.moved.retain(|moved| moved.local != local);
        self.moved.push(Moved { local, path: Vec::new(), at, how: How::Set });
        true
    }

    /// A pattern of a `let` without a value.
    fn without_value(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Bind(local, _) => {
                let at = self.locals.get(*local as usize).map_or(self.body.root.at, |info| info.at);
                self.late.insert(*local, self.loops);
                self.moved.retain(|moved| moved.local != *local);
                self.moved.push(Moved { local: *local, path: Vec::new(), at, how: How::Unset });
            }
            Pattern::Tuple(patterns, _) | Pattern::Slice(patterns, ..) => {
                for pattern in patterns {
                    self.without_value(pattern);
                }
            }
            Pattern::Struct(fields) => {
                for (_, pattern) in fields {
                    self.without_value(pattern);
                }
            }
            _ => {}
        }
    }

    /// A place is written to.
    fn changed(&mut self, place: &Expr<'a>) {
        let Some(local) = root(place) else { return };
        let Some(info) = self.locals.get(local as usize) else { return };
        let is_mut_reference = matches!(info.ty, Ty::Con(Con::RefMut, _));
        if info.depth < self.closures && !self.changing.iter().skip(info.depth).all(|changing| *changing) {
            let message = format!("cannot change `{}` in a closure that is given as `Fn`", info.name);
            let diagnostic = Diagnostic::new(codes::NOT_MUTABLE, message).at(place.at.place());
            self.report.push(diagnostic.help("let the function take `impl FnMut`"));
        }
        if !info.mutable && !is_mut_reference {
            let message = format!("cannot change `{}`, as it is not declared as mutable", info.name);
            let diagnostic = Diagnostic::new(codes::NOT_MUTABLE, message).at(place.at.place());
            let related = diagnostic.related(info.at.place(), "declared here");
            self.report.push(related.help(format!("write `mut {}` where it is declared", info.name)));
        } else if self.frozen.contains(&local) {
            self.still_borrowed(local, place.at, "changing");
        }
        if self.behind_reference(place) {
            self.report.error(codes::NOT_MUTABLE, place.at, "cannot change what is behind a `&` reference");
        }
    }

    fn behind_reference(&self, place: &Expr<'a>) -> bool {
        match &place.kind {
            Kind::Field(base, _) | Kind::Index(base, _) | Kind::Deref(base) => {
                let info = self.info(base);
                info.reference && !info.mutable || self.behind_reference(base)
            }
            _ => false,
        }
    }

    fn still_borrowed(&self, local: Local, at: At, what: &str) {
        let name = self.name(local);
        self.report.unsupported(
            at,
            &format!("{what} `{name}` while a reference to it or a closure with it is around"),
        );
    }

    /// A reference is kept in something that was there before.
    fn borrowed_into(&mut self, value: &Expr<'a>) {
        if self.info(value).borrows && !is_static(value) {
            self.report.unsupported(value.at, "keeping a reference, but for constant texts,");
        }
    }

    fn closure(&mut self, id: u32) {
        let Some(closure) = self.body.closures.get(id as usize) else { return };
        let once = std::mem::take(&mut self.once) || closure.calls == Some(Calls::Once);
        self.closures += 1;
        self.changing.push(closure.calls != Some(Calls::Shared));
        let kept = std::mem::replace(&mut self.once, once);
        let before = self.moved.clone();
        self.all_new(&closure.params);
        self.walk(&closure.body, Use::Move);
        if !once {
            // what is moved in one call is gone in the next
            self.all_new(&closure.params);
            self.walk(&closure.body, Use::Move);
            self.moved = before;
        }
        self.once = kept;
        self.changing.pop();
        self.closures -= 1;
    }

    fn block(&mut self, stmts: &[Stmt<'a>], tail: Option<&Expr<'a>>, how: Use) {
        let mut binds = false;
        for stmt in stmts {
            match stmt {
                Stmt::Let(pattern, value, otherwise) => {
                    binds = true;
                    match value {
                        Some(value) => self.let_(pattern, value),
                        None => self.without_value(pattern),
                    }
                    if let Some(otherwise) = otherwise {
                        let before = self.moved.clone();
                        self.walk(otherwise, Use::Move);
                        self.moved = before;
                    }
                }
                Stmt::Expr(expr) => {
                    // a variable alone in a statement is moved, and so is what is made and dropped
                    self.walk(expr, Use::Move);
                }
            }
        }
        if let Some(tail) = tail {
            self.walk(tail, how);
            if binds && self.info(tail).borrows && !is_static(tail) {
                self.report.unsupported(tail.at, "a reference as the value of a block with variables");
            }
        }
    }

    /// The variables of patterns have new values, whatever became of those of the last round.
    fn all_new(&mut self, patterns: &[Pattern]) {
        for pattern in patterns {
            self.new_value(pattern);
        }
    }

    fn new_value(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Bind(local, inner) => {
                self.moved.retain(|moved| moved.local != *local);
                if let Some(inner) = inner {
                    self.new_value(inner);
                }
            }
            Pattern::Slice(patterns, _, rest, _) => {
                self.moved.retain(|moved| Some(moved.local) != *rest);
                self.all_new(patterns);
            }
            Pattern::Tuple(patterns, _) | Pattern::Or(patterns) => self.all_new(patterns),
            Pattern::Struct(fields) | Pattern::Variant(_, fields) => {
                for (_, pattern) in fields {
                    self.new_value(pattern);
                }
            }
            Pattern::Some(inner) => self.new_value(inner),
            Pattern::Wild | Pattern::None | Pattern::Choice(_) | Pattern::Const(_) | Pattern::Range(..) => {}
        }
    }

    /// Whether this is a flow that was given to the function, or to the struct that it is a field of.
    fn is_given_flow(&self, expr: &Expr<'a>) -> bool {
        let is_param = |local: &Local| {
            self.body.params.iter().any(|param| matches!(param, Pattern::Bind(own, None) if own == local))
        };
        self.info(expr).flow
            && match &expr.kind {
                Kind::Local(local) => is_param(local),
                Kind::Field(base, _) => matches!(base.kind, Kind::Local(_)),
                _ => false,
            }
    }

    fn let_(&mut self, pattern: &Pattern, value: &Expr<'a>) {
        let how = if self.takes(pattern) { Use::Move } else { Use::Look };
        self.walk(value, how);
        self.new_value(pattern);
        if self.info(value).borrows {
            let inner = if let Kind::Ref(inner) = &value.kind { inner } else { value };
            if let Some(at) = temporary(inner) {
                self.report.unsupported(at, "keeping a reference to a value without a name");
            }
            self.mentioned(value);
        }
    }

    /// Whether a pattern takes a value that is not copied.
    fn takes(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Bind(local, inner) => {
                let copied = self.locals.get(*local as usize).is_some_and(|local| local.copy);
                !copied || inner.as_ref().is_some_and(|inner| self.takes(inner))
            }
            Pattern::Slice(patterns, _, rest, _) => {
                let is_copied =
                    |local: &Local| self.locals.get(*local as usize).is_some_and(|local| local.copy);
                patterns.iter().any(|pattern| self.takes(pattern))
                    || rest.is_some_and(|rest| !is_copied(&rest))
            }
            Pattern::Tuple(patterns, _) | Pattern::Or(patterns) => {
                patterns.iter().any(|pattern| self.takes(pattern))
            }
            Pattern::Struct(fields) | Pattern::Variant(_, fields) => {
                fields.iter().any(|(_, pattern)| self.takes(pattern))
            }
            Pattern::Some(inner) => self.takes(inner),
            _ => false,
        }
    }

    fn condition(&mut self, cond: &Cond<'a>) {
        match cond {
            Cond::Bool(expr) => self.walk(expr, Use::Move),
            Cond::Let(pattern, value) => self.let_(pattern, value),
            Cond::And(conds) => conds.iter().for_each(|cond| self.condition(cond)),
        }
    }

    /// Goes one way and comes back; gives what was moved there, unless that way leads out.
    fn way(&mut self, before: &[Moved], go: impl FnOnce(&mut Self), leaves: bool) -> Vec<Moved> {
        self.moved = before.to_vec();
        go(self);
        let moved = std::mem::take(&mut self.moved);
        if leaves { Vec::new() } else { moved }
    }

    fn branches(&mut self, expr: &Expr<'a>, how: Use) {
        match &expr.kind {
            Kind::If(cond, then, otherwise) => {
                let mark = self.frozen.len();
                self.condition(cond);
                let before = self.moved.clone();
                let leaves = self.info(then).never;
                let mut after = self.way(&before, |moves| moves.walk(then, how), leaves);
                match otherwise {
                    Some(otherwise) => {
                        let leaves = self.info(otherwise).never;
                        after.extend(self.way(&before, |moves| moves.walk(otherwise, how), leaves));
                    }
                    None => after.extend(before),
                }
                self.moved = after;
                self.frozen.truncate(mark);
            }
            Kind::Match(value, arms) => {
                let mark = self.frozen.len();
                let takes = arms.iter().any(|arm| self.takes(&arm.pattern));
                self.walk(value, if takes { Use::Move } else { Use::Look });
                self.freeze(value);
                let before = self.moved.clone();
                let mut after = Vec::new();
                for arm in arms {
                    let leaves = self.info(&arm.body).never;
                    let go = |moves: &mut Self| {
                        moves.new_value(&arm.pattern);
                        if let Some(guard) = &arm.guard {
                            moves.condition(guard);
                        }
                        moves.walk(&arm.body, how);
                    };
                    after.extend(self.way(&before, go, leaves));
                }
                self.moved = after;
                self.frozen.truncate(mark);
            }
            _ => {}
        }
    }

    fn looped(&mut self, expr: &Expr<'a>) {
        match &expr.kind {
            Kind::While(cond, body) => {
                self.rounds(true, |moves| moves.condition(cond), |moves| moves.walk(body, Use::Move));
            }
            Kind::Loop(body) => self.rounds(false, |_| {}, |moves| moves.walk(body, Use::Move)),
            Kind::For(pattern, list, body) => {
                let mark = self.frozen.len();
                self.walk(list, Use::Move);
                self.freeze(list);
                let each = |moves: &mut Self| {
                    moves.new_value(pattern);
                    moves.walk(body, Use::Move);
                };
                self.rounds(true, |_| {}, each);
                self.frozen.truncate(mark);
            }
            _ => {}
        }
    }

    /// What a loop moves is gone in the next round. `ends` if it can end without `break`.
    fn rounds(&mut self, ends: bool, before: impl Fn(&mut Self), body: impl Fn(&mut Self)) {
        let (mark, broken, continued) = (self.frozen.len(), self.broken.len(), self.continued.len());
        self.loops += 1;
        let mut after = Vec::new();
        for _ in 0..2 {
            before(self);
            if ends {
                after.clone_from(&self.moved);
            }
            body(self);
            self.moved.extend_from_slice(self.continued.get(continued..).unwrap_or_default());
            self.continued.truncate(continued);
            self.frozen.truncate(mark);
        }
        if ends {
            after.append(&mut self.moved);
        }
        after.extend_from_slice(self.broken.get(broken..).unwrap_or_default());
        self.broken.truncate(broken);
        self.moved = after;
        self.loops -= 1;
    }
}
