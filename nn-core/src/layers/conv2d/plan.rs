//! The plan of a layer for the machine at hand.
//!
//! These are constants of types, and other files refer to them: a constant inside of a generic function is worked out
//! anew for every instance of the function, also for those that only stand in arms that are left out.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::geometry::geometry;
use super::{Conv2DShape, Conv2DSizes, Destination, DestinationSizes};
use crate::element::Element;
use crate::kernels::frame;
use crate::shape::tiles::{Geometry, Machine, Plan, Tiling, Tilings, channels, depthwise, pixels};

/// How many widths of vectors there are: 16 bytes, on x86 also 32 and 64.
pub(super) const WIDTHS: usize = if cfg!(any(target_arch = "x86", target_arch = "x86_64")) { 3 } else { 1 };

/// The number of the machine with vectors of so many bytes.
const fn number(bytes: usize) -> usize {
    Machine::number(bytes, cfg!(target_arch = "aarch64"), cfg!(target_os = "none"))
}

/// The machine with vectors of so many bytes.
pub(super) const fn machine<T>(bytes: usize) -> Machine {
    Machine::new(number(bytes), size_of::<T>())
}

/// The place of the plan for these vectors among those for all widths.
pub(super) const fn width<S: Simd, T: Element>() -> usize {
    size_of::<T::Vector<S>>().ilog2() as usize - 4
}

/// A convolution with where it goes to, as the kernels see it: a pair of types that says all in constants, or plans that
/// are made while the program runs.
pub(crate) trait Planned<T: Element>: Copy {
    /// The plans where rustc knows them.
    const KNOWN: Option<Plans>;

    /// The plan for the machine with these vectors.
    fn plan<S: Simd>(self) -> Plan;

    /// Whether the plan has the code of this tiling, which rustc does not know to be another.
    fn is<S: Simd>(self, tiling: Tiling) -> bool;

    /// How many elements of scratch the kernels need, on any machine.
    fn scratch_len(self) -> usize;

    /// Calls a kernel: inline where it is the only one, apart where it is one of many.
    fn call<S: Simd, R>(self, simd: S, kernel: impl FnOnce() -> R) -> R;
}

impl<L: Conv2DShape, D: Destination<L>, T: Element> Planned<T> for (L, D) {
    const KNOWN: Option<Plans> = Some(All::<L, D, T>::PLANS);

    #[inline(always)]
    fn plan<S: Simd>(self) -> Plan {
        Known::<S, L, D, T>::PLAN
    }

    #[inline(always)]
    fn is<S: Simd>(self, _: Tiling) -> bool {
        true
    }

    #[inline(always)]
    fn scratch_len(self) -> usize {
        scratch_len::<L, D, T>()
    }

    #[inline(always)]
    fn call<S: Simd, R>(self, _simd: S, kernel: impl FnOnce() -> R) -> R {
        kernel()
    }
}

impl<T: Element> Planned<T> for &Plans {
    const KNOWN: Option<Plans> = None;

    #[inline(always)]
    fn plan<S: Simd>(self) -> Plan {
        self.0[const { width::<S, T>() }]
    }

    #[inline(always)]
    fn is<S: Simd>(self, tiling: Tiling) -> bool {
        is_same(self.0[const { width::<S, T>() }].tiling, tiling)
    }

    #[inline(always)]
    fn scratch_len(self) -> usize {
        self.most_scratch()
    }

    #[inline(always)]
    fn call<S: Simd, R>(self, simd: S, kernel: impl FnOnce() -> R) -> R {
        frame::apart(simd, kernel)
    }
}

/// The plans of a layer for all widths of vectors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plans(pub(super) [Plan; WIDTHS]);

impl Plans {
    /// Those for elements `T`, from tilings that are for these.
    pub(super) const fn new<T>(geometry: &Geometry, tilings: &Option<Tilings>) -> Plans {
        let mut plans = [plan::<T>(geometry, tilings, 16); WIDTHS];
        let mut width = 1;
        while width < WIDTHS {
            plans[width] = plan::<T>(geometry, tilings, 16 << width);
            width += 1;
        }
        Plans(plans)
    }

    /// Those of a convolution without pooling whose sizes are numbers, with tiles that are [`COMPILED`] for these.
    pub(super) const fn of_numbers<T>(sizes: &Conv2DSizes, destination: &DestinationSizes) -> Plans {
        let (mut plans, mut width) = (Self::new::<T>(&geometry(sizes, destination), &None), 0);
        while width < WIDTHS {
            let (machine, g) = (machine::<T>(16 << width), plans.0[width].geometry);
            plans.0[width] = Plan::new(&g, &machine, Tiling::among(&g, &machine, &COMPILED));
            width += 1;
        }
        plans
    }

    /// How many elements of scratch the kernels need, on any machine.
    pub(super) const fn most_scratch(&self) -> usize {
        let (mut most, mut width) = (0, 0);
        while width < WIDTHS {
            let len = self.0[width].scratch;
            if len > most {
                most = len;
            }
            width += 1;
        }
        most
    }
}

