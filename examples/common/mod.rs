//! What the examples share.

use std::error::Error;
use std::process::ExitCode;

/// The end of an example: an error as a sentence on stderr.
pub fn finish(result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
