//! That a tiling says all that there is to a plan, and that plans are cheap where they are known to be.

use proptest::prelude::*;

use super::*;
use crate::{Padding, pads};

/// Layers of all kinds, with what may follow them.
fn geometries() -> impl Strategy<Value = Geometry> {
    let sizes = (1usize..40, 1usize..40, 1usize..6, 1usize..40, 1usize..6);
    let windows = ([1usize..6, 1..6], [1usize..4, 1..4], [1usize..3, 1..3]);
    let rest = (0usize..3, 0usize..3, any::<bool>(), any::<bool>(), 0usize..3);
    (sizes, windows, rest).prop_map(
        |((h, w, channels, filters, groups), (kernel_size, strides, dilation_rate), rest)| {
            let (padding, pool, average, depthwise, border) = rest;
            let (channels, filters) = if depthwise { (1, 1) } else { (channels, filters) };
            let kind = [Padding::Valid, Padding::Same, Padding::Causal][padding];
            let layer = Convolution {
                input: [h, w, channels * groups],
                filters: filters * groups,
                kernel_size,
                strides,
                pads: pads(kind, &[h, w], kernel_size, strides, dilation_rate),
                dilation_rate,
                groups,
            };
            let pool = [[1, 1], [2, 2], [3, 1]][pool];
            Geometry::new(&layer, pool, average, &Border::new([border, 1], [1, border]))
        },
    )
}

proptest! {
    #[test]
    fn a_tiling_says_all(g in geometries(), number in 0..MACHINES, double in any::<bool>()) {
        let machine = Machine::new(number, if double { 8 } else { 4 });
        let tiling = Tiling::new(&g, &machine);
        let plan = Plan::new(&g, &machine, tiling);
        match tiling {
            Tiling::Channels { .. } => prop_assert_eq!(plan.tile, Tile::new(&g, &machine)),
            Tiling::Pixels { .. } => prop_assert_eq!(plan.pixels, PixelsPlan::new(&g, &machine).finished()),
            Tiling::Depthwise { .. } => prop_assert_eq!(plan.depthwise, DepthwisePlan::new(&g, &machine)),
        }
        prop_assert_eq!(Tilings::plan(&g, if double { 8 } else { 4 }).machines[number], tiling);
        // The cheapest of all is the cheapest of any that it is among.
        if g.pool == [1, 1] {
            let some = [channels(1, 1, 1), tiling, pixels(1, 1, false), depthwise(true, 1)];
            prop_assert_eq!(Tiling::among(&g, &machine, &some), tiling);
        }
    }
}

#[test]
fn an_impossible_layer_has_a_plan() {
    let layer = Convolution {
        input: [4, 4, 1],
        filters: 0,
        kernel_size: [0, 3],
        strides: [0, 1],
        pads: [[1; 2]; 2],
        dilation_rate: [1, 1],
        groups: 0,
    };
    let g = Geometry::new(&layer, [1, 1], false, &Border::NONE);
    assert_eq!((g.taps(), g.all_filters(), g.output), (1, 1, [1, 1]));
    let machine = Machine::new(0, 4);
    assert_eq!(Plan::new(&g, &machine, Tiling::new(&g, &machine)).geometry, g);
}

#[test]
fn tilings_in_short() {
    let [a, b, c, d] = [channels(4, 1, 2), pixels(3, 2, true), depthwise(true, 5), channels(1, 1, 1)];
    let tilings = Tilings::new(8, [a, b, c, d]);
    assert_eq!((tilings.element, tilings.machines), (8, [a, b, c, d, a, b, c, d]));
    assert_eq!(tilings.bare([d, c, b, a]).machines, [a, b, c, d, d, c, b, a]);
}

#[test]
fn machines_by_number() {
    for (bytes, neon, bare, expected) in [
        (16, false, false, (4, 12, 4096, 8)),
        (32, false, false, (8, 12, 4096, 8)),
        (64, false, false, (16, 24, 4096, 8)),
        (16, true, false, (4, 24, 4096, 8)),
        (16, false, true, (4, 12, 512, 1)),
        (64, false, true, (16, 24, 512, 1)),
        (16, true, true, (4, 24, 512, 1)),
    ] {
        let machine = Machine::new(Machine::number(bytes, neon, bare), 4);
        assert_eq!((machine.lanes, machine.sums, machine.cached, machine.rows), expected);
        assert_eq!(machine.neon, neon);
        assert_eq!(Machine::new(Machine::number(bytes, neon, bare), 8).lanes, machine.lanes / 2);
    }
}
