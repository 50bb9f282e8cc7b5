//! Blocks: each use puts in a copy.

use proc_macro2::Ident;

use super::builder::{Builder, Use, Want};
use super::scope::{Kind, Parameter, Scope, ScopeId};
use super::{Value, names};
use crate::diagnostics::{list_text, nearest};
use crate::syntax::ast::{self, Block, Call, Statement};
use crate::syntax::text::value_text;

/// The copies that are being written.
#[derive(Default)]
pub struct Copying<'a> {
    /// How many there were, those of empty blocks included.
    pub copies: usize,
    /// From the outermost to the innermost.
    active: Vec<&'a Block>,
    /// Blocks that use themselves, which has been reported.
    circles: Vec<&'a Block>,
}

impl<'a> Builder<'a, '_> {
    /// Puts a copy of a block in; gives as many values as are wanted.
    pub fn copy(&mut self, scope: ScopeId, owner: ScopeId, place: usize, used: Use<'a>) -> Vec<Value> {
        let block: &'a Block = self.scopes[owner].blocks[place].block;
        let Use { label, call, at, want, .. } = used;
        if self.is_circle(block, call) {
            return self.missing(used.inputs, want);
        }
        let parameters = self.arguments(scope, block, call);
        if let Some(named) = used.named.first() {
            let problem = format!("the block `{}` takes its values by their places, not by names", block.name);
            self.errors.error(&named.name, problem).help(format!("`{}`", signature(block)));
            return self.missing(used.inputs, want);
        }
        let inputs = self.fitting_inputs(block, used);
        let own = self.copy_name(scope, label, &block.name);
        let prefix = format!("{}{own}_", self.scopes[scope].prefix);
        if !self.room(at) {
            return self.missing(inputs, want);
        }
        let outermost = self.enter(at, Some(&block.name));
        let outputs = self.write(block, Scope::new(Some(owner), prefix, parameters), inputs);
        self.leave(outermost);
        self.fitting_outputs(block, call, outputs, want)
    }

    fn copy_name(&mut self, scope: ScopeId, label: Option<&Ident>, block: &Ident) -> String {
        if let Some(label) = label {
            names::check_name(label, "a copy of a block", self.errors);
            if self.scopes[scope].counters.has_other(label) {
                let report = self.errors.error(label, format!("the label `{label}` stands here twice"));
                report.help("every copy has its own name, as every layer has");
                return format!("{}_again", label.to_string().trim_start_matches("r#"));
            }
        }
        self.scopes[scope].counters.block(label, block)
    }

    fn write(&mut self, block: &'a Block, scope: Scope<'a>, inputs: Vec<Value>) -> Vec<Value> {
        self.copying.copies += 1;
        self.copying.active.push(block);
        let inner = self.open(scope);
        self.check_names(block.parameters.iter(), "parameter");
        self.scopes[inner].lost |= !self.check_names(block.inputs.iter(), "input");
        self.output_names(&block.outputs);
        for (name, value) in block.inputs.iter().zip(inputs) {
            self.scopes[inner].bind(name, value, Kind::Input);
        }
        let outputs = self.body(inner, &block.statements, &block.outputs);
        self.scopes.truncate(inner);
        self.copying.active.pop();
        outputs
    }

    /// Whether a block is used inside of itself, which would have no end.
    fn is_circle(&mut self, block: &'a Block, call: &Call) -> bool {
        let Some(start) = self.copying.active.iter().position(|active| std::ptr::eq(*active, block)) else {
            return false;
        };
        let circle = self.copying.active[start..].to_vec();
        if !self.copying.circles.iter().any(|known| std::ptr::eq(*known, block)) {
            let way: Vec<_> = circle[1..].iter().map(|block| format!("`{}`", block.name)).collect();
            let way = if way.is_empty() { String::new() } else { format!(", by way of {}", list_text(&way, "and")) };
            let report = self.errors.error(&call.name, format!("the block `{}` uses itself{way}", block.name));
            let help = format!(
                "a copy would hold copies without end; to stack some, repeat it where it is used: `[{}; 3]`",
                block.name
            );
            report.help(help);
        }
        self.copying.circles.extend(circle);
        true
    }

    /// The values of the parameters.
    fn arguments(&mut self, scope: ScopeId, block: &'a Block, call: &Call) -> Vec<Parameter> {
        let parameter = |name: &Ident| Parameter { name: name.clone(), value: None, used: false };
        let mut parameters: Vec<_> = block.parameters.iter().map(parameter).collect();
        let mut given = vec![false; parameters.len()];
        let mut fine = true;
        for (index, arg) in call.args.iter().enumerate() {
            let place = match &arg.name {
                Some(name) => block.parameters.iter().position(|parameter| parameter == name),
                None => Some(index).filter(|index| *index < parameters.len()),
            };
            let Some(place) = place else {
                self.no_parameter(block, arg);
                fine = false;
                continue;
            };
            if std::mem::replace(&mut given[place], true) {
                let problem = format!("the parameter `{}` stands here twice", block.parameters[place]);
                self.errors.error(arg.value.extent(), problem);
                fine = false;
            }
            parameters[place].value = self.size(scope, block, &block.parameters[place], &arg.value);
        }
        let missing = block.parameters.iter().zip(&given).filter(|(_, given)| !**given);
        let missing: Vec<_> = missing.map(|(name, _)| format!("`{name}`")).collect();
        if fine && !missing.is_empty() {
            let problem = format!("the block `{}` needs {}", block.name, list_text(&missing, "and"));
            self.errors.error(call.extent(), problem).help(format!("`{}`", signature(block)));
        }
        parameters
    }

    fn no_parameter(&mut self, block: &Block, arg: &ast::Arg) {
        let names: Vec<_> = block.parameters.iter().map(Ident::to_string).collect();
        match &arg.name {
            Some(name) => {
                let near = nearest(&name.to_string(), names.iter().map(String::as_str));
                let report = self.errors.error(name, format!("the block `{}` has no parameter `{name}`", block.name));
                report.help(
                    near.map_or_else(|| format!("`{}`", signature(block)), |near| format!("did you mean `{near}`?")),
                );
            }
            None => {
                let takes = match names.len() {
                    0 => "no parameter".to_string(),
                    1 => "one parameter".to_string(),
                    n => format!("{n} parameters"),
                };
                let problem = format!("the block `{}` has {takes}", block.name);
                self.errors.error(arg.value.extent(), problem).help(format!("`{}`", signature(block)));
            }
        }
    }

    /// The value of a parameter, which is a size.
    fn size(&mut self, scope: ScopeId, block: &Block, name: &Ident, value: &ast::Value) -> Option<ast::Value> {
        let value = self.substituted(scope, value)?;
        match value {
            ast::Value::Int(0.., _) | ast::Value::Path(_) | ast::Value::Block(..) => Some(value),
            _ => {
                let problem =
                    format!("`{name}` of the block `{}` takes a size, not `{}`", block.name, value_text(&value));
                let report = self.errors.error(value.extent(), problem);
                report.help("a size is an integer, the path of a `const` or a block: `{ 2 * N }`");
                None
            }
        }
    }

    /// As many inputs as the block has.
    fn fitting_inputs(&mut self, block: &Block, used: Use<'a>) -> Vec<Value> {
        let (takes, given) = (block.inputs.len(), used.inputs.len());
        let mut inputs = used.inputs;
        if takes != given && takes > 0 {
            let plural = if takes == 1 { "value" } else { "values" };
            let problem =
                format!("the block `{}` takes {takes} {plural}, but {given} {} here", block.name, goes(given));
            let help = match used.in_chain {
                true => format!("`{}`: all of its values stand in its call", signature(block)),
                false => format!("`{}`", signature(block)),
            };
            self.errors.error(used.at, problem).help(help);
            while inputs.len() < takes {
                let value = self.broken(Vec::new());
                inputs.push(value);
            }
        }
        inputs
    }

    /// As many outputs as are wanted.
    fn fitting_outputs(&mut self, block: &Block, call: &Call, mut outputs: Vec<Value>, want: Want) -> Vec<Value> {
        let (gives, taken) = (outputs.len(), want.count());
        if gives != taken && gives > 0 && !self.full {
            let names: Vec<_> = block.outputs.iter().map(Ident::to_string).collect();
            let plural = if gives == 1 { "value" } else { "values" };
            let at = match want {
                Want::One => call.extent(),
                Want::Several(_, at) => at,
            };
            let problem =
                format!("the block `{}` gives {gives} {plural}, but {taken} {} taken", block.name, are(taken));
            let help = match names.as_slice() {
                [one] => format!("`let {one} = …;`"),
                names => format!("`let ({}) = …;`, with `_` for what is dropped", names.join(", ")),
            };
            self.errors.error(at, problem).help(help);
        }
        while outputs.len() < taken {
            let value = self.broken(Vec::new());
            outputs.push(value);
        }
        outputs.truncate(taken);
        outputs
    }

    /// Reports blocks that nothing uses, after a look for mistakes in them.
    pub fn unused_blocks(&mut self, scope: ScopeId, statements: &'a [Statement]) {
        let certain = !statements.iter().any(super::scope::holds_mistake);
        for place in 0..self.scopes[scope].blocks.len() {
            let block = self.scopes[scope].blocks[place].block;
            if self.scopes[scope].blocks[place].used || self.full {
                continue;
            }
            if certain {
                let report = self.errors.error(&block.name, format!("the block `{}` is never used", block.name));
                report.help(format!("`x => {}` puts a copy in; or leave it out", block.name));
            }
            let before = self.nodes.len();
            let parameter = |name: &Ident| Parameter { name: name.clone(), value: None, used: false };
            let parameters = block.parameters.iter().map(parameter).collect();
            let inputs = block.inputs.iter().map(|_| self.broken(Vec::new())).collect();
            self.write(block, Scope::new(Some(scope), String::new(), parameters), inputs);
            self.nodes.truncate(before);
        }
    }
}

/// `residual<F, S>(x)`.
fn signature(block: &Block) -> String {
    let list = |names: &[Ident]| names.iter().map(Ident::to_string).collect::<Vec<_>>().join(", ");
    let parameters = match block.parameters.as_slice() {
        [] => String::new(),
        names => format!("<{}>", list(names)),
    };
    format!("{}{parameters}({})", block.name, list(&block.inputs))
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn goes(count: usize) -> &'static str {
    if count == 1 { "goes in" } else { "go in" }
}
