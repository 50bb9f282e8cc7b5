//! The arguments of one layer, on their way from text to values.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;

use super::options::{Padding, Weight};
use super::{Entry, Positional, activation, later, layers_with, values};
use crate::diagnostics::{Diagnostics, Extent, list_text, nearest};
use crate::parse::ast::{Arg, Call, Value};
use crate::parse::text::value_text;
use crate::shapes::rule::brief;

const PADDINGS: &[(&str, Padding); 2] = &[("valid", Padding::Valid), ("same", Padding::Same)];

/// The arguments of a layer. Every getter reports what is wrong and then returns something harmless, so that a layer
/// reads all of its arguments in one go; a layer with a mistake is thrown away afterwards.
pub struct Args<'a> {
    pub call: &'a Call,
    names: &'static [&'static str],
    errors: &'a mut Diagnostics,
    failed: bool,
    /// Which options the layer asked for: a test compares them with those it lists.
    pub asked: BTreeSet<&'static str>,
}

impl<'a> Args<'a> {
    /// Checks the names and the number of the arguments.
    pub fn new(call: &'a Call, entry: &'static Entry, errors: &'a mut Diagnostics) -> Self {
        let options: Vec<_> = entry.option_names().collect();
        Args::with(call, &options, &entry.positional, later::options(entry.class()), errors)
    }

