//! The arguments of one layer, on their way from text to values.

use nn_graph::function::Function;
use nn_graph::weight::{Constraint, Initializer, Regularizer};

use super::read::{Configured, read};
use super::{Elsewhere, Positional, Spec, functions, habits};
use crate::diagnostics::{Diagnostics, Extent, list_text, nearest};
use crate::rule::{Axis, brief};
use crate::sources::Sources;
use crate::syntax::ast::{Arg, Call, Value};
use crate::syntax::text::value_text;

/// What there is to give to a layer by name.
pub struct Options<'a> {
    pub known: &'a [&'static str],
    pub elsewhere: Elsewhere,
}

/// The arguments of a layer. Every getter reports what is wrong and then returns something harmless, so that all
/// arguments are read in one go; a layer with a mistake is thrown away afterwards.
pub struct Args<'a> {
    pub call: &'a Call,
    names: Vec<&'static str>,
    elsewhere: Elsewhere,
    pub sources: &'a mut Sources,
    errors: &'a mut Diagnostics,
    failed: bool,
}

impl<'a> Args<'a> {
    /// Checks the names and the number of the arguments.
    pub fn new(
        call: &'a Call,
        spec: &'static Spec,
        elsewhere: Elsewhere,
        sources: &'a mut Sources,
        errors: &'a mut Diagnostics,
    ) -> Self {
        let options: Vec<_> = spec.option_names().collect();
        let options = Options { known: &options, elsewhere };
        Args::with(call, options, &spec.positional, sources, errors)
    }

    /// The same for what is no layer: the input.
    pub fn with(
        call: &'a Call,
        options: Options<'_>,
        positional: &Positional,
        sources: &'a mut Sources,
        errors: &'a mut Diagnostics,
    ) -> Self {
        let names = positional.opts().iter().map(|opt| opt.name).collect();
        let Options { known, elsewhere } = options;
        let mut args = Args { call, names, elsewhere, sources, errors, failed: false };
        args.check_names(known);
        if let Positional::Named { required, .. } = positional {
            args.check_count(*required, known);
        }
        args
    }

    /// Reads a layer inside of this one.
    pub fn read_inner(&mut self, call: &Call, spec: &'static Spec) -> Option<Configured> {
        let inner = read(call, spec, self.elsewhere, self.sources, self.errors);
        self.failed |= inner.is_none();
        inner
    }

    /// Whether all arguments are fine.
    pub fn fine(&self) -> bool {
        !self.failed
    }

    /// The layer as messages name it.
    pub fn layer(&self) -> String {
        self.call.name.to_string()
    }

    /// Reports a mistake in this layer.
    pub fn error(&mut self, at: impl Into<Extent>, problem: String, help: impl AsRef<str>) {
        self.failed = true;
        self.errors.error(at, problem).help(help);
    }

