//! Running a checked program. Every way through it ends: steps, depth and memory are counted.

pub(super) mod iter;
pub(super) mod map;
mod ops;
mod pattern;
mod show;
mod stdlib;

use std::{collections::BTreeMap, rc::Rc};

use comfy_dsl::recorder::{Item, Pick, Record, Recorder};
use comfy_graph::{
    diag::{Code, codes},
    graph::Mode,
};
use serde_json::{Map, Value};

use super::{
    Places, ReadOptions,
    at::At,
    check::is_place,
    hir::{Body, BuildOp, Callee, Cond, Const, Expr, FlowOp, Json, Kind, Pattern, Stmt},
    report::Report,
    value::Val,
    world::World,
};

/// Why an expression gives nothing.
pub(super) enum Exit<'a> {
    /// Of the innermost loop, or of what has this label.
    Break(Option<u32>, Val<'a>),
    Continue(Option<u32>),
    Return(Val<'a>),
    /// Something was wrong, which is reported.
    Stop,
}

pub(super) type Run<'a> = Result<Val<'a>, Exit<'a>>;

/// Nested expressions, calls and iterators.
const MAX_DEPTH: usize = 2000;
/// Functions that call themselves.
const MAX_CALLS: usize = 128;

/// A running program.
pub(super) struct Machine<'w, 'a, 'c> {
    pub(super) world: &'w World<'a, 'c>,
    pub(super) report: &'w Report,
    pub(super) fns: &'w [Body<'a>],
    pub(super) consts: &'w [Body<'a>],
    /// Whose functions those of traits are.
    dispatch: &'w BTreeMap<(u32, i128), u32>,
    pub(super) recorder: Recorder<'a>,
    pub(super) places: Places,
    pub(super) flows: usize,
    frames: Vec<Frame<'w, 'a>>,
    /// The frame that runs: the last, or that of the function in which a closure is written.
    current: usize,
    depth: usize,
    steps: u64,
    memory: usize,
}

/// A function that runs.
struct Frame<'w, 'a> {
    body: &'w Body<'a>,
    locals: Vec<Val<'a>>,
}

