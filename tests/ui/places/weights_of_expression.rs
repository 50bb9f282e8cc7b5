//! A network without a name has nothing to call its weights by.

fn main() {
    let _ = nn::network!(#[weights("net.safetensors")] Input<4> => Dense<3>);
}
