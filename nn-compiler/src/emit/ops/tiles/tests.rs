//! The emitted tiles are those that follow from the emitted geometry: what rustc would plan without them.

use std::collections::HashMap;

use nn_shape::tiles::{self, Border, Convolution, Geometry, Tiling, Tilings};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, ImplItem, ItemImpl, ItemUse, Lit, Type, UseTree};

/// An emitted `impl`: the name of its trait, the words of the trait's arguments, the type, and the constants.
type Impl = (String, Vec<String>, String, HashMap<String, Expr>);

#[derive(Default)]
struct Emitted {
    impls: Vec<Impl>,
    /// Structs by their other names.
    aliases: HashMap<String, String>,
}

impl<'ast> Visit<'ast> for Emitted {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if let (Some((_, path, _)), Type::Path(of)) = (&item.trait_, &*item.self_ty) {
            let last = path.segments.last().expect("a trait");
            let arguments = last.arguments.to_token_stream().to_string();
            let arguments = arguments.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_string).collect();
            let constants = item.items.iter().filter_map(|item| match item {
                ImplItem::Const(item) => Some((item.ident.to_string(), item.expr.clone())),
                _ => None,
            });
            let of = of.to_token_stream().to_string();
            self.impls.push((last.ident.to_string(), arguments, of, constants.collect()));
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if let UseTree::Rename(rename) = &item.tree {
            self.aliases.insert(rename.rename.to_string(), rename.ident.to_string());
        }
    }
}

fn number(expr: &Expr) -> usize {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(int) => int.base10_parse().expect("a size"),
            Lit::Bool(flag) => usize::from(flag.value),
            _ => panic!("no number"),
        },
        other => panic!("no number: {}", other.to_token_stream()),
    }
}

fn elements(expr: &Expr) -> Vec<&Expr> {
    let Expr::Array(array) = expr else { panic!("no array: {}", expr.to_token_stream()) };
    array.elems.iter().collect()
}

fn numbers<const N: usize>(expr: &Expr) -> [usize; N] {
    let numbers: Vec<usize> = elements(expr).into_iter().map(number).collect();
    numbers.try_into().expect("as many numbers")
}

/// The last name of what is called, and its arguments.
fn call(expr: &Expr) -> (String, Vec<&Expr>) {
    let Expr::Call(call) = expr else { panic!("no call: {}", expr.to_token_stream()) };
    let Expr::Path(path) = &*call.func else { panic!("no function") };
    (path.path.segments.last().expect("a name").ident.to_string(), call.args.iter().collect())
}

fn tilings(expr: &Expr) -> Tilings {
    let four = |expr: &Expr| -> [Tiling; 4] {
        let tilings = elements(expr).into_iter().map(|expr| {
            let (name, arguments) = call(expr);
            let numbers: Vec<usize> = arguments.into_iter().map(number).collect();
            match (&*name, &*numbers) {
                ("channels", [a, b, c]) => tiles::channels(*a, *b, *c),
                ("pixels", [a, b, flat]) => tiles::pixels(*a, *b, *flat == 1),
                ("depthwise", [single, columns]) => tiles::depthwise(*single == 1, *columns),
                _ => panic!("no tiling: {name}"),
            }
        });
        tilings.collect::<Vec<_>>().try_into().expect("four kinds of machines")
    };
    let (_, some) = call(expr);
    match some[0] {
        Expr::MethodCall(bare) => {
            let (_, arguments) = call(&bare.receiver);
            Tilings::new(number(arguments[0]), four(arguments[1])).bare(four(&bare.args[0]))
        }
        plain => {
            let (_, arguments) = call(plain);
            Tilings::new(number(arguments[0]), four(arguments[1]))
        }
    }
}

fn convolution(constants: &HashMap<String, Expr>) -> Convolution {
    let pair = |name: &str| constants.get(name).map_or([1, 1], numbers);
    Convolution {
        input: numbers(&constants["INPUT"]),
        filters: number(&constants["FILTERS"]),
        kernel_size: numbers(&constants["KERNEL_SIZE"]),
        strides: pair("STRIDES"),
        pads: constants.get("PADS").map_or([[0; 2]; 2], |pads| match pads {
            Expr::Array(axes) => [numbers(&axes.elems[0]), numbers(&axes.elems[1])],
            _ => panic!("`PADS` is no array"),
        }),
        dilation_rate: pair("DILATION_RATE"),
        groups: constants.get("GROUPS").map_or(1, number),
    }
}

