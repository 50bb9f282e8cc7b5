//! After a mistake the names are still there: their uses are no further errors.

use nn::prelude::*;

nn::network! {
    /// With a derive, which takes no type that is an error.
    #[derive(Debug)]
    pub struct Net = Input<4> => Dense<0>;
}

nn::network! {
    #[stream]
    struct Live(x: Input<16, 4>) -> y { let y = x => GRU<0, return_sequences = true>; }
}

static NET: &Net = Net::PRETRAINED;

impl Net {
    pub fn size(&self) -> usize {
        size_of_val(self) + Net::PARAMETERS + Net::WORKSPACE_BYTES
    }
}

fn infer(net: &Net, x: &NetInput, workspace: &mut NetWorkspace) -> NetOutput {
    let y = net.infer(x, workspace);
    println!("{} {:?}", y[0], net.dense.kernel[0][0]);
    y
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rng = nn::rng(1);
    let net = Net::new(&mut rng);
    println!("{} {}", net.size(), Net::summary());
    infer(NET, &NetInput::default(), &mut NetWorkspace::new());

    let (x, y) = (vec![NetInput::default(); 8], vec![0u8; 8]);
    let loss = SparseCategoricalCrossentropy::from_logits();
    let mut model = net.compile(Adam::new(0.001), loss, metrics::accuracy());
    let history = model.fit(&x, &y, Fit { epochs: 2, ..Fit::default() })?;
    println!("{:?}", history.history["loss"]);
    model.network().save("net.safetensors")?;
    let again = Net::load("net.safetensors")?;
    println!("{:?}", again.predict(&x)[0]);

    let (live, mut state) = (Live::new(&mut rng), LiveState::new());
    live.step(&LiveInput { x: [0.0; 4].into() }, &mut state);
    Ok(())
}
