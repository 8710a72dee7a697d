//! What happens to values: what is used after it was handed on, changed without `mut`, or changed while something
//! still looks at it.
//!
//! rustc's borrow checker knows how long each reference is needed; here a variable that a `let` borrows stays as it
//! is until the end of the function. What that rule cannot decide is not refused as wrong but as not read.

use comfy_graph::diag::{Diagnostic, codes};

use super::{
    at::At,
    check::{Checked, LocalInfo},
    hir::{Body, Cond, Expr, Json, Kind, Local, Pattern, Std, Stmt, TypeInfo},
    report::Report,
};

/// Follows the values of one body.
pub(super) fn check(checked: &Checked<'_>, report: &Report) {
    let mut moves = Moves {
        body: &checked.body,
        locals: &checked.locals,
        report,
        moved: Vec::new(),
        frozen: Vec::new(),
        closures: 0,
        once: false,
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

/// A variable, or a field of one, that was handed on.
#[derive(Clone, Debug)]
struct Moved {
    local: Local,
    path: Vec<usize>,
    at: At,
}

struct Moves<'m, 'a> {
    body: &'m Body<'a>,
    locals: &'m [LocalInfo<'a>],
    report: &'m Report,
    moved: Vec<Moved>,
    /// Variables that something looks at.
    frozen: Vec<Local>,
    /// The number of closures around.
    closures: usize,
    /// The next closure is called once at most.
    once: bool,
}

impl<'a> Moves<'_, 'a> {
    fn info(&self, expr: &Expr<'a>) -> TypeInfo {
        self.body.types.get(expr.ty as usize).copied().unwrap_or_default()
    }

    fn name(&self, local: Local) -> &str {
        self.locals.get(local as usize).map_or("", |local| &local.name)
    }

    fn all(&mut self, exprs: &[Expr<'a>]) {
        let mark = self.frozen.len();
        for expr in exprs {
            self.walk(expr, Use::Move);
            self.freeze(expr);
        }
        self.frozen.truncate(mark);
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
            Kind::Change(_, place, args) => {
                self.all(args);
                for arg in args {
                    self.borrowed_into(arg);
                }
                self.walk(place, Use::Look);
                self.changed(place);
            }
            Kind::Closure(id) => self.closure(*id),
            Kind::Block(stmts, tail) => self.block(stmts, tail.as_deref(), how),
            Kind::If(..) | Kind::Match(..) | Kind::While(..) | Kind::Loop(_) | Kind::For(..) => {
                self.branches(expr, how);
            }
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
            Kind::Tuple(args)
            | Kind::List(args)
            | Kind::Call(_, args)
            | Kind::Flow(_, args)
            | Kind::Print(args) => self.all(args),
            Kind::Format(format) => self.all(&format.args),
            Kind::CallClosure(callee, args) => {
                self.walk(callee, Use::Look);
                self.all(args);
            }
            Kind::Build(_, builder, args) => {
                self.walk(builder, Use::Move);
                self.all(args);
            }
            Kind::Struct(fields, _, rest) => {
                for (_, field) in fields {
                    self.walk(field, Use::Move);
                    if self.info(field).borrows && !is_static(field) {
                        self.report.unsupported(field.at, "a reference in a struct, but for constant texts,");
                    }
                }
                if let Some(rest) = rest {
                    self.walk(rest, Use::Move);
                }
            }
            Kind::Variant(_, fields) => fields.iter().for_each(|(_, field)| self.walk(field, Use::Move)),
            Kind::Json(json) => self.json(json),
            Kind::Break(value) | Kind::Return(value) => {
                if let Some(value) = value {
                    self.walk(value, Use::Move);
                }
            }
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
        if let Some(moved) = self.moved.iter().find(|moved| moved.local == local && meet(&moved.path, &path))
        {
            let diagnostic =
                Diagnostic::new(codes::MOVED_VALUE, format!("use of moved value: `{}`", self.name(local)));
            self.report.push(
                diagnostic
                    .at(expr.at.place())
                    .related(moved.at.place(), "it is handed on here")
                    .help("hand on a `.clone()`, or borrow it with `&`"),
            );
            return;
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
        self.moved.push(Moved { local, path, at: expr.at });
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
            self.moved.retain(|moved| moved.local != local);
        } else {
            self.walk(place, Use::Look);
        }
        self.changed(place);
    }

    /// A place is written to.
    fn changed(&mut self, place: &Expr<'a>) {
        let Some(local) = root(place) else { return };
        let Some(info) = self.locals.get(local as usize) else { return };
        if !info.mutable {
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
            Kind::Field(base, _) | Kind::Index(base, _) => {
                self.info(base).reference || self.behind_reference(base)
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
        let once = std::mem::take(&mut self.once);
        self.closures += 1;
        let kept = std::mem::replace(&mut self.once, once);
        let before = self.moved.clone();
        self.walk(&closure.body, Use::Move);
        if !once {
            // what is moved in one call is gone in the next
            self.walk(&closure.body, Use::Move);
            self.moved = before;
        }
        self.once = kept;
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
                        None => {
                            self.report
                                .unsupported(self.body.root.at, "a variable that gets its value later");
                        }
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

    fn let_(&mut self, pattern: &Pattern, value: &Expr<'a>) {
        let how = if self.takes(pattern) { Use::Move } else { Use::Look };
        self.walk(value, how);
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
        let moved = std::mem::replace(&mut self.moved, before.to_vec());
        if leaves { before.to_vec() } else { moved }
    }

    fn branches(&mut self, expr: &Expr<'a>, how: Use) {
        match &expr.kind {
            Kind::If(cond, then, otherwise) => {
                let mark = self.frozen.len();
                self.condition(cond);
                let before = self.moved.clone();
                let leaves = self.info(then).never;
                let mut after = self.way(&before, |moves| moves.walk(then, how), leaves);
                if let Some(otherwise) = otherwise {
                    let leaves = self.info(otherwise).never;
                    after.extend(self.way(&before, |moves| moves.walk(otherwise, how), leaves));
                }
                self.moved.extend(after);
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
                        if let Some(guard) = &arm.guard {
                            moves.condition(guard);
                        }
                        moves.walk(&arm.body, how);
                    };
                    after.extend(self.way(&before, go, leaves));
                }
                self.moved.extend(after);
                self.frozen.truncate(mark);
            }
            Kind::While(cond, body) => self.twice(|moves| {
                moves.condition(cond);
                moves.walk(body, Use::Move);
            }),
            Kind::Loop(body) => self.twice(|moves| moves.walk(body, Use::Move)),
            Kind::For(_, list, body) => {
                let mark = self.frozen.len();
                self.walk(list, Use::Move);
                self.freeze(list);
                self.twice(|moves| moves.walk(body, Use::Move));
                self.frozen.truncate(mark);
            }
            _ => {}
        }
    }

    /// What a loop moves is gone in the next round.
    fn twice(&mut self, go: impl Fn(&mut Self)) {
        let mark = self.frozen.len();
        for _ in 0..2 {
            go(self);
            self.frozen.truncate(mark);
        }
    }
}

/// The variable that a place is in.
fn root(expr: &Expr<'_>) -> Option<Local> {
    match &expr.kind {
        Kind::Local(local) => Some(*local),
        Kind::Field(base, _) | Kind::Index(base, _) => root(base),
        _ => None,
    }
}

/// Whether one path begins with the other.
fn meet(a: &[usize], b: &[usize]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// The parts of an expression that has no variables of its own.
fn parts<'e, 'a>(expr: &'e Expr<'a>) -> Vec<&'e Expr<'a>> {
    match &expr.kind {
        Kind::Some(a)
        | Kind::Not(a)
        | Kind::Neg(a)
        | Kind::Cast(a)
        | Kind::NewRaw(a)
        | Kind::File(a)
        | Kind::Raw(a)
        | Kind::Slot(a, _)
        | Kind::NodeOf(a)
        | Kind::Ref(a)
        | Kind::Deref(a)
        | Kind::Field(a, _) => vec![a],
        Kind::Repeat(a, b)
        | Kind::Binary(_, a, b)
        | Kind::And(a, b)
        | Kind::Or(a, b)
        | Kind::Set(a, _, _, b)
        | Kind::WithOr(a, b)
        | Kind::Out(a, b)
        | Kind::Index(a, b) => vec![a, b],
        Kind::Range(a, b, _) => [a, b].into_iter().flatten().map(|part| &**part).collect(),
        Kind::GrowPush(a, name, b) => {
            let mut all: Vec<&Expr<'a>> = vec![a];
            all.extend(name.as_deref());
            all.push(b);
            all
        }
        Kind::Panic(message) => message.as_deref().into_iter().collect(),
        Kind::Std(_, args)
        | Kind::Tuple(args)
        | Kind::List(args)
        | Kind::Call(_, args)
        | Kind::Flow(_, args) => args.iter().collect(),
        Kind::CallClosure(callee, args) => std::iter::once(&**callee).chain(args).collect(),
        Kind::Build(_, builder, args) => std::iter::once(&**builder).chain(args).collect(),
        Kind::Block(_, tail) => tail.as_deref().into_iter().collect(),
        Kind::If(_, then, otherwise) => std::iter::once(&**then).chain(otherwise.as_deref()).collect(),
        Kind::Match(value, arms) => {
            std::iter::once(&**value).chain(arms.iter().map(|arm| &arm.body)).collect()
        }
        _ => Vec::new(),
    }
}

/// The variables in an expression, those that its closures use included.
fn locals_in(expr: &Expr<'_>, body: &Body<'_>, found: &mut Vec<Local>) {
    match &expr.kind {
        Kind::Local(local) => found.push(*local),
        Kind::Closure(id) => {
            if let Some(closure) = body.closures.get(*id as usize) {
                locals_in(&closure.body, body, found);
            }
        }
        Kind::Block(stmts, _) => {
            for stmt in stmts {
                match stmt {
                    Stmt::Let(_, Some(value), _) | Stmt::Expr(value) => locals_in(value, body, found),
                    Stmt::Let(_, None, _) => {}
                }
            }
        }
        _ => {}
    }
    for part in parts(expr) {
        locals_in(part, body, found);
    }
}

/// Whether a reference lives as long as the program: a constant text.
fn is_static(expr: &Expr<'_>) -> bool {
    match &expr.kind {
        // what comes out of a function that returns a reference is a constant text
        Kind::Const(_) | Kind::Static(_) | Kind::Call(..) | Kind::Error | Kind::None => true,
        Kind::Some(inner) => is_static(inner),
        Kind::Tuple(items) | Kind::List(items) => items.iter().all(is_static),
        Kind::Block(_, tail) => tail.as_deref().is_none_or(is_static),
        Kind::If(_, then, otherwise) => is_static(then) && otherwise.as_deref().is_none_or(is_static),
        Kind::Match(_, arms) => arms.iter().all(|arm| is_static(&arm.body)),
        Kind::Index(base, _) | Kind::Field(base, _) => {
            matches!(base.kind, Kind::Static(_)) || is_static(base)
        }
        Kind::Return(_) | Kind::Break(_) | Kind::Continue | Kind::Panic(_) => true,
        _ => false,
    }
}

/// The place of a value that nothing keeps, where something refers to it.
fn temporary(expr: &Expr<'_>) -> Option<At> {
    match &expr.kind {
        Kind::Ref(inner) => {
            let kept = matches!(
                inner.kind,
                Kind::Local(_)
                    | Kind::Const(_)
                    | Kind::Static(_)
                    | Kind::Field(..)
                    | Kind::Index(..)
                    | Kind::Ref(_)
                    | Kind::Closure(_)
                    | Kind::Error
            );
            if kept { None } else { Some(inner.at) }
        }
        Kind::Closure(_) => None,
        Kind::Call(_, args) | Kind::Flow(_, args) if args.is_empty() => None,
        _ => parts(expr).into_iter().find_map(temporary),
    }
}
