//! Rows that are looked up, and gradients that find their rows.

use crate::kernels::vectors::dispatch;
use fearless_simd::{Fallback, Level};

use super::*;

fn table<const IN: usize, const OUT: usize>() -> Embedding<IN, OUT> {
    Embedding { embeddings: core::array::from_fn(|id| core::array::from_fn(|i| (id * 100 + i) as f32)) }
}

#[test]
fn rows_of_ids() {
    let table = table::<5, 19>();
    let ids = [3_u32, 0, 4, 3];
    let mut y = [f32::NAN; 4 * 19];
    infer(&table, &ids, &mut y);
    for (id, y) in ids.iter().zip(y.chunks(19)) {
        assert_eq!(y, table.embeddings[*id as usize]);
    }
}

#[test]
fn ids_without_a_row() {
    let mut y = [7.0; 3];
    infer(&table::<2, 1>(), &[2_u32, u32::MAX, 1], &mut y);
    assert_eq!(y, [0.0, 0.0, 100.0]);
    let mut gradients = Embedding { embeddings: [[1.0]; 2] };
    backward(Fallback::new(), &[2_u32, u32::MAX, 1], &[10.0, 20.0, 30.0], &mut gradients);
    assert_eq!(gradients.embeddings, [[1.0], [31.0]]);
}

#[test]
fn gradients_of_an_id_add_up() {
    let ids = [1_u8, 2, 1, 1];
    let dy: Vec<f32> = (0..4 * 18).map(|i| i as f32).collect();
    let mut gradients = Embedding { embeddings: [[1.0; 18]; 3] };
    dispatch!(Level::new(), simd => backward(simd, &ids, &dy, &mut gradients));
    for i in 0..18 {
        let of = |position: usize| dy[position * 18 + i];
        let want = [1.0, 1.0 + of(0) + of(2) + of(3), 1.0 + of(1)];
        assert_eq!(gradients.embeddings.map(|row| row[i]), want);
    }
}
