//! The header of a weight file: a length of eight bytes, then JSON that says what each tensor is and where it lies.
//!
//! The format: <https://github.com/huggingface/safetensors#format>.

use std::io::Read;
use std::ops::Range;

use super::json::Reader;

/// One tensor of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Tensor {
    pub name: String,
    /// `F32`, as the file says it.
    pub dtype: String,
    pub shape: Vec<usize>,
    /// Where its numbers lie in the file.
    pub bytes: Range<usize>,
}

/// Bytes before the header.
const LENGTH: usize = 8;

/// The tensors of a file of `len` bytes, or why it is none.
pub fn read(file: &mut impl Read, len: u64) -> Result<Vec<Tensor>, String> {
    let mut length = [0; LENGTH];
    let failed = |error: std::io::Error| format!("it cannot be read: {error}");
    if len < LENGTH as u64 {
        return Err(format!("it has only {len} bytes"));
    }
    file.read_exact(&mut length).map_err(failed)?;
    let (length, rest) = (u64::from_le_bytes(length), len - LENGTH as u64);
    if length > rest {
        return Err(format!("its header would have {length} bytes, but there are only {rest}"));
    }
    let mut header = Vec::new();
    file.take(length).read_to_end(&mut header).map_err(failed)?;
    let header = String::from_utf8(header).map_err(|_| "its header is no text".to_string())?;
    let mut tensors = parse(&header)?;
    check(&mut tensors, rest - length)?;
    let data = LENGTH + header.len();
    for tensor in &mut tensors {
        tensor.bytes = tensor.bytes.start + data..tensor.bytes.end + data;
    }
    Ok(tensors)
}

/// The tensors that a header lists; their bytes are counted from the end of the header.
fn parse(header: &str) -> Result<Vec<Tensor>, String> {
    let mut reader = Reader::new(header);
    let mut tensors = Vec::new();
    let read = reader.object(|reader, name| {
        if name == "__metadata__" {
            return reader.object(|reader, _| reader.string().map(drop));
        }
        tensors.push(tensor(reader, name)?);
        Some(())
    });
    match read.and_then(|()| reader.end()) {
        Some(()) => Ok(tensors),
        None => Err(format!("its header is not a list of tensors in JSON, from byte {} on", reader.position())),
    }
}

/// `{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]}`, in any order.
fn tensor(reader: &mut Reader<'_>, name: String) -> Option<Tensor> {
    let (mut dtype, mut shape, mut offsets) = (None, None, None);
    reader.object(|reader, key| {
        match key.as_str() {
            "dtype" => dtype = Some(reader.string()?),
            "shape" => shape = Some(reader.numbers()?),
            "data_offsets" => offsets = Some(reader.numbers()?),
            _ => return None,
        }
        Some(())
    })?;
    let offsets: [usize; 2] = offsets?.try_into().ok()?;
    Some(Tensor { name, dtype: dtype?, shape: shape?, bytes: offsets[0]..offsets[1] })
}

/// Whether the tensors are different ones, and fill `len` bytes without gaps.
fn check(tensors: &mut [Tensor], len: u64) -> Result<(), String> {
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(twins) = tensors.windows(2).find(|two| two[0].name == two[1].name) {
        return Err(format!("it has two tensors named `{}`", twins[0].name));
    }
    tensors.sort_by_key(|tensor| (tensor.bytes.start, tensor.bytes.end));
    let mut end = 0;
    for Tensor { name, dtype, shape, bytes } in tensors.iter() {
        if bytes.start != end || bytes.end < end {
            return Err(format!("its tensors overlap or leave a gap before `{name}`"));
        }
        end = bytes.end;
        let needs = width(dtype).map(|width| shape.iter().try_fold(width, |bytes, size| bytes.checked_mul(*size)));
        if needs.is_some_and(|needs| needs != Some(bytes.len())) {
            return Err(format!("`{name}` lies in {} bytes, which is not what its shape and type take", bytes.len()));
        }
    }
    if end as u64 != len {
        return Err(format!("its tensors take {end} bytes, but {len} are there"));
    }
    Ok(())
}

/// The bytes of a number, of the types that networks have.
fn width(dtype: &str) -> Option<usize> {
    match dtype {
        "F32" => Some(4),
        "F64" => Some(8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: usize) -> Result<Vec<Tensor>, String> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.resize(bytes.len() + data, 0);
        read(&mut bytes.as_slice(), bytes.len() as u64)
    }

    #[test]
    fn tensors_are_listed_as_they_lie() {
        let header = r#"{"__metadata__":{"format":"pt","\u00fc":"\"}\n"},
            "b.kernel":{"shape":[2,3],"data_offsets":[8,32],"dtype":"F32"},
            "a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}, "none":{"dtype":"F64","shape":[0],"data_offsets":[32,32]}}  "#;
        let tensor = |name: &str, dtype: &str, shape: &[usize], bytes: Range<usize>| {
            let (start, end) = (bytes.start + 8 + header.len(), bytes.end + 8 + header.len());
            Tensor { name: name.into(), dtype: dtype.into(), shape: shape.into(), bytes: start..end }
        };
        let expected = [
            tensor("a", "BF16", &[4], 0..8),
            tensor("b.kernel", "F32", &[2, 3], 8..32),
            tensor("none", "F64", &[0], 32..32),
        ];
        assert_eq!(file(header, 32).unwrap(), expected);
        assert_eq!(file("{}", 0).unwrap(), []);
    }

    #[track_caller]
    fn refused(header: &str, data: usize, reason: &str) {
        let found = file(header, data).unwrap_err();
        assert!(found.contains(reason), "{found}");
    }

    #[test]
    fn what_is_no_weight_file_is_refused() {
        assert_eq!(read(&mut &[1, 2, 3][..], 3).unwrap_err(), "it has only 3 bytes");
        assert!(read(&mut &b"\x89PNG\r\n\x1a\n...."[..], 12).unwrap_err().contains("but there are only 4"));
        refused("", 0, "from byte 0 on");
        refused("{}{}", 0, "from byte 2 on");
        refused(r#"{"a":1}"#, 0, "from byte 5 on");
        refused(r#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "from byte 29 on");
        refused(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 8, "JSON");
        refused(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5, "take 4 bytes, but 5 are there");
        refused(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3, "take 4 bytes, but 3 are there");
        refused(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "`a` lies in 4 bytes");
        refused(
            r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
            0,
            "`a` lies in 0 bytes",
        );
        refused(r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2, "a gap before `a`");
        refused(
            r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,0]}}"#,
            0,
            "two",
        );
    }
}
