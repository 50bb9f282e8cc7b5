//! What the system counts for a thread. Only Linux tells.

use std::fs;

/// Counted for this thread since it began.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Calls that read or write: files, sockets, the terminal.
    pub transfers: u64,
    /// How often the thread waited: for a lock, a timer, a file.
    pub waits: u64,
    /// Pages of memory that the system had to bring.
    pub faults: u64,
}

impl Counts {
    /// What there is until now; `None` where the system does not tell.
    pub fn now() -> Option<Self> {
        let [io, status, stat] =
            ["io", "status", "stat"].map(|name| fs::read_to_string(format!("{FOLDER}/{name}")).ok());
        let (io, status, stat) = (io?, status?, stat?);
        // Behind the name of the program, which may have any characters: the state, then numbers; faults are fields 10 and 12
        // of the line, whose third is the state.
        let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
        let field = |index: usize| fields.get(index - 3)?.parse::<u64>().ok();
        Some(Self {
            transfers: row(&io, "syscr:")? + row(&io, "syscw:")?,
            waits: row(&status, "voluntary_ctxt_switches:")?,
            faults: field(10)? + field(12)?,
        })
    }

    /// What was counted since `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            transfers: self.transfers - before.transfers,
            waits: self.waits - before.waits,
            faults: self.faults - before.faults,
        }
    }

    /// The lesser of each.
    pub fn least(self, other: Self) -> Self {
        Self {
            transfers: self.transfers.min(other.transfers),
            waits: self.waits.min(other.waits),
            faults: self.faults.min(other.faults),
        }
    }
}

const FOLDER: &str = "/proc/thread-self";

/// The number in the row of this name.
fn row(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
}