/// Checks all tiles of a network; gives how many layers and destinations have some.
#[track_caller]
fn check(network: &str, element: usize) -> usize {
    let tokens: TokenStream = network.parse().expect("tokens");
    let file: syn::File = syn::parse2(crate::expand(tokens, crate::NO_FILES)).expect("an expansion");
    let mut emitted = Emitted::default();
    emitted.visit_file(&file);
    let with = |name: &'static str| emitted.impls.iter().filter(move |(of, ..)| of == name);
    let first: HashMap<&str, Convolution> =
        with("Conv2DShape").map(|(_, _, of, constants)| (of.as_str(), convolution(constants))).collect();
    let mut count = 0;
    let mut compare = |expr: Option<&Expr>, layer: &Convolution, pool, average, border: &Border| {
        let planned = Tilings::plan(&Geometry::new(layer, pool, average, border), element);
        assert_eq!(expr.map(tilings), Some(planned), "{layer:?}, {pool:?}, {average}, {border:?} in {network}");
        count += 1;
    };
    for (_, _, of, constants) in with("Conv2DShape") {
        compare(constants.get("TILINGS"), &first[of.as_str()], [1, 1], false, &Border::NONE);
    }
    for (_, arguments, _, constants) in with("Destination") {
        let of = arguments.iter().rfind(|word| word.ends_with("Shape")).expect("a layer");
        let of = emitted.aliases.get(of).unwrap_or(of).as_str();
        let layer = &first[of];
        let (pool, average) = constants.get("POOL").map_or(([1, 1], false), |pool| {
            let (_, some) = call(pool);
            let Expr::Struct(pooling) = some[0] else { panic!("no pooling") };
            let average = pooling.fields[0].expr.to_token_stream().to_string().ends_with("Average");
            (numbers(&pooling.fields[1].expr), average)
        });
        let border = constants.get("BORDER").map_or(Border::NONE, |border| {
            let (_, sides) = call(border);
            Border::new(numbers(sides[0]), numbers(sides[1]))
        });
        compare(constants.get("TILINGS"), layer, pool, average, &border);
    }
    count
}

#[test]
fn emitted_tiles_are_those_of_the_emitted_geometry() {
    for (dtype, element) in [("", 4), ("#[dtype(f64)]", 8)] {
        for (input, layers, count) in [
            ("28, 28, 1", "Conv2D<6, 3> => MaxPool2D<2> => ReLU => Conv2D<16, 3> => AvgPool2D<2>", 4),
            ("9, 8, 3", "[Conv2D<3, 3, padding = same, activation = relu>; 3]", 2),
            ("17, 33, 4", "Conv2D<8, (5, 2), strides = (2, 1), groups = 2> => Conv2D<30, 3, dilation_rate = 2>", 2),
            ("20, 20, 10", "DepthwiseConv2D<3, padding = same, strides = 2> => BatchNorm => Conv2D<70, 1>", 2),
            ("20, 20, 10", "DepthwiseConv2D<3> => SeparableConv2D<9, 3, padding = same> => MaxPool2D<2>", 5),
            ("40, 6", "[Conv1D<6, 3, padding = causal, dilation_rate = 4>; 2] => SeparableConv1D<7, 5>", 4),
            ("5, 12, 12, 2", "TimeDistributed<Conv2D<4, 3, padding = same>>", 1),
        ] {
            let network = format!("{dtype} struct N = Input<{input}> => {layers};");
            assert_eq!(check(&network, element), count, "{network}");
        }
    }
}

#[test]
fn small_networks_in_number() {
    let mut random = 1u64;
    let mut below = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % bound
    };
    for _ in 0..60 {
        let [h, w, c] = [6 + below(30), 6 + below(30), 1 + below(40)];
        let [f, kh, kw, f2] = [1 + below(60), 1 + below(4), 1 + below(4), 1 + below(20)];
        let padding = ["valid", "same"][below(2) as usize];
        let pool = ["", "=> MaxPool2D<2>", "=> ReLU => AvgPool2D<(1, 3)>"][below(3) as usize];
        let second = ["", "=> Conv2D<8, 2, padding = same>"][below(2) as usize];
        let network = format!(
            "struct N = Input<{h}, {w}, {c}> => Conv2D<{f}, ({kh}, {kw}), padding = {padding}> {pool} {second} => Conv2D<{f2}, 1>;"
        );
        assert!(check(&network, 4) >= 2, "{network}");
    }
}

#[test]
fn what_is_not_known_or_too_large_is_left_to_rustc() {
    for network in [
        "struct N = Input<SIDE, 8, 3> => Conv2D<4, 3, padding = same>;",
        "struct N = Input<8, 8, 3> => Conv2D<FILTERS, 3>;",
        "struct N = Input<8, 8, 3> => Conv2D<4, { 1 + K }>;",
        "struct N = Input<4294967296, 4294967296, 65536> => Conv2D<65536, 3, padding = same>;",
    ] {
        let tokens: TokenStream = network.parse().expect("tokens");
        assert!(!crate::expand(tokens, crate::NO_FILES).to_string().contains("TILINGS"), "{network}");
    }
}
