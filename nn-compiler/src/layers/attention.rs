//! `MultiHeadAttention`, `Attention` and `AdditiveAttention`.

use nn_graph::graph::Operand;
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::{Attend, Attention, Op, Score};
use nn_graph::size::shape_text;
use nn_graph::weight::{Initializer, Param, Weight};
use nn_graph::{Shape, Size};

use super::merge::check_dot;
use crate::rule::{MOST_AXES, Problem, Site, rule};
use crate::spec::{
    ACTIVITY_REGULARIZER, BIAS, KERNEL, Kind, Masks, Opt, Placed, Positional, SEED, Spec, TRAINABLE, USE_BIAS, Values,
    flag, share, size, word,
};

pub const SPECS: &[Spec] = &[MULTI_HEAD, DOT, ADDITIVE];

const MULTI_HEAD: Spec = Spec {
    positional: Positional::required(&[size("num_heads"), size("key_dim")]),
    options: &[&[size("value_dim"), share("dropout"), USE_BIAS, SHAPE, CAUSAL, SEED, TRAINABLE]],
    weights: &[KERNEL, BIAS],
    // Keras' `query_mask` is forgotten: the mask that the query carries takes its place.
    named: &["value_mask", "key_mask", "attention_mask"],
    masks: Masks::By(masks),
    ..Spec::new(&["MultiHeadAttention"], lower)
};

const SHAPE: Opt = Opt { name: "output_shape", kind: Kind::Shape };
const CAUSAL: Opt = flag("use_causal_mask", false);
const OF_BOTH: &[Opt] = &[share("dropout"), CAUSAL, SEED, TRAINABLE, ACTIVITY_REGULARIZER];

const DOT: Spec = Spec {
    options: &[&[flag("use_scale", false), word("score_mode", &["dot", "concat"])], OF_BOTH],
    named: &["mask"],
    masks: Masks::By(two_masks),
    ..Spec::new(&["Attention"], |values, site, inputs| {
        let score = if values.word("score_mode") == "concat" { Score::Concat } else { Score::Dot };
        attend(score, values, site, inputs)
    })
};

const ADDITIVE: Spec = Spec {
    options: &[&[flag("use_scale", true)], OF_BOTH],
    named: &["mask"],
    masks: Masks::By(two_masks),
    ..Spec::new(&["AdditiveAttention"], |values, site, inputs| attend(Score::Additive, values, site, inputs))
};

/// Which input stands for query, value and key.
const fn roles(inputs: usize) -> [usize; 3] {
    match inputs {
        1 => [0, 0, 0],
        2 => [0, 1, 1],
        _ => [0, 1, 2],
    }
}

fn lower(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    if inputs.is_empty() || inputs.len() > 3 {
        let problem = format!("takes a query, a value and a key, but is called with {} values", inputs.len());
        return Err(site.problem(&problem, &format!("`{}(query, value)`, or `x => {}`", site.text, site.text)));
    }
    let mut op = op(values);
    let [query, value, key] = roles(inputs.len()).map(|input| &inputs[input]);
    let [query, value, key] = [sequence(site, query)?, sequence(site, value)?, sequence(site, key)?];
    if value[0].known().zip(key[0].known()).is_some_and(|(a, b)| a != b) {
        let (value, key) = (shape_text(&value), shape_text(&key));
        let problem = format!("needs as many steps in the key as in the value, but they are {key} and {value}");
        return Err(site.problem(&problem, "each step of the value is found by the key of that step"));
    }
    let (row, heads) = ([query[1].clone()], Size::product([&op.num_heads, &op.key_dim]));
    let (heads, features) = (&heads, &Size::product([&op.num_heads, &op.value_dim]));
    rule!(site, dense(row, heads))?;
    rule!(site, dense(row, features))?;
    let shape = values.maybe_sizes("output_shape").unwrap_or_else(|| vec![query[1].clone()]);
    let result = &Size::product(&shape);
    rule!(site, dense(row, result))?;
    op.attention_mask = pairs(site, [&op.num_heads, &query[0], &value[0]])?;
    let macs = Size::sum([
        &Size::product([&query[0], &query[1], heads]),
        &Size::product([&key[0], &key[1], heads]),
        &Size::product([&value[0], &value[1], features]),
        &Size::product([&query[0], &value[0], &Size::sum([heads, features])]),
        &Size::product([&query[0], features, result]),
    ]);
    let params = params(values, &op, [&query[1], &value[1], &key[1]], &shape);
    let roles = Some(roles(inputs.len()).to_vec());
    let mut placed = Placed::new(vec![query[0].clone(), result.clone()], Op::Attention(op));
    if shape.len() > 1 {
        let whole: Shape = [&query[0]].into_iter().chain(&shape).cloned().collect();
        if whole.len() > MOST_AXES {
            return Err(site.axes(&whole));
        }
        placed.after.push((Op::View, whole));
    }
    Ok(Placed { params, macs, roles, ..placed })
}

