//! Every network of the golden suite that this version covers has Keras' names and shapes.