    fn check_names(&mut self, options: &[&'static str]) {
        let call = self.call;
        let mut seen: Vec<String> = Vec::new();
        for ident in call.args.iter().filter_map(|arg| arg.name.as_ref()) {
            let name = ident.to_string();
            if seen.contains(&name) {
                self.error(ident, format!("`{name}` stands here twice"), "");
            } else if !options.contains(&name.as_str()) {
                self.unknown(ident.into(), &name, options);
            }
            seen.push(name);
        }
    }

    fn unknown(&mut self, at: Extent, name: &str, options: &[&'static str]) {
        let elsewhere = (self.elsewhere)(name);
        let help = if let Some(help) = habits::instead(&self.layer(), name) {
            help.to_string()
        } else if let Some(near) = nearest(name, options.iter().copied()).filter(|_| elsewhere.is_empty()) {
            format!("did you mean `{near}`?")
        } else if !elsewhere.is_empty() {
            let shown = &elsewhere[..elsewhere.len().min(6)];
            format!("`{name}` is an option of {}", list_text(shown, "and"))
        } else if options.is_empty() {
            "it takes none".to_string()
        } else {
            format!("its options: {}", options.join(", "))
        };
        self.error(at, format!("`{}` has no option `{name}`", self.layer()), help);
    }

    fn check_count(&mut self, required: usize, options: &[&'static str]) {
        let (call, names) = (self.call, self.names.clone());
        let layer = self.layer();
        let positional = self.positional();
        let late = call.args.iter().skip_while(|arg| arg.name.is_none()).find(|arg| arg.name.is_none());
        if let Some(arg) = late {
            let problem = "an argument without a name stands before the options".to_string();
            return self.error(arg.value.extent(), problem, format!("`{layer}<{}, …>`", value_text(&arg.value)));
        }
        if let Some(value) = positional.get(names.len()) {
            self.too_many(value, &names, options);
        }
        for name in names.iter().take(positional.len()) {
            if let Some(twin) = self.named(name).and_then(|arg| arg.name.as_ref()) {
                self.error(twin, format!("`{name}` stands here twice: once without its name"), "");
            }
        }
        let missing = names.iter().take(required).skip(positional.len()).filter(|name| self.named(name).is_none());
        let missing: Vec<_> = missing.map(|name| format!("`{name}`")).collect();
        if !missing.is_empty() {
            let problem = format!("`{}` needs {}", brief(call), list_text(&missing, "and"));
            self.error(call.extent(), problem, format!("`{layer}<{}>`", names[..required].join(", ")));
        }
    }

    fn too_many(&mut self, value: &Value, names: &[&str], options: &[&'static str]) {
        let takes = match names {
            [] => "takes no argument without a name".to_string(),
            names => format!("takes {} without a name: {}", count(names.len(), "argument"), list_text(names, "and")),
        };
        let option = options.first().filter(|option| !["data_format", "keepdims"].contains(*option));
        let help = option.map(|option| format!("an option has a name: `{option} = {}`", value_text(value)));
        self.error(value.extent(), format!("`{}` {takes}", self.layer()), help.unwrap_or_default());
    }

    /// The argument that is given by this name.
    fn named(&self, name: &str) -> Option<&'a Arg> {
        self.call.args.iter().find(|arg| arg.name.as_ref().is_some_and(|given| given == name))
    }

    /// The value of an argument, by name or by place.
    pub fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        let place = self.names.iter().position(|positional| *positional == name);
        let value = match self.named(name) {
            Some(arg) => &arg.value,
            None => *self.positional().get(place?)?,
        };
        if value.word().as_deref() == Some("None") {
            self.error(value.extent(), "`None` is no value here".to_string(), format!("leave `{name}` out"));
            return None;
        }
        Some(value)
    }

    /// The arguments without a name.
    pub fn positional(&self) -> Vec<&'a Value> {
        let call = self.call;
        call.args.iter().filter(|arg| arg.name.is_none()).map(|arg| &arg.value).collect()
    }

    /// Reports that a value is not what the option takes.
    pub fn wrong(&mut self, name: &str, value: &Value, takes: &str, help: &str) {
        let of = if name.is_empty() { String::new() } else { format!("`{name}` of ") };
        let problem = format!("{of}`{}` takes {takes}, not `{}`", self.layer(), value_text(value));
        self.error(value.extent(), problem, help);
    }

    /// A number, of which `valid` says whether it is allowed.
    pub fn number(&mut self, name: &'static str, value: &Value, takes: &str, valid: fn(f64) -> bool) -> Option<f64> {
        let number = as_number(value).filter(|x| valid(*x));
        if number.is_none() {
            self.wrong(name, value, takes, "");
        }
        number
    }

    /// The axis of an option that is left out.
    pub fn default_axis(&self, axis: i128) -> Axis {
        Axis { axis, at: self.call.extent() }
    }

    /// Several axes; none without the option.
    pub fn axes(&mut self, name: &'static str, value: Option<&Value>) -> Vec<Axis> {
        match value {
            None => Vec::new(),
            Some(Value::Tuple(values, _)) => values.iter().map(|value| self.axis(name, value)).collect(),
            Some(value) => vec![self.axis(name, value)],
        }
    }

    /// An axis, counted as Keras does: the batch is axis 0, `-1` the last one.
    pub fn axis(&mut self, name: &str, value: &Value) -> Axis {
        match value {
            Value::Int(axis, _) => Axis { axis: *axis, at: value.extent() },
            _ => {
                self.wrong(name, value, "the number of an axis", "the batch is axis 0, `-1` is the last axis");
                Axis { axis: -1, at: value.extent() }
            }
        }
    }

    /// An activation function.
    pub fn function(&mut self, name: &'static str, value: &Value) -> Function {
        functions::function(self, name, value)
    }

    pub fn initializer(&mut self, name: &'static str, value: &Value) -> Initializer {
        functions::initializer(self, name, value)
    }

    pub fn regularizer(&mut self, name: &'static str, value: &Value) -> Regularizer {
        functions::regularizer(self, name, value)
    }

    pub fn constraint(&mut self, name: &'static str, value: &Value) -> Constraint {
        functions::constraint(self, name, value)
    }
}

/// An integer or a number with a point.
pub fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n, _) => Some(*n as f64),
        Value::Float(x, _) => Some(*x),
        _ => None,
    }
}

/// `1 argument`, `2 arguments`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
