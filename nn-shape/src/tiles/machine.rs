//! What a plan has to know of a machine.

/// How many kinds of machines there are.
pub const MACHINES: usize = 8;

/// A machine as tiles see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Elements of a vector.
    pub lanes: usize,
    /// Vectors of sums that fit in the registers beside the factors.
    pub sums: usize,
    /// Whether its vectors of 16 bytes are NEON's.
    pub neon: bool,
    /// How many elements the planes of an input should have at most, so that they stay near the core.
    pub cached: usize,
    /// How many rows they have even so.
    pub rows: usize,
}

impl Machine {
    /// All machines, for `f32`.
    pub const ALL_F32: [Machine; MACHINES] = {
        let mut all = [Machine::new(0, 4); MACHINES];
        let mut number = 0;
        while number < MACHINES {
            all[number] = Machine::new(number, 4);
            number += 1;
        }
        all
    };

    /// The machine of a number, for elements of so many bytes.
    ///
    /// 0, 1 and 2 have vectors of 16, 32 and 64 bytes; 3 is NEON, of 16 bytes and with twice the registers. From 4 on they are
    /// the same again without an operating system, where memory is short.
    pub const fn new(number: usize, element: usize) -> Machine {
        let (kind, bare) = (number % 4, number >= 4);
        let (bytes, neon) = if kind == 3 { (16, true) } else { (16 << kind, false) };
        let (cached, rows) = if bare { (512, 1) } else { (4096, 8) };
        Machine { lanes: bytes / element, sums: sums(bytes, neon), neon, cached, rows }
    }

    /// The number of the machine with vectors of so many bytes.
    ///
    /// ```
    /// use nn_shape::tiles::Machine;
    /// assert_eq!(Machine::new(Machine::number(32, false, false), 4).lanes, 8);
    /// ```
    pub const fn number(bytes: usize, neon: bool, bare: bool) -> usize {
        let kind = if neon { 3 } else { bytes.ilog2() as usize - 4 };
        if bare { 4 + kind } else { kind }
    }
}

/// How many vectors of sums fit in the registers beside the factors, for vectors of `bytes` bytes.
pub const fn sums(bytes: usize, neon: bool) -> usize {
    if bytes == 64 || neon { 24 } else { 12 }
}
