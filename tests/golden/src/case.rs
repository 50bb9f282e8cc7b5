//! Cases and their arrays, as they lie in the folder.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use safetensors::{Dtype, SafeTensors};
use serde_json::Value as Json;

/// Where the cases lie: the fixtures, or what `NN_GOLDEN` named.
pub const FOLDER: &str = env!("NN_GOLDEN_FOLDER");

static CASES: LazyLock<HashMap<String, Json>> = LazyLock::new(|| {
    let mut index: Json = serde_json::from_slice(&read("cases.json")).expect("cases.json is JSON");
    let cases = index["cases"].as_array_mut().expect("cases.json has a list `cases`");
    // A case without a name has a test that fails, and no test that asks for it.
    cases.drain(..).filter_map(|case| Some((case["name"].as_str()?.to_string(), case))).collect()
});

fn read(file: &str) -> Vec<u8> {
    let path = Path::new(FOLDER).join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One case with its arrays.
pub struct Case {
    /// Its name in `cases.json`.
    pub name: String,
    /// All that `cases.json` says of it.
    pub json: &'static Json,
    pub(crate) file: Option<Vec<u8>>,
}

/// An array: exact in `f64`, whatever it was stored as.
pub struct Array {
    /// The sizes of the axes.
    pub shape: Vec<usize>,
    /// The elements, the last axis fastest.
    pub data: Vec<f64>,
}

impl Case {
    /// Reads a case.
    ///
    /// # Panics
    ///
    /// If there is no case of this name, or its file is missing.
    pub fn load(name: &str) -> Self {
        let json = CASES.get(name).unwrap_or_else(|| panic!("{FOLDER} has no case `{name}`"));
        let file = json["file"].as_str().map(read);
        Self { name: name.to_string(), json, file }
    }

    /// One of its arrays, if it has it.
    ///
    /// # Panics
    ///
    /// If the file is no safetensors file, or the array is of a type that no case has.
    pub fn get(&self, tensor: &str) -> Option<Array> {
        let file = SafeTensors::deserialize(self.file.as_deref()?).expect("the file is a safetensors file");
        let view = file.tensor(&format!("{}/{tensor}", self.name)).ok()?;
        let data = match view.dtype() {
            Dtype::F32 => numbers(view.data(), |bytes| f32::from_le_bytes(bytes).into()),
            Dtype::F64 => numbers(view.data(), f64::from_le_bytes),
            Dtype::U32 => numbers(view.data(), |bytes| u32::from_le_bytes(bytes).into()),
            Dtype::I32 => numbers(view.data(), |bytes| i32::from_le_bytes(bytes).into()),
            Dtype::U8 | Dtype::BOOL => view.data().iter().map(|&byte| byte.into()).collect(),
            dtype => panic!("{}: {tensor} is of the type {dtype:?}", self.name),
        };
        Some(Array { shape: view.shape().to_vec(), data })
    }

    /// One of its arrays.
    ///
    /// # Panics
    ///
    /// If it has none of this name.
    pub fn array(&self, tensor: &str) -> Array {
        self.get(tensor).unwrap_or_else(|| panic!("{}: no tensor `{tensor}`", self.name))
    }

    /// The names of its arrays that start with this, without it.
    pub fn names(&self, prefix: &str) -> Vec<&'static str> {
        let names = self.json["tensors"].as_array().into_iter().flatten().filter_map(Json::as_str);
        names.filter_map(|name| name.strip_prefix(prefix)).collect()
    }

    /// Whether a key of the case is `true`.
    pub fn is(&self, key: &str) -> bool {
        self.json[key] == Json::Bool(true)
    }

    /// A whole number of the case.
    ///
    /// # Panics
    ///
    /// If the key is missing or no whole number.
    pub fn count(&self, key: &str) -> usize {
        let count = self.json[key].as_u64().unwrap_or_else(|| panic!("{}: no number `{key}`", self.name));
        usize::try_from(count).expect("a count fits")
    }
}

fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|&bytes| number(bytes)).collect()
}

/// A list of sizes.
///
/// # Panics
///
/// If it is none.
pub fn shape(json: &Json) -> Vec<usize> {
    let sizes = json.as_array().unwrap_or_else(|| panic!("{json} is no shape")).iter();
    sizes.map(|size| usize::try_from(size.as_u64().expect("a size")).expect("a size fits")).collect()
}