/// The tilings that are compiled for sizes that are numbers: few, since all of them are. No result depends on them.
const COMPILED: [Tiling; 28] = [
    channels(1, 1, 1),
    channels(2, 1, 1),
    channels(4, 1, 1),
    channels(8, 1, 1),
    channels(1, 1, 2),
    channels(3, 1, 2),
    channels(6, 1, 2),
    channels(12, 1, 2),
    channels(1, 1, 4),
    channels(3, 1, 4),
    channels(6, 1, 4),
    pixels(1, 1, false),
    pixels(1, 1, true),
    pixels(1, 4, false),
    pixels(1, 4, true),
    pixels(3, 1, false),
    pixels(3, 1, true),
    pixels(3, 4, false),
    pixels(3, 4, true),
    pixels(6, 2, false),
    pixels(6, 2, true),
    pixels(6, 4, false),
    pixels(6, 4, true),
    depthwise(true, 1),
    depthwise(false, 1),
    depthwise(true, 4),
    depthwise(false, 4),
    depthwise(true, 8),
];

/// Whether [`COMPILED`] has this algorithm with a tile of this size.
const fn is_compiled(tiling: Tiling) -> bool {
    let mut index = 0;
    while index < COMPILED.len() {
        if is_same(COMPILED[index], tiling) {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether two tilings without pooling have the same code.
const fn is_same(a: Tiling, b: Tiling) -> bool {
    match (a, b) {
        (Tiling::Channels { columns: a, vectors: b, .. }, Tiling::Channels { columns, vectors, .. }) => {
            a == columns && b == vectors
        }
        (Tiling::Pixels { filters: a, positions: b, .. }, Tiling::Pixels { filters, positions, .. }) => {
            a == filters && b == positions
        }
        (Tiling::Depthwise { columns: a, .. }, Tiling::Depthwise { columns, .. }) => a == columns,
        _ => false,
    }
}

const fn plan<T>(geometry: &Geometry, tilings: &Option<Tilings>, bytes: usize) -> Plan {
    let machine = machine::<T>(bytes);
    let tiling = match tilings {
        Some(tilings) if tilings.element == size_of::<T>() => tilings.machines[number(bytes)],
        _ => Tiling::new(geometry, &machine),
    };
    Plan::new(geometry, &machine, tiling)
}

/// The plans for all machines.
pub(super) struct All<L, D, T>(PhantomData<(L, D, T)>);

impl<L: Conv2DShape, D: Destination<L>, T: Element> All<L, D, T> {
    pub(super) const PLANS: Plans = Plans::new::<T>(&geometry(&L::SIZES, &D::SIZES), &D::TILINGS);
}

/// The plan for a machine.
struct Known<S, L, D, T>(PhantomData<(S, L, D, T)>);

impl<S: Simd, L: Conv2DShape, D: Destination<L>, T: Element> Known<S, L, D, T> {
    const PLAN: Plan = All::<L, D, T>::PLANS.0[width::<S, T>()];
}

/// The algorithms and tiles that are compiled: the one that rustc knows to be planned, or all of [`COMPILED`].
pub(super) struct Arms<S, M, T>(PhantomData<(S, M, T)>);

impl<S: Simd, M: Planned<T>, T: Element> Arms<S, M, T> {
    /// The plan where rustc knows it.
    pub(super) const PLAN: Option<Plan> = match M::KNOWN {
        Some(plans) => Some(plans.0[width::<S, T>()]),
        None => None,
    };

    /// Whether they may be vectors of channels with a filter each, in tiles of so many sums.
    pub(super) const fn depthwise(sums: usize) -> bool {
        match Self::PLAN {
            Some(plan) => plan.tiling.is_depthwise() && plan.depthwise.sums() == sums,
            None => is_compiled(depthwise(true, sums)),
        }
    }

    /// Whether they may be vectors of pixels, in tiles of so many filters and positions.
    pub(super) const fn pixels(filters: usize, positions: usize) -> bool {
        match Self::PLAN {
            Some(plan) => plan.tiling.is_pixels(filters, positions),
            None => is_compiled(pixels(filters, positions, false)),
        }
    }

    /// Whether they may be vectors of filters, in tiles of so many pixels and vectors.
    pub(super) const fn channels(pixels: usize, vectors: usize) -> bool {
        match Self::PLAN {
            Some(plan) => plan.tile.columns * plan.tile.positions == pixels && plan.tile.vectors == vectors,
            None => is_compiled(channels(pixels, 1, vectors)),
        }
    }
}

/// How many elements of scratch [`infer`](super::infer) needs, on any machine.
pub const fn scratch_len<L: Conv2DShape, D: Destination<L>, T: Element>() -> usize {
    Scratch::<L, D, T>::LEN
}

struct Scratch<L, D, T>(PhantomData<(L, D, T)>);

impl<L: Conv2DShape, D: Destination<L>, T: Element> Scratch<L, D, T> {
    const LEN: usize = All::<L, D, T>::PLANS.most_scratch();
}
