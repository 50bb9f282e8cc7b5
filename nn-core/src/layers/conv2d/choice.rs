//! The plan of a layer for the machine at hand.
//!
//! These are constants of types, and other files refer to them: a constant inside of a generic function is worked out
//! anew for every instance of the function, also for those that only stand in arms that are left out.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::geometry::geometry;
use super::{Conv2DShape, Destination};
use crate::element::Element;
use crate::shape::tiles::{Geometry, Machine, Plan, Tiling, Tilings};

/// How many widths of vectors there are: 16 bytes, on x86 also 32 and 64.
const WIDTHS: usize = if cfg!(any(target_arch = "x86", target_arch = "x86_64")) { 3 } else { 1 };

/// The number of the machine with vectors of so many bytes.
const fn number(bytes: usize) -> usize {
    Machine::number(bytes, cfg!(target_arch = "aarch64"), cfg!(target_os = "none"))
}

/// The machine with vectors of so many bytes.
pub(super) const fn machine<T>(bytes: usize) -> Machine {
    Machine::new(number(bytes), size_of::<T>())
}

/// The plans for all of them.
pub(super) struct All<L, D, T>(PhantomData<(L, D, T)>);

impl<L: Conv2DShape, D: Destination<L>, T: Element> All<L, D, T> {
    pub(super) const PLANS: [Plan; WIDTHS] = plans::<T>(&geometry::<L, D>(), &D::TILINGS);
}

/// The plans of a layer for elements `T`, from tilings that are for these.
pub(super) const fn plans<T>(geometry: &Geometry, tilings: &Option<Tilings>) -> [Plan; WIDTHS] {
    let mut plans = [plan::<T>(geometry, tilings, 16); WIDTHS];
    let mut width = 1;
    while width < WIDTHS {
        plans[width] = plan::<T>(geometry, tilings, 16 << width);
        width += 1;
    }
    plans
}

const fn plan<T>(geometry: &Geometry, tilings: &Option<Tilings>, bytes: usize) -> Plan {
    let machine = machine::<T>(bytes);
    let tiling = match tilings {
        Some(tilings) if tilings.element == size_of::<T>() => tilings.machines[number(bytes)],
        _ => Tiling::new(geometry, &machine),
    };
    Plan::new(geometry, &machine, tiling)
}

/// The plan for a machine.
pub(super) struct Choice<S, L, D, T>(PhantomData<(S, L, D, T)>);

impl<S: Simd, L: Conv2DShape, D: Destination<L>, T: Element> Choice<S, L, D, T> {
    pub(super) const PLAN: Plan = All::<L, D, T>::PLANS[size_of::<T::Vector<S>>().ilog2() as usize - 4];

    /// Whether the lanes run over channels with a filter each, in tiles of so many sums.
    pub(super) const fn is_depthwise(sums: usize) -> bool {
        let plan = Self::PLAN;
        plan.tiling.is_depthwise() && plan.depthwise.sums() == sums
    }
}

/// How many elements of scratch [`infer`](super::infer) needs, on any machine.
pub const fn scratch_len<L: Conv2DShape, D: Destination<L>, T: Element>() -> usize {
    Scratch::<L, D, T>::LEN
}

struct Scratch<L, D, T>(PhantomData<(L, D, T)>);

impl<L: Conv2DShape, D: Destination<L>, T: Element> Scratch<L, D, T> {
    const LEN: usize = {
        let (mut most, mut width) = (0, 0);
        while width < WIDTHS {
            let len = All::<L, D, T>::PLANS[width].scratch;
            if len > most {
                most = len;
            }
            width += 1;
        }
        most
    };
}
