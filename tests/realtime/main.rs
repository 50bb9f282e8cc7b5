//! The promises to a thread that must not wait: no allocation, no waiting, states that stay finite and never are denormal.

mod finite;
#[path = "../../benches/support/networks.rs"]
mod networks;
mod promise;
mod silence;

#[global_allocator]
static ALLOCATOR: nn::testing::Allocator = nn::testing::Allocator::system();