    /// The same for what is no layer: the input.
    pub fn with(
        call: &'a Call,
        options: &[&'static str],
        positional: &Positional,
        later: &[&'static str],
        errors: &'a mut Diagnostics,
    ) -> Self {
        let names = positional.names();
        let mut args = Args { call, names, errors, failed: false, asked: BTreeSet::new() };
        args.check_names(options, later);
        if let Positional::Named { names, required } = positional {
            args.check_count(names, *required, options);
        }
        args
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

    fn check_names(&mut self, options: &[&'static str], later: &[&str]) {
        let call = self.call;
        let mut seen: Vec<String> = Vec::new();
        for ident in call.args.iter().filter_map(|arg| arg.name.as_ref()) {
            let name = ident.to_string();
            if seen.contains(&name) {
                self.error(ident, format!("`{name}` stands here twice"), "");
            } else if later.contains(&name.as_str()) {
                self.error(ident, later::not_yet(&format!("`{name}` of `{}`", self.layer())), "");
            } else if !options.contains(&name.as_str()) {
                self.unknown(ident.into(), &name, options);
            }
            seen.push(name);
        }
    }

    fn unknown(&mut self, at: Extent, name: &str, options: &[&'static str]) {
        let elsewhere = layers_with(name);
        let help = if let Some(near) = nearest(name, options.iter().copied()).filter(|_| elsewhere.is_empty()) {
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

    fn check_count(&mut self, names: &'static [&'static str], required: usize, options: &[&'static str]) {
        let call = self.call;
        let layer = self.layer();
        let positional = self.positional();
        let late = call.args.iter().skip_while(|arg| arg.name.is_none()).find(|arg| arg.name.is_none());
        if let Some(arg) = late {
            let problem = "an argument without a name stands before the options".to_string();
            return self.error(arg.value.extent(), problem, format!("`{layer}<{}, …>`", value_text(&arg.value)));
        }
        if let Some(value) = positional.get(names.len()) {
            self.too_many(value, names, options);
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
        self.asked.insert(name);
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

    /// Reads a layer inside of this one, which `find` must know.
    pub fn inner<R>(
        &mut self,
        name: &'static str,
        find: impl Fn(&str) -> Option<&'static Entry>,
        takes: &str,
        read: impl FnOnce(&mut Args, &'static Entry) -> R,
    ) -> Option<R> {
        let value = self.get(name)?;
        let call = match value {
            Value::Layer(call) => Some((**call).clone()),
            // A layer without arguments looks like any word.
            Value::Path(path) => path.get_ident().map(|name| Call::plain(name.clone())),
            _ => None,
        };
        let found = call.as_ref().and_then(|call| find(&call.name.to_string()));
        let (Some(call), Some(entry)) = (call, found) else {
            self.wrong(name, value, takes, "");
            return None;
        };
        let mut inner = Args::new(&call, entry, self.errors);
        let read = read(&mut inner, entry);
        let fine = inner.fine();
        self.failed |= !fine;
        fine.then_some(read)
    }

    /// Reports that a value is not what the option takes.
    pub fn wrong(&mut self, name: &str, value: &Value, takes: &str, help: &str) {
        let of = if name.is_empty() { String::new() } else { format!("`{name}` of ") };
        let problem = format!("{of}`{}` takes {takes}, not `{}`", self.layer(), value_text(value));
        self.error(value.extent(), problem, help);
    }

    /// `true` or `false`.
    pub fn bool_or(&mut self, name: &'static str, default: bool) -> bool {
        match self.get(name) {
            None => default,
            Some(Value::Bool(value, _)) => *value,
            Some(value) => {
                let help =
                    value.word().map(|word| word.to_lowercase()).filter(|word| word == "true" || word == "false");
                let help = help.map(|word| format!("did you mean `{word}`?")).unwrap_or_default();
                self.wrong(name, value, "`true` or `false`", &help);
                default
            }
        }
    }

    /// A number, of which `valid` says whether it is allowed.
    pub fn number_or(&mut self, name: &'static str, default: f64, takes: &str, valid: impl Fn(f64) -> bool) -> f64 {
        self.number(name, takes, valid).unwrap_or(default)
    }

    /// A number that may be absent.
    pub fn number(&mut self, name: &'static str, takes: &str, valid: impl Fn(f64) -> bool) -> Option<f64> {
        let value = self.get(name)?;
        let number = as_number(value).filter(|x| valid(*x));
        if number.is_none() {
            self.wrong(name, value, takes, "");
        }
        number
    }

    /// A whole number from 0 on that may be absent.
    pub fn seed(&mut self, name: &'static str) -> Option<u64> {
        let value = self.get(name)?;
        let seed = match value {
            Value::Int(n, _) => u64::try_from(*n).ok(),
            _ => None,
        };
        if seed.is_none() {
            self.wrong(name, value, "an integer from 0 on", "");
        }
        seed
    }

    /// One word of a few.
    pub fn word_or<T: Copy>(&mut self, name: &'static str, default: T, words: &[(&str, T)]) -> T {
        let Some(value) = self.get(name) else { return default };
        let word = value.word();
        if let Some((_, value)) = words.iter().find(|(candidate, _)| Some(*candidate) == word.as_deref()) {
            return *value;
        }
        let takes: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let near = nearest(&word.unwrap_or_default(), words.iter().map(|(word, _)| *word));
        let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        self.wrong(name, value, &list_text(&takes, "or"), &help);
        default
    }

    /// `padding = valid` or `same`.
    pub fn padding(&mut self) -> Padding {
        self.word_or("padding", Padding::Valid, PADDINGS)
    }

    /// `padding = valid`, `same` or `causal`: along time.
    pub fn padding_in_time(&mut self) -> Padding {
        let [valid, same] = *PADDINGS;
        self.word_or("padding", Padding::Valid, &[valid, same, ("causal", Padding::Causal)])
    }

    /// `data_format`: whether the channels come first.
    pub fn channels_first(&mut self) -> bool {
        self.word_or("data_format", false, &[("channels_last", false), ("channels_first", true)])
    }

    /// `data_format` of a layer that has its channels last, so far.
    pub fn data_format(&mut self) {
        let first = self.channels_first();
        if let Some(value) = self.get("data_format").filter(|_| first) {
            self.error(value.extent(), later::not_yet("`data_format = channels_first`"), "");
        }
    }

    /// An axis, counted as Keras does: the batch is axis 0, `-1` the last one.
    pub fn axis_or(&mut self, name: &'static str, default: i128) -> Axis {
        match self.get(name) {
            Some(value) => self.axis(name, value),
            None => Axis { axis: default, at: self.call.extent() },
        }
    }

    /// Several axes; none without the option.
    pub fn axes(&mut self, name: &'static str) -> Vec<Axis> {
        match self.get(name) {
            None => Vec::new(),
            Some(Value::Tuple(values, _)) => values.iter().map(|value| self.axis(name, value)).collect(),
            Some(value) => vec![self.axis(name, value)],
        }
    }

    fn axis(&mut self, name: &str, value: &Value) -> Axis {
        match value {
            Value::Int(axis, _) => Axis { axis: *axis, at: value.extent() },
            _ => {
                self.wrong(name, value, "the number of an axis", "the batch is axis 0, `-1` is the last axis");
                Axis { axis: -1, at: value.extent() }
            }
        }
    }

    /// An activation function.
    pub fn function(&mut self, name: &'static str) -> activation::Function {
        match self.get(name) {
            Some(value) => activation::function(self, name, value),
            None => activation::Function::Linear,
        }
    }

    /// The initializer, regularizer and constraint of a weight; `options` are their names, as in `options::KERNEL`.
    pub fn weight(&mut self, options: &'static [&'static str], initializer: &str) -> Weight {
        let [start, penalty, hold] = *options else {
            return Weight::plain(initializer);
        };
        let given = |args: &mut Self, name, read: fn(&mut Self, &'static str, &Value) -> TokenStream| {
            args.get(name).map(|value| read(args, name, value))
        };
        Weight {
            initializer: given(self, start, values::initializer).unwrap_or_else(|| values::default(initializer)),
            regularizer: given(self, penalty, values::regularizer),
            constraint: given(self, hold, values::constraint),
        }
    }

    /// Only the initializer of a weight that is not trained.
    pub fn initial(&mut self, name: &'static str, initializer: &str) -> Weight {
        match self.get(name) {
            Some(value) => Weight { initializer: values::initializer(self, name, value), ..Weight::plain(initializer) },
            None => Weight::plain(initializer),
        }
    }
}

/// An axis as Keras counts it.
#[derive(Clone, Copy)]
pub struct Axis {
    pub axis: i128,
    pub at: Extent,
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
