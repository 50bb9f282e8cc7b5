//! The attributes that mean something to the macro; all others stay on the struct.

use nn_graph::stream::BLOCK;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Lit, LitInt, LitStr, Meta, Path, Token, Visibility, bracketed, parenthesized};

use super::ast::{Budget, Dtype, Header, Limit, Model, Streamed};
use super::foreign;
use crate::diagnostics::{Diagnostics, nearest};

/// Each stands there at most once.
const OURS: [&str; 6] = ["crate", "dtype", "budget", "stream", "weights", "model"];

/// Puts the header together.
pub fn read(attributes: Vec<Attribute>, vis: Visibility, name: Option<Ident>, errors: &mut Diagnostics) -> Header {
    let mut header = Header {
        attrs: Vec::new(),
        vis,
        name,
        root: None,
        dtype: Dtype::F32,
        budget: Vec::new(),
        stream: None,
        weights: None,
        model: None,
    };
    let mut seen: Vec<String> = Vec::new();
    for attribute in attributes {
        let word = attribute.path().get_ident().map(Ident::to_string).unwrap_or_default();
        let ours = OURS.contains(&word.as_str());
        if ours && seen.contains(&word) {
            errors.error(attribute.span(), format!("`#[{word}(…)]` stands here twice"));
        }
        match word.as_str() {
            "crate" => root(&attribute, &mut header, errors),
            "dtype" => dtype(&attribute, &mut header, errors),
            "budget" => budget(&attribute, &mut header, errors),
            "stream" => stream(&attribute, &mut header, errors),
            "weights" if header.name.is_some() => weights(&attribute, &mut header, errors),
            "model" if header.name.is_some() => model(&attribute, &mut header, errors),
            _ if header.name.is_none() => {
                errors
                    .error(attribute.span(), "a network that is an expression takes no such attribute")
                    .help("give the network a name: `struct Name = …;`");
            }
            _ => header.attrs.extend(foreign::of_struct(attribute)),
        }
        seen.push(word);
    }
    header
}

fn root(attribute: &Attribute, header: &mut Header, errors: &mut Diagnostics) {
    match attribute.parse_args_with(Path::parse_mod_style) {
        Ok(path) => header.root = Some(path),
        Err(error) => {
            errors.error(error.span(), "the crate is a path").help("`#[crate(crate::path::to::nn)]`");
        }
    }
}

fn dtype(attribute: &Attribute, header: &mut Header, errors: &mut Diagnostics) {
    let ident: Ident = match attribute.parse_args() {
        Ok(ident) => ident,
        Err(error) => return errors.syntax(&error),
    };
    let word = ident.to_string();
    match Dtype::ALL.iter().find(|(name, _)| *name == word) {
        Some((_, dtype)) => header.dtype = *dtype,
        None => {
            let report = errors.error(&ident, format!("a network's dtype is `f32` or `f64`, not `{word}`"));
            report.help("weights and activations are floats; the input's own type is `Input<…, dtype = …>`");
        }
    }
}

fn weights(attribute: &Attribute, header: &mut Header, errors: &mut Diagnostics) {
    match attribute.parse_args::<LitStr>() {
        Ok(path) => header.weights = Some(path),
        Err(error) => {
            errors.error(error.span(), "the weights are the path of a file").help("`#[weights(\"net.safetensors\")]`");
        }
    }
}

fn stream(attribute: &Attribute, header: &mut Header, errors: &mut Diagnostics) {
    let block = match &attribute.meta {
        Meta::Path(_) => Ok(BLOCK),
        _ => attribute.parse_args_with(|input: ParseStream| {
            let word: Ident = input.parse()?;
            if word != "block" {
                return Err(syn::Error::new(word.span(), "no such option"));
            }
            input.parse::<Token![=]>()?;
            let number: LitInt = input.parse()?;
            let block: usize = number.base10_parse()?;
            if !(1..=MOST_STEPS).contains(&block) {
                return Err(syn::Error::new(number.span(), "no such number of steps"));
            }
            Ok(block)
        }),
    };
    let block = block.unwrap_or_else(|error| {
        let report = errors.error(error.span(), "a stream is told how many time steps it takes at once, or nothing");
        report.help(format!("`#[stream]`, which takes {BLOCK}, or `#[stream(block = 64)]`: from 1 to {MOST_STEPS}"));
        BLOCK
    });
    header.stream = Some(Streamed { at: attribute.span(), block });
}

/// The most time steps of a block: its memory lies on the stack.
const MOST_STEPS: usize = 1024;

const MODEL: &str = "`#[model(\"vad.onnx\", sr = 16000, input: [1, 576])]`";

fn model(attribute: &Attribute, header: &mut Header, errors: &mut Diagnostics) {
    match attribute.parse_args_with(written_model) {
        Ok(model) => header.model = Some(model),
        Err(error) => {
            errors.error(error.span(), format!("a model is a file, and what it leaves open: {error}")).help(MODEL);
        }
    }
}