fn op(values: &Values) -> Attention {
    let key_dim = values.size("key_dim");
    Attention {
        num_heads: values.size("num_heads"),
        value_dim: values.maybe_size("value_dim").unwrap_or_else(|| key_dim.clone()),
        key_dim,
        use_bias: values.flag("use_bias"),
        use_causal_mask: values.flag("use_causal_mask"),
        attention_mask: None,
        dropout: values.number("dropout"),
        seed: values.seed("seed"),
    }
}

/// The sizes of `attention_mask = …`: a number for each query and key, or 1 where it is the same for all; heads may come first.
fn pairs(site: &Site, sizes: [&Size; 3]) -> Result<Option<[Size; 3]>, Problem> {
    let Some(mask) = site.named("attention_mask") else { return Ok(None) };
    let one = Size::Known(1);
    let found = match site.real(mask)? {
        [queries, keys] => [&one, queries, keys],
        [heads, queries, keys] => [heads, queries, keys],
        _ => [&Size::Known(0); 3],
    };
    if found.iter().zip(sizes).all(|(found, size)| **found == one || *found == size) {
        return Ok(Some(found.map(Size::clone)));
    }
    let [heads, queries, keys] = sizes.map(Size::text);
    let problem = format!("needs an `attention_mask` of {queries}×{keys}, but it is {}", shape_text(&mask.shape));
    let help = format!("queries and keys, or heads before them: {heads}×{queries}×{keys}; an axis of 1 stands for all");
    Err(site.problem(&problem, &help))
}

/// The query's mask goes on; those of all inputs say which steps see which.
fn masks(_: &Values, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
    let known = roles(inputs.len()).map(|input| masks.get(input).cloned().flatten());
    let reads = if known.iter().any(Option::is_some) { known.to_vec() } else { Vec::new() };
    Masked { reads, ..Masked::passed(masks) }
}

/// Steps and features of an input.
fn sequence(site: &Site, input: &Operand) -> Result<[Size; 2], Problem> {
    match site.real(input)? {
        [steps, features] => Ok([steps.clone(), features.clone()]),
        other => {
            let problem = format!("needs steps and features, but one of its inputs is {}", shape_text(other));
            Err(site.problem(&problem, "`Reshape<steps, features>` before it"))
        }
    }
}

