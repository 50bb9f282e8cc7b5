//! matrixmultiply, the GEMM of the batched training path; one of the two fenced modules.
