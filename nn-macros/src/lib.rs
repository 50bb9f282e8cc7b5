//! The `network!` macro of the `nn` crate. What it does is in `nn-compiler`, which is no proc macro and can be called from anywhere.

use nn_compiler::{ModelFile, ModelText};

/// What `nn::network!` hands its network to, behind the path of the crate `nn`: `@(path) struct Net = …;`.
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    nn_compiler::expand(input.into(), &read).into()
}

/// Reads the file of `#[model("…")]`.
#[cfg(feature = "import")]
fn read(file: &ModelFile) -> Result<ModelText, String> {
    let mut options = nn_import::Options::new();
    options.inputs.clone_from(&file.inputs);
    options.states.clone_from(&file.states);
    for (name, number) in &file.numbers {
        options = options.constant(name, *number);
        if *number >= 1.0 && number.fract() == 0.0 {
            options = options.dim(name, *number as usize);
        }
    }
    let model = nn_import::read_file(&file.path, &options).map_err(|error| error.to_string())?;
    let weights = model.weights.into_iter().flat_map(|tensor| tensor.values).collect();
    Ok(ModelText { text: model.text, weights })
}

#[cfg(not(feature = "import"))]
fn read(_: &ModelFile) -> Result<ModelText, String> {
    let problem = "files are read with the feature `import`, which is off";
    Err(format!("{problem}\nhelp: `cargo add nnc --features import`"))
}
