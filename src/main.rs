//! The pressroom binary.

fn main() {}
