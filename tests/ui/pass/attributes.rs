//! Attributes of the struct: what goes to everything that is defined, and what goes nowhere.

#![deny(warnings)]

use nn::prelude::*;

// Off: nothing is there, and mistakes do not matter.
nn::network! {
    #[cfg(any())]
    pub struct Extra = Input<4> => Dense<MISSING>;
}
nn::network! {
    #[cfg(any())]
    #[stream]
    pub struct ExtraStream(x: Input<4, 2>) -> (a, b) {
        let a = x => LSTM<3, return_sequences = true>;
        let b = x => Dense<MISSING>;
    }
}
nn::network! {
    #[cfg_attr(all(), cfg(any()), derive(Debug))]
    #[crate(not::there)]
    struct ExtraStateful = Input<4, 2> => LSTM<3, stateful = true>;
}
nn::network! {
    #[cfg(any())]
    pub struct Mistaken = Input<4> => Dens<3> => Dense<0>;
}

/// Its names are free.
#[allow(dead_code)]
struct ExtraWorkspace;
type ExtraStreamStepInput = ExtraWorkspace;
type Mistaken = ExtraWorkspace;

const UNITS: usize = 3;

// On: all of it is there.
nn::network! {
    #[cfg(all())]
    #[stream]
    #[cfg_attr(all(), cfg(all()), derive(Clone, Debug))]
    pub struct There(x: Input<4, 2>, z: Input<4, 2>) -> (a, b) {
        let a = x => LSTM<UNITS, return_sequences = true>;
        let b = z => Dense<UNITS>;
    }
}

// What every network derives may be said.
nn::network! {
    #[derive(Debug, Clone)]
    pub struct Derived = Input<4> => Dense<3>;
}
nn::network! {
    #[derive(::core::clone::Clone, std::marker::Copy, PartialEq)]
    #[derive(Copy)]
    #[cfg_attr(all(), derive(Clone))]
    #[cfg_attr(any(), derive(Clone, Missing))]
    pub struct ByPath = Input<4> => Dense<3>;
}

mod lints {
    nn::network! {
        /// In lower case.
        #[allow(non_camel_case_types)]
        pub struct lower = Input<4> => Dense<3>;
    }
    nn::network! {
        #[expect(non_snake_case, reason = "the name in the paper")]
        pub struct Expected = Input<4, 1> => A: LSTM<3, stateful = true>;
    }
    nn::network! {
        #[deprecated]
        #[doc(hidden)]
        #[must_use]
        pub struct Old = Input<4, 1> => LSTM<super::UNITS, stateful = true>;
    }
    nn::network! {
        #[allow(dead_code)]
        #[forbid(unused_imports, unused_variables)]
        struct Unused(x: Input<4>) -> (a, b) {
            let a = x => Dense<3>;
            let b = x => Dense<4>;
        }
    }
}

fn main() {
    let there = There::new(&mut nn::rng(1));
    let mut state = ThereState::new();
    let ThereStepOutput { a, b } = there.step(&ThereStepInput::default(), &mut state);
    assert_eq!((a.0.len(), b.0.len()), (3, 3));
    assert!(format!("{there:?}").contains("lstm"));

    let derived = Derived::new(&mut nn::rng(1));
    assert!(format!("{:?}", derived.clone()).starts_with("Derived {"));
    let by_path = ByPath::new(&mut nn::rng(1));
    assert!(*by_path == { *by_path });
    let _ = (lints::lower::zeros(), lints::Expected::zeros());
}
