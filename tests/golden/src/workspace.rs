//! The memory of the networks: as small as it can be, or nearly.

use nn_core::rt::memory::{Layout, Region, least};

/// The regions of a workspace, and its length.
pub type Workspace = (&'static [Region], usize);

/// The workspace of a network.
pub const fn of<const N: usize>(layout: &'static Layout<N>) -> Workspace {
    (&layout.regions, layout.len)
}

/// Checks that the workspace is at most 5 % longer than what is alive at one of its steps: no layout is shorter than that.
///
/// # Panics
///
/// If it is longer.
pub fn check(name: &str, (regions, len): Workspace) {
    let least = least(regions);
    assert!(len * 100 <= least * 105, "{name}: a workspace of {len} elements, {least} are alive: {regions:?}");
}
