//! `exp`, `tanh` and their kin in each lane of a vector.