/// `"vad.onnx", sr = 16000, input: [1, 576]`; a name that is none of Rust's stands in quotes.
fn written_model(input: ParseStream) -> syn::Result<Model> {
    let mut model = Model { path: input.parse()?, inputs: Vec::new(), numbers: Vec::new(), states: None };
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        let name = if input.peek(LitStr) {
            input.parse::<LitStr>()?.value()
        } else {
            input.call(Ident::parse_any)?.to_string()
        };
        if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            let sizes;
            bracketed!(sizes in input);
            if name == "state" && (sizes.is_empty() || sizes.peek(syn::token::Paren)) {
                let pairs = Punctuated::<ModelState, Token![,]>::parse_terminated(&sizes)?;
                model.states = Some(pairs.into_iter().map(|ModelState(pair)| pair).collect());
                continue;
            }
            let sizes = Punctuated::<LitInt, Token![,]>::parse_terminated(&sizes)?;
            let sizes = sizes.iter().map(LitInt::base10_parse).collect::<syn::Result<_>>()?;
            model.inputs.push((name, sizes));
        } else {
            input.parse::<Token![=]>()?;
            let number: Lit = input.parse()?;
            let number = match &number {
                Lit::Int(number) => number.base10_parse()?,
                Lit::Float(number) => number.base10_parse()?,
                other => return Err(syn::Error::new(other.span(), "expected a number")),
            };
            model.numbers.push((name, number));
        }
    }
    Ok(model)
}

/// `("h0", "hn")`: an input that is a state, and what it is in the next call.
struct ModelState((String, String));

impl Parse for ModelState {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let pair;
        parenthesized!(pair in input);
        let from: LitStr = pair.parse()?;
        pair.parse::<Token![,]>()?;
        let to: LitStr = pair.parse()?;
        Ok(ModelState((from.value(), to.value())))
    }
}

fn budget(attribute: &Attribute, header: &mut Header, errors: &mut Diagnostics) {
    let limits = attribute.parse_args_with(Punctuated::<WrittenLimit, Token![,]>::parse_terminated);
    match limits {
        Err(error) => errors.syntax(&error),
        Ok(limits) => {
            if limits.is_empty() {
                errors.error(attribute.span(), "the budget is empty").help(EXAMPLE);
            }
            for WrittenLimit(limit) in limits {
                if header.budget.iter().any(|other| other.what == limit.what) {
                    errors.error(limit.span, "this limit stands here twice");
                }
                header.budget.push(limit);
            }
        }
    }
}

const EXAMPLE: &str = "`#[budget(params <= 61_706, workspace <= 16 KiB, macs <= 300_000)]`";
const KINDS: [(&str, Budget); 3] =
    [("params", Budget::Params), ("workspace", Budget::Workspace), ("macs", Budget::Macs)];
const UNITS: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];

/// `workspace <= 16 KiB`.
struct WrittenLimit(Limit);

impl Parse for WrittenLimit {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let word: Ident = input.parse()?;
        let what = one_of(&KINDS, &word, "a budget limits `params`, `workspace` or `macs`")?;
        input.parse::<Token![<=]>()?;
        let number: LitInt = input.parse()?;
        let (unit, end) = unit(what, &number, input)?;
        let most = number.base10_parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
        let most = most.ok_or_else(|| syn::Error::new(number.span(), "this limit is too large"))?;
        let span = word.span().join(end).unwrap_or_else(|| word.span());
        Ok(WrittenLimit(Limit { what, most, span, end }))
    }
}

/// The unit after a number, in bytes, and the last token of the limit.
fn unit(what: Budget, number: &LitInt, input: ParseStream) -> syn::Result<(u64, Span)> {
    let suffix = number.suffix();
    if !suffix.is_empty() {
        let text = format!("write the number and its unit apart: `{} {suffix}`", number.base10_digits());
        return Err(syn::Error::new(number.span(), text));
    }
    if !input.peek(syn::Ident) {
        return Ok((1, number.span()));
    }
    let word: Ident = input.parse()?;
    let unit = one_of(&UNITS, &word, "a unit is `B`, `KiB`, `MiB` or `GiB`")?;
    match what {
        Budget::Workspace => Ok((unit, word.span())),
        _ => Err(syn::Error::new(word.span(), "only `workspace` is measured in bytes")),
    }
}

fn one_of<T: Copy>(table: &[(&str, T)], word: &Ident, rule: &str) -> syn::Result<T> {
    let text = word.to_string();
    let found = table.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let near = nearest(&text, table.iter().map(|(name, _)| *name));
        let help = near.map_or_else(String::new, |near| format!("\n= help: did you mean `{near}`?"));
        syn::Error::new(word.span(), format!("{rule}, not `{text}`{help}"))
    })
}
