//! A writer of FlatBuffers, for files of tests.

/// What a field of a table holds.
pub enum Value {
    Byte(i8),
    Int(i32),
    Ints(Vec<i32>),
    Floats(Vec<f32>),
    Longs(Vec<i64>),
    Bytes(Vec<u8>),
    Table(Vec<(usize, Value)>),
    Tables(Vec<Vec<(usize, Value)>>),
}

/// A file of TFLite with this table at its root.
pub fn file(root: Vec<(usize, Value)>) -> Vec<u8> {
    let mut out = b"\0\0\0\0TFL3".to_vec();
    let at = table(&mut out, root);
    out[..4].copy_from_slice(&(at as u32).to_le_bytes());
    out
}

/// Writes a table behind what is there, and returns its place.
fn table(out: &mut Vec<u8>, fields: Vec<(usize, Value)>) -> usize {
    let count = fields.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
    let mut places = vec![0_u16; count];
    fields.iter().enumerate().for_each(|(at, (number, _))| places[*number] = 4 + 4 * at as u16);
    align(out);
    let start = out.len();
    out.extend((4 + 2 * count as u16).to_le_bytes());
    out.extend((4 + 4 * fields.len() as u16).to_le_bytes());
    places.iter().for_each(|place| out.extend(place.to_le_bytes()));
    align(out);
    let at = out.len();
    out.extend(((at - start) as i32).to_le_bytes());
    out.resize(at + 4 + 4 * fields.len(), 0);
    for (place, (_, value)) in fields.into_iter().enumerate() {
        let field = at + 4 + 4 * place;
        let word = match value {
            Value::Byte(byte) => [byte as u8, 0, 0, 0],
            Value::Int(int) => int.to_le_bytes(),
            Value::Table(fields) => offset(field, table(out, fields)),
            Value::Ints(all) => offset(field, vector(out, all.iter().map(|one| one.to_le_bytes()))),
            Value::Floats(all) => offset(field, vector(out, all.iter().map(|one| one.to_le_bytes()))),
            Value::Longs(all) => offset(field, vector(out, all.iter().map(|one| one.to_le_bytes()))),
            Value::Bytes(all) => offset(field, vector(out, all.iter().map(|one| [*one]))),
            Value::Tables(tables) => {
                let start = vector(out, tables.iter().map(|_| [0; 4]));
                for (place, fields) in tables.into_iter().enumerate() {
                    let from = start + 4 + 4 * place;
                    let to = table(out, fields);
                    out[from..from + 4].copy_from_slice(&offset(from, to));
                }
                offset(field, start)
            }
        };
        out[field..field + 4].copy_from_slice(&word);
    }
    at
}

fn vector<const N: usize>(out: &mut Vec<u8>, elements: impl ExactSizeIterator<Item = [u8; N]>) -> usize {
    align(out);
    let at = out.len();
    out.extend((elements.len() as u32).to_le_bytes());
    elements.for_each(|element| out.extend(element));
    at
}

fn offset(from: usize, to: usize) -> [u8; 4] {
    ((to - from) as u32).to_le_bytes()
}

fn align(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}