/// The four projections, each of which has a kernel and a bias.
fn params(values: &Values, op: &Attention, [query, value, key]: [&Size; 3], output: &[Size]) -> Vec<Param> {
    let Attention { num_heads: heads, key_dim, value_dim, use_bias, .. } = op;
    let mut params = Vec::new();
    let mut part = |name: &str, kernel: Vec<&Size>, bias: Vec<&Size>, inputs: usize| {
        let owned = |sizes: Vec<&Size>| sizes.into_iter().cloned().collect::<Vec<Size>>();
        // Keras' fans are those of the matrix from all inputs to all outputs.
        let (rows, columns) = kernel.split_at(inputs);
        let fans = [rows, columns].map(|sizes| Size::product(sizes.iter().copied()));
        let mut weight = values.param_of(&format!("{name}.kernel"), "kernel", owned(kernel));
        weight.weight.initializer = Initializer::Matrix(Box::new(weight.weight.initializer), fans);
        params.push(weight);
        params.extend(use_bias.then(|| values.param_of(&format!("{name}.bias"), "bias", owned(bias))));
    };
    part("query", vec![query, heads, key_dim], vec![heads, key_dim], 1);
    part("key", vec![key, heads, key_dim], vec![heads, key_dim], 1);
    part("value", vec![value, heads, value_dim], vec![heads, value_dim], 1);
    let kernel = [heads, value_dim].into_iter().chain(output).collect();
    part("attention_output", kernel, output.iter().collect(), 2);
    params
}

/// `Attention` and `AdditiveAttention`: query, value and key as they are.
fn attend(score: Score, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    if inputs.len() < 2 || inputs.len() > 3 {
        let problem =
            format!("takes a query and a value, or a query, a value and a key, but is called with {}", inputs.len());
        return Err(site.problem(&problem, &format!("`{}(query, value)`", site.text)));
    }
    let [query, value, key] = roles(inputs.len()).map(|input| &inputs[input]);
    let [query, value, key] = [sequence(site, query)?, sequence(site, value)?, sequence(site, key)?];
    let (of_query, of_value, of_key) = (shape_text(&query), shape_text(&value), shape_text(&key));
    if differ(&value[0], &key[0]) {
        let problem = format!("needs as many steps in the key as in the value, but they are {of_key} and {of_value}");
        return Err(site.problem(&problem, "each step of the value is found by the key of that step"));
    }
    if differ(&query[1], &key[1]) {
        let problem =
            format!("needs as many features in the query as in the key, but they are {of_query} and {of_key}");
        return Err(
            site.problem(&problem, "`Dense<units>` before one of them, or `MultiHeadAttention`, which has its own")
        );
    }
    check_dot(site, [0, 0], value.clone(), key.clone())?;
    check_dot(site, [1, 1], query.clone(), key.clone())?;
    let op = Attend {
        score,
        use_scale: values.flag("use_scale"),
        use_causal_mask: values.flag("use_causal_mask"),
        dropout: values.number("dropout"),
        seed: values.seed("seed"),
    };
    let param = |name: &str, shape: Vec<Size>, initializer| {
        Param::new(name, shape, values.flag("trainable"), Weight::plain(initializer))
    };
    let scale = op.use_scale.then(|| match score {
        Score::Dot | Score::Concat => param("scale", Vec::new(), Initializer::Ones),
        Score::Additive => param("scale", vec![query[1].clone()], Initializer::GlorotUniform),
    });
    let weight = (score == Score::Concat).then(|| param("concat_score_weight", Vec::new(), Initializer::Ones));
    let scores = Size::product([&query[0], &key[0], &query[1]]);
    let macs = Size::sum([&scores, &Size::product([&query[0], &value[0], &value[1]])]);
    let output = vec![query[0].clone(), value[1].clone()];
    let (params, roles) = (scale.into_iter().chain(weight).collect(), Some(roles(inputs.len()).to_vec()));
    Ok(Placed { params, macs, roles, ..Placed::new(output, Op::Attend(op)) })
}

/// Whether two sizes are known to differ.
fn differ(a: &Size, b: &Size) -> bool {
    a.known().zip(b.known()).is_some_and(|(a, b)| a != b)
}

/// The query's mask goes on; it and that of the value are read. As in Keras, a mask of the key plays no part.
fn two_masks(_: &Values, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
    let [query, value] = [0, 1].map(|input| masks.get(input).cloned().flatten());
    let reads = if query.is_some() || value.is_some() { vec![query, value, None] } else { Vec::new() };
    Masked { reads, ..Masked::passed(masks) }
}