impl<'w, 'a, 'c> Machine<'w, 'a, 'c> {
    pub(super) fn new(
        world: &'w World<'a, 'c>,
        report: &'w Report,
        fns: &'w [Body<'a>],
        consts: &'w [Body<'a>],
        dispatch: &'w BTreeMap<(u32, i128), u32>,
        options: &ReadOptions,
    ) -> Self {
        Self {
            world,
            report,
            fns,
            consts,
            dispatch,
            recorder: Recorder::default(),
            places: Places::default(),
            flows: 0,
            frames: Vec::new(),
            current: 0,
            depth: 0,
            steps: options.max_steps,
            memory: options.max_memory,
        }
    }

    /// Runs a function of the program.
    pub(super) fn run(&mut self, function: u32, args: Vec<Val<'a>>, at: At) -> Run<'a> {
        let Some(body) = self.fns.get(function as usize) else { return Err(Exit::Stop) };
        if self.frames.len() >= MAX_CALLS {
            return self.stop(codes::READER_LIMIT, at, "functions call each other too deep");
        }
        self.enter(body, args).map(|(value, _)| value)
    }

    /// Runs a body; gives its variables as they are in the end, too.
    fn enter(&mut self, body: &'w Body<'a>, args: Vec<Val<'a>>) -> Result<(Val<'a>, Vec<Val<'a>>), Exit<'a>> {
        self.spend(body.locals * size_of::<Val<'_>>(), body.root.at)?;
        let caller = std::mem::replace(&mut self.current, self.frames.len());
        self.frames.push(Frame { body, locals: vec![Val::Unit; body.locals] });
        for (pattern, arg) in body.params.iter().zip(args) {
            self.bind(pattern, arg);
        }
        let result = self.eval(&body.root);
        let locals = self.frames.pop().map(|frame| frame.locals).unwrap_or_default();
        self.current = caller;
        match result {
            Ok(value) | Err(Exit::Return(value)) => Ok((value, locals)),
            Err(other) => Err(other),
        }
    }

    /// What a function `fmt` writes.
    fn shown(&mut self, function: u32, value: Val<'a>, at: At) -> Run<'a> {
        let Some(body) = self.fns.get(function as usize) else { return Err(Exit::Stop) };
        if self.frames.len() >= MAX_CALLS {
            return self.stop(codes::READER_LIMIT, at, "functions call each other too deep");
        }
        let (_, locals) = self.enter(body, vec![value, Val::text("")])?;
        match body.params.get(1) {
            Some(Pattern::Bind(local, None)) => locals.get(*local as usize).cloned().ok_or(Exit::Stop),
            // it writes nothing
            _ => Ok(Val::text("")),
        }
    }

    fn call(&mut self, callee: Callee, args: &'w [Expr<'a>], at: At) -> Run<'a> {
        let args = self.all(args)?;
        let function = self.called(callee, args.first())?;
        self.run(function, args, at)
    }

    /// The function to call: of a trait, that of the type of the first argument.
    fn called(&self, callee: Callee, first: Option<&Val<'a>>) -> Result<u32, Exit<'a>> {
        if !callee.late {
            return Ok(callee.function);
        }
        let mark = match first {
            Some(Val::Tuple(fields) | Val::Variant(_, fields)) => fields.last(),
            _ => None,
        };
        let Some(Val::Int(mark)) = mark else { return Err(Exit::Stop) };
        Ok(self.dispatch.get(&(callee.function, *mark)).copied().unwrap_or(callee.function))
    }

    /// A call that changes what is given to it as `&mut`: values go in, and what became of them comes back.
    fn call_changing(&mut self, callee: Callee, args: &'w [Expr<'a>], at: At) -> Run<'a> {
        if self.frames.len() >= MAX_CALLS {
            return self.stop(codes::READER_LIMIT, at, "functions call each other too deep");
        }
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(match &arg.kind {
                Kind::RefMut(..) => Val::Unit,
                _ => self.eval(arg)?,
            });
        }
        for (value, arg) in values.iter_mut().zip(args) {
            if let Kind::RefMut(place, _) = &arg.kind {
                *value = self.take(place)?;
            }
        }
        let function = self.called(callee, values.first())?;
        let Some(body) = self.fns.get(function as usize) else { return Err(Exit::Stop) };
        let (result, mut locals) = self.enter(body, values)?;
        for (param, arg) in body.params.iter().zip(args) {
            if let (Kind::RefMut(place, _), Pattern::Bind(local, None)) = (&arg.kind, param)
                && is_place(place)
                && let Some(changed) = locals.get_mut(*local as usize)
            {
                let changed = std::mem::replace(changed, Val::Unit);
                self.put_back(place, changed)?;
            }
        }
        Ok(result)
    }

    /// The value of a constant.
    fn constant(&mut self, index: u32, at: At) -> Run<'a> {
        match self.consts.get(index as usize) {
            Some(_) if self.frames.len() >= MAX_CALLS => {
                self.stop(codes::READER_LIMIT, at, "constants are made of each other too deep")
            }
            Some(body) => self.enter(body, Vec::new()).map(|(value, _)| value),
            None => Err(Exit::Stop),
        }
    }

    pub(super) fn stop<T>(&self, code: Code, at: At, message: impl Into<String>) -> Result<T, Exit<'a>> {
        self.report.error(code, at, message);
        Err(Exit::Stop)
    }

    /// Takes this much memory.
    pub(super) fn spend(&mut self, bytes: usize, at: At) -> Result<(), Exit<'a>> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => self.stop(codes::READER_LIMIT, at, "the program makes more data than a flow needs"),
        }
    }

    pub(super) fn tick(&mut self, at: At) -> Result<(), Exit<'a>> {
        match self.steps.checked_sub(1) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => self.stop(codes::READER_LIMIT, at, "the program does not end in sight"),
        }
    }

    pub(super) fn local(&self, local: u32) -> Val<'a> {
        let frame = self.frames.get(self.current);
        frame.and_then(|frame| frame.locals.get(local as usize)).cloned().unwrap_or(Val::Unit)
    }

    pub(super) fn set_local(&mut self, local: u32, value: Val<'a>) {
        if let Some(place) =
            self.frames.get_mut(self.current).and_then(|frame| frame.locals.get_mut(local as usize))
        {
            *place = value;
        }
    }

    pub(super) fn body(&self) -> Option<&'w Body<'a>> {
        self.frames.get(self.current).map(|frame| frame.body)
    }

    /// The value of an expression.
    pub(super) fn eval(&mut self, expr: &'w Expr<'a>) -> Run<'a> {
        self.tick(expr.at)?;
        if self.depth >= MAX_DEPTH {
            return self.stop(codes::READER_LIMIT, expr.at, "the program is nested too deep");
        }
        self.depth += 1;
        let result = self.kind(expr);
        self.depth -= 1;
        result
    }

    fn all(&mut self, exprs: &'w [Expr<'a>]) -> Result<Vec<Val<'a>>, Exit<'a>> {
        exprs.iter().map(|expr| self.eval(expr)).collect()
    }

    fn kind(&mut self, expr: &'w Expr<'a>) -> Run<'a> {
        match &expr.kind {
            Kind::Error => Err(Exit::Stop),
            Kind::Const(value) => Ok(constant(value)),
            Kind::Local(local) => Ok(self.local(*local)),
            Kind::Static(index) => self.constant(*index, expr.at),
            Kind::Ref(inner) | Kind::Deref(inner) | Kind::RefMut(inner, _) => self.eval(inner),
            Kind::Field(base, index) => {
                let base = self.eval(base)?;
                match base {
                    Val::Tuple(fields) => fields.get(*index).cloned().ok_or(Exit::Stop),
                    _ => Err(Exit::Stop),
                }
            }
            Kind::Closure(id) => Ok(Val::Closure(*id, self.current)),
            Kind::Function(index) => Ok(Val::Fn(*index)),
            Kind::Call(callee, args) if callee.changes => self.call_changing(*callee, args, expr.at),
            Kind::Call(callee, args) => self.call(*callee, args, expr.at),
            Kind::CallClosure(callee, args) => {
                let callee = self.eval(callee)?;
                let args = self.all(args)?;
                self.call_closure(&callee, args)
            }
            Kind::Block(stmts, tail) => self.block(stmts, tail.as_deref()),
            Kind::Break(label, value) => {
                let value = self.optional(value.as_deref())?;
                Err(Exit::Break(*label, value))
            }
            Kind::Continue(label) => Err(Exit::Continue(*label)),
            Kind::Return(value) => {
                let value = self.optional(value.as_deref())?;
                Err(Exit::Return(value))
            }
            Kind::Flow(op, args) => {
                let values = self.all(args)?;
                self.flow(*op, values, args, expr.at)
            }
            Kind::NewNode(class) => match self.world.class_at(*class) {
                Some(class) => Ok(Val::Record(Box::new(Record::new(class.table)))),
                None => Err(Exit::Stop),
            },
            Kind::NewPick(key) => Ok(Val::Pick(Box::new(Pick::new(key)))),
            Kind::Choice(index, value) => Ok(Val::Choice(*index, value)),
            Kind::Set(builder, position, _, value) => self.set(builder, *position, value),
            Kind::Slot(base, slot) => match self.eval(base)? {
                Val::Outs(node) => Ok(Val::Link(self.recorder.out(node, *slot))),
                _ => Err(Exit::Stop),
            },
            Kind::Json(json) => {
                let value = self.json(json)?;
                Ok(Val::Json(Rc::new(value)))
            }
            Kind::Std(std, args) => {
                let args = self.all(args)?;
                self.std(*std, args, expr)
            }
            _ => self.further(expr),
        }
    }

    /// The rarer expressions.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn further(&mut self, expr: &'w Expr<'a>) -> Run<'a> {
        match &expr.kind {
            Kind::Tuple(items) => {
                let items = self.all(items)?;
                Ok(if items.is_empty() { Val::Unit } else { Val::Tuple(Rc::new(items)) })
            }
            Kind::List(items) => {
                self.spend(items.len() * size_of::<Val<'_>>(), expr.at)?;
                Ok(Val::List(Rc::new(self.all(items)?)))
            }
            Kind::Repeat(item, count) => self.repeat(item, count, expr.at),
            Kind::Struct(fields, count, rest) => self.structure(fields, *count, rest.as_deref()),
            Kind::Variant(variant, fields) => {
                let mut values = vec![Val::Unit; fields.len()];
                for (index, field) in fields {
                    let value = self.eval(field)?;
                    if let Some(place) = values.get_mut(*index) {
                        *place = value;
                    }
                }
                Ok(Val::Variant(*variant, Rc::new(values)))
            }
            Kind::Labelled(label, inner) => match self.eval(inner) {
                Err(Exit::Break(Some(to), value)) if to == *label => Ok(value),
                other => other,
            },
            Kind::LabelledBody(label, inner) => match self.eval(inner) {
                Err(Exit::Continue(Some(to))) if to == *label => Ok(Val::Unit),
                other => other,
            },
            Kind::Try(inner, conversion) => match self.eval(inner)? {
                Val::Option(Some(value)) => Ok(Rc::unwrap_or_clone(value)),
                Val::Variant(0, fields) => fields.first().cloned().ok_or(Exit::Stop),
                Val::Variant(1, fields) if conversion.is_some() => {
                    let error = fields.first().cloned().ok_or(Exit::Stop)?;
                    let error = self.run(conversion.unwrap_or_default(), vec![error], expr.at)?;
                    Err(Exit::Return(Val::Variant(1, Rc::new(vec![error]))))
                }
                // an error, or `None`
                other => Err(Exit::Return(other)),
            },
            Kind::Some(inner) => Ok(Val::some(self.eval(inner)?)),
            Kind::None => Ok(Val::Option(None)),
            Kind::If(cond, then, otherwise) => {
                if self.condition(cond)? {
                    return self.eval(then);
                }
                self.optional(otherwise.as_deref())
            }
            Kind::Match(value, arms) => {
                let value = self.eval(value)?;
                for arm in arms {
                    if self.matches(&arm.pattern, &value)
                        && arm.guard.as_ref().map_or(Ok(true), |guard| self.condition(guard))?
                    {
                        return self.eval(&arm.body);
                    }
                }
                Err(Exit::Stop)
            }
            Kind::For(..) | Kind::While(..) | Kind::Loop(..) => self.looped(expr),
            Kind::Format(format) => self.format(format, expr.at),
            Kind::Shown(function, value) => {
                let value = self.eval(value)?;
                self.shown(*function, value, expr.at)
            }
            Kind::Print(args) => {
                self.all(args)?;
                Ok(Val::Unit)
            }
            Kind::Panic(message) => {
                let message = match message {
                    Some(message) => match self.eval(message)? {
                        Val::Str(text) => text.to_string(),
                        _ => String::new(),
                    },
                    None => "explicit panic".to_owned(),
                };
                self.stop(codes::RUST_PANIC, expr.at, format!("the program ends here: {message}"))
            }
            Kind::NewRaw(..)
            | Kind::File(..)
            | Kind::Build(..)
            | Kind::Unlinked
            | Kind::Raw(..)
            | Kind::Unset
            | Kind::Grow
            | Kind::GrowPush(..)
            | Kind::WithOr(..)
            | Kind::Out(..)
            | Kind::NodeOf(..)
            | Kind::Mode(..)
            | Kind::MarkerName(..) => self.runtime(expr),
            _ => self.operator(expr),
        }
    }

    fn optional(&mut self, value: Option<&'w Expr<'a>>) -> Run<'a> {
        value.map_or(Ok(Val::Unit), |value| self.eval(value))
    }

    fn repeat(&mut self, item: &'w Expr<'a>, count: &'w Expr<'a>, at: At) -> Run<'a> {
        let item = self.eval(item)?;
        let Val::Int(count) = self.eval(count)? else { return Err(Exit::Stop) };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        self.spend(count.saturating_mul(size_of::<Val<'_>>()), at)?;
        Ok(Val::List(Rc::new(vec![item; count])))
    }

    fn structure(
        &mut self,
        fields: &'w [(usize, Expr<'a>)],
        count: usize,
        rest: Option<&'w Expr<'a>>,
    ) -> Run<'a> {
        let mut values = vec![Val::Unit; count];
        let mut given = Vec::new();
        for (index, field) in fields {
            given.push((*index, self.eval(field)?));
        }
        if let Some(rest) = rest
            && let Val::Tuple(others) = self.eval(rest)?
        {
            values = Rc::unwrap_or_clone(others);
        }
        for (index, value) in given {
            if let Some(place) = values.get_mut(index) {
                *place = value;
            }
        }
        Ok(Val::Tuple(Rc::new(values)))
    }

    fn block(&mut self, stmts: &'w [Stmt<'a>], tail: Option<&'w Expr<'a>>) -> Run<'a> {
        for stmt in stmts {
            match stmt {
                Stmt::Let(pattern, Some(value), otherwise) => {
                    let value = self.eval(value)?;
                    if !self.bind(pattern, value)
                        && let Some(otherwise) = otherwise
                    {
                        self.eval(otherwise)?;
                        return Err(Exit::Stop);
                    }
                }
                Stmt::Let(_, None, _) => {}
                Stmt::Expr(expr) => {
                    self.eval(expr)?;
                }
            }
        }
        self.optional(tail)
    }

    fn condition(&mut self, cond: &'w Cond<'a>) -> Result<bool, Exit<'a>> {
        match cond {
            Cond::Bool(expr) => match self.eval(expr)? {
                Val::Bool(flag) => Ok(flag),
                _ => Err(Exit::Stop),
            },
            Cond::Let(pattern, value) => {
                let value = self.eval(value)?;
                Ok(self.matches(pattern, &value))
            }
            Cond::And(conds) => {
                for cond in conds {
                    if !self.condition(cond)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    fn looped(&mut self, expr: &'w Expr<'a>) -> Run<'a> {
        match &expr.kind {
            Kind::For(pattern, list, body) => {
                let list = self.eval(list)?;
                let mut items = self.iterator(list)?;
                while let Some(item) = self.next(&mut items, expr.at)? {
                    self.bind(pattern, item);
                    if let Some(value) = self.once(body)? {
                        return Ok(value);
                    }
                }
                Ok(Val::Unit)
            }
            Kind::While(cond, body) => {
                while self.condition(cond)? {
                    self.tick(expr.at)?;
                    if let Some(value) = self.once(body)? {
                        return Ok(value);
                    }
                }
                Ok(Val::Unit)
            }
            Kind::Loop(body) => loop {
                self.tick(expr.at)?;
                if let Some(value) = self.once(body)? {
                    return Ok(value);
                }
            },
            _ => Err(Exit::Stop),
        }
    }

    /// Runs the body of a loop; gives what `break` leaves with.
    fn once(&mut self, body: &'w Expr<'a>) -> Result<Option<Val<'a>>, Exit<'a>> {
        match self.eval(body) {
            Ok(_) | Err(Exit::Continue(None)) => Ok(None),
            Err(Exit::Break(None, value)) => Ok(Some(value)),
            Err(other) => Err(other),
        }
    }

    /// Calls a closure, which lives in the frame of the function that it is written in.
    pub(super) fn call_closure(&mut self, callee: &Val<'a>, args: Vec<Val<'a>>) -> Run<'a> {
        let (id, home) = match callee {
            Val::Closure(id, home) => (*id, *home),
            Val::Fn(function) => {
                let at = self.fns.get(*function as usize).map(|body| body.root.at).ok_or(Exit::Stop)?;
                return self.run(*function, args, at);
            }
            _ => return Err(Exit::Stop),
        };
        let body = self.frames.get(home).map(|frame| frame.body);
        let Some(closure) = body.and_then(|body| body.closures.get(id as usize)) else {
            return Err(Exit::Stop);
        };
        let before = std::mem::replace(&mut self.current, home);
        for (pattern, arg) in closure.params.iter().zip(args) {
            self.bind(pattern, arg);
        }
        let result = self.eval(&closure.body);
        self.current = before;
        match result {
            Err(Exit::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn set(&mut self, builder: &'w Expr<'a>, position: u16, value: &'w Expr<'a>) -> Run<'a> {
        let builder = self.eval(builder)?;
        let given = self.eval(value)?.given();
        Ok(match builder {
            Val::Record(record) => Val::Record(Box::new(record.set_at(position, given, value.at.source()))),
            Val::Pick(pick) => Val::Pick(Box::new(pick.set_at(position, given, value.at.source()))),
            _ => return Err(Exit::Stop),
        })
    }

    /// What the runtime's types offer.
    fn runtime(&mut self, expr: &'w Expr<'a>) -> Run<'a> {
        Ok(match &expr.kind {
            Kind::NewRaw(class) => {
                let class = self.text(class)?;
                Val::Record(Box::new(Record::raw(class)))
            }
            Kind::File(name) => {
                let name = self.text(name)?;
                Val::Json(Rc::new(Value::from(&*name)))
            }
            Kind::Build(op, builder, args) => return self.build(*op, builder, args),
            Kind::Unlinked => Val::Link(comfy_dsl::recorder::Link::NOWHERE),
            Kind::Raw(value) => {
                let value = self.eval(value)?.json();
                Val::Json(Rc::new(value))
            }
            Kind::Unset => Val::Unset,
            Kind::Grow => Val::Grow(Rc::default()),
            Kind::GrowPush(list, name, value) => {
                let list = self.eval(list)?;
                let name = name.as_deref().map(|name| self.text(name)).transpose()?;
                let val = self.eval(value)?.given();
                let Val::Grow(items) = list else { return Err(Exit::Stop) };
                let mut items = Rc::unwrap_or_clone(items);
                items.push(Item { name, val });
                Val::Grow(Rc::new(items))
            }
            Kind::WithOr(link, value) => {
                let link = self.eval(link)?;
                let value = self.eval(value)?;
                let Val::Link(link) = link else { return Err(Exit::Stop) };
                Val::Or(link, Rc::new(value))
            }
            Kind::Out(node, slot) => {
                let node = self.eval(node)?;
                let Val::Int(slot) = self.eval(slot)? else { return Err(Exit::Stop) };
                let slot = u32::try_from(slot).unwrap_or(u32::MAX);
                match node {
                    Val::Node(node) => Val::Link(self.recorder.out_of(node, slot)),
                    _ => return Err(Exit::Stop),
                }
            }
            Kind::NodeOf(inner) => match self.eval(inner)? {
                Val::Link(link) => Val::Node(link.node()),
                Val::Outs(node) => Val::Node(self.recorder.node_ref(node)),
                node @ Val::Node(_) => node,
                _ => return Err(Exit::Stop),
            },
            Kind::Mode(mode) => Val::Mode(*mode),
            Kind::MarkerName(index) => {
                let name = self.body().and_then(|body| body.markers.get(*index as usize));
                Val::text(name.map_or("*", String::as_str))
            }
            _ => return Err(Exit::Stop),
        })
    }

    fn text(&mut self, expr: &'w Expr<'a>) -> Result<Box<str>, Exit<'a>> {
        let value = self.eval(expr)?;
        Self::text_of(&value)
    }

    fn text_of(value: &Val<'a>) -> Result<Box<str>, Exit<'a>> {
        match value {
            Val::Str(text) => Ok((&**text).into()),
            Val::Char(char) => Ok(char.to_string().into()),
            _ => Err(Exit::Stop),
        }
    }

    fn build(&mut self, op: BuildOp, builder: &'w Expr<'a>, args: &'w [Expr<'a>]) -> Run<'a> {
        let Val::Record(mut record) = self.eval(builder)? else { return Err(Exit::Stop) };
        let mut values = self.all(args)?.into_iter();
        let (first, second) = (values.next(), values.next());
        match (op, first, second) {
            (BuildOp::Id, Some(id), _) => record.id(Self::text_of(&id)?),
            (BuildOp::Title, Some(title), _) => record.title(Self::text_of(&title)?),
            (BuildOp::Mode, Some(Val::Mode(mode)), _) => record.mode(mode),
            (BuildOp::RawInput, Some(name), Some(value)) => {
                let name = Self::text_of(&name)?;
                match args.get(1) {
                    Some(expr) => record.set_by_name_at(name, value.given(), expr.at.source()),
                    None => return Err(Exit::Stop),
                }
            }
            (BuildOp::RawInputTyped, Some(name), Some(io_type)) => {
                let (value, expr) = values.next().zip(args.get(2)).ok_or(Exit::Stop)?;
                let (name, io_type) = (Self::text_of(&name)?, Self::text_of(&io_type)?);
                record.set_typed_at(name, io_type, value.given(), expr.at.source());
            }
            (BuildOp::RawOutput, Some(label), Some(io_type)) => {
                record.output(Self::text_of(&label)?, Self::text_of(&io_type)?);
            }
            _ => return Err(Exit::Stop),
        }
        Ok(Val::Record(record))
    }

    fn json(&mut self, json: &'w Json<'a>) -> Result<Value, Exit<'a>> {
        Ok(match json {
            Json::Value(value) => value.clone(),
            Json::Expr(expr) => self.eval(expr)?.json(),
            Json::Array(items) => {
                items.iter().map(|item| self.json(item)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Json::Object(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    let Value::String(key) = self.json(key)? else { return Err(Exit::Stop) };
                    let value = self.json(value)?;
                    map.insert(key, value);
                }
                map.into()
            }
        })
    }

    /// What a flow does. Sizes of results are those of the class.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn flow(&mut self, op: FlowOp, values: Vec<Val<'a>>, exprs: &'w [Expr<'a>], at: At) -> Run<'a> {
        let mut args = values.into_iter();
        if op == FlowOp::New {
            self.flows += 1;
            if self.flows > 1 {
                return self.stop(
                    codes::UNSUPPORTED_RUST,
                    at,
                    "a second flow is not read without a compiler",
                );
            }
            return Ok(Val::Flow(0));
        }
        let Some(Val::Flow(scope)) = args.next() else { return Err(Exit::Stop) };
        let (first, second, third) = (args.next(), args.next(), args.next());
        match (op, first, second, third) {
            (FlowOp::Clone, ..) => Ok(Val::Flow(scope)),
            (FlowOp::Add, Some(Val::Record(record)), ..) => Ok(self.add(scope, *record, exprs.get(1), at)),
            (FlowOp::Subgraph, Some(name), ..) => {
                let name = Self::text_of(&name)?;
                Ok(Val::Flow(self.recorder.begin(scope, name, at.source())))
            }
            (FlowOp::Input, Some(name), Some(io_type), Some(value)) => {
                let (name, io_type) = (Self::text_of(&name)?, Self::text_of(&io_type)?);
                let link = self.recorder.input(scope, name, io_type, value.given(), at.source());
                Ok(Val::Link(link))
            }
            (FlowOp::Output, Some(name), Some(io_type), Some(Val::Link(from))) => {
                let (name, io_type) = (Self::text_of(&name)?, Self::text_of(&io_type)?);
                Ok(Val::Link(self.recorder.output(scope, name, io_type, from, at.source())))
            }
            (FlowOp::Instance, ..) => {
                let instance = self.recorder.instance_of(scope);
                Ok(Val::Node(self.recorder.node_ref(instance)))
            }
            (FlowOp::Bypass | FlowOp::Mute, Some(Val::Node(node)), ..) => {
                let mode = if op == FlowOp::Bypass { Mode::Bypass } else { Mode::Never };
                self.recorder.mode(node, mode, at.source());
                Ok(Val::Unit)
            }
            (FlowOp::Mode, Some(Val::Node(node)), Some(Val::Mode(mode)), _) => {
                self.recorder.mode(node, mode, at.source());
                Ok(Val::Unit)
            }
            (FlowOp::Title, Some(Val::Node(node)), Some(title), _) => {
                let title = Self::text_of(&title)?;
                self.recorder.title(node, title, at.source());
                Ok(Val::Unit)
            }
            (FlowOp::Id, Some(Val::Node(node)), Some(id), _) => {
                let id = Self::text_of(&id)?;
                self.recorder.id(node, id, at.source());
                Ok(Val::Unit)
            }
            (FlowOp::RawInput, Some(Val::Node(node)), Some(name), Some(value)) => {
                let name = Self::text_of(&name)?;
                self.recorder.raw_input(node, name, value.given(), at.source());
                Ok(Val::Unit)
            }
            (FlowOp::IdOf, Some(Val::Node(node)), ..) => {
                Ok(Val::option(self.recorder.id_of(node).map(Val::text)))
            }
            (FlowOp::Note, Some(text), ..) => {
                let record = Record::note(Self::text_of(&text)?);
                let added = self.recorder.add(scope, record, at.source());
                Ok(Val::Node(self.recorder.node_ref(added)))
            }
            // only printed
            (FlowOp::Prompt, ..) => Ok(Val::Json(Rc::new(Value::Null))),
            _ => Err(Exit::Stop),
        }
    }

    fn add(&mut self, scope: usize, record: Record<'a>, builder: Option<&Expr<'a>>, at: At) -> Val<'a> {
        let outputs = record.declared_outputs();
        let node = self.recorder.add(scope, record, at.source());
        self.places.added(at, builder);
        match outputs {
            None | Some(0) => Val::Node(self.recorder.node_ref(node)),
            Some(1) => Val::Link(self.recorder.out(node, 0)),
            Some(_) => Val::Outs(node),
        }
    }
}

/// The value of a literal.
pub(super) fn constant<'a>(value: &Const) -> Val<'a> {
    match value {
        Const::Bool(flag) => Val::Bool(*flag),
        Const::Char(char) => Val::Char(*char),
        Const::Int(int) => Val::Int(*int),
        Const::Float(float) => Val::Float(*float),
        Const::Str(text) => Val::text(text.as_str()),
    }
}
