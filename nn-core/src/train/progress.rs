//! What is seen of training: a bar on a terminal, lines elsewhere.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::logs::Logs;

/// The message of the bar is renewed this often, so that formatting it does not show in the time of a step.
const RENEWAL: Duration = Duration::from_millis(100);

const TEMPLATE: &str = "{prefix} {bar:24} {pos}/{len} {rate} eta {eta} - {msg}";

/// Prints on stderr what `verbose` asks for.
pub(crate) struct Progress {
    verbose: u8,
    terminal: bool,
    title: String,
    /// None where nothing is printed: there are platforms without a clock, such as wasm32-unknown-unknown.
    start: Option<Instant>,
    renewed: Option<Instant>,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn new(verbose: u8) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { verbose, terminal, title: String::new(), start: None, renewed: None, bar: None }
    }

    /// A stretch of so many samples begins.
    pub fn begin(&mut self, title: String, samples: u64) {
        self.title = title;
        self.start = (self.verbose > 0).then(Instant::now);
        self.renewed = self.start;
        if self.verbose == 1 && self.terminal {
            let bar = ProgressBar::with_draw_target(Some(samples), ProgressDrawTarget::stderr());
            self.bar = Some(bar.with_style(style()).with_prefix(self.title.clone()));
        }
    }

    /// So many samples more are done.
    pub fn advance(&mut self, samples: usize, logs: &Logs) {
        let Some(bar) = &self.bar else { return };
        if self.renewed.is_none_or(|renewed| renewed.elapsed() >= RENEWAL) {
            self.renewed = Some(Instant::now());
            bar.set_message(logs.to_string());
        }
        bar.inc(samples as u64);
    }

    /// The stretch ends: one line stays.
    pub fn end(&mut self, logs: &Logs) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        if let Some(start) = self.start {
            print(&line(&self.title, start.elapsed(), logs));
        }
    }

    /// A line of its own, above the bar if there is one.
    pub fn message(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => print(text),
        }
    }
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    let rate = |state: &ProgressState, out: &mut dyn fmt::Write| _ = write!(out, "{:.0} samples/s", state.per_sec());
    style.with_key("rate", rate).progress_chars("━╸─")
}

/// Training goes on where stderr is closed.
fn print(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// `Epoch 3/10 - 0.8s - loss: 0.1234 - accuracy: 0.9652`.
fn line(title: &str, time: Duration, logs: &Logs) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        return format!("{title} - {seconds:.1}s - {logs}");
    }
    format!("{title} - {}m {:02}s - {logs}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_title_time_and_logs() {
        let mut logs = Logs::default();
        logs.set("loss", 0.1234);
        logs.set("accuracy", 0.9652);
        let short = line("Epoch 3/10", Duration::from_millis(820), &logs);
        assert_eq!(short, "Epoch 3/10 - 0.8s - loss: 0.1234 - accuracy: 0.9652");
        assert!(line("Evaluate", Duration::from_secs(125), &logs).starts_with("Evaluate - 2m 05s - loss"));
    }

    #[test]
    fn without_output_no_clock_is_read() {
        for (verbose, reads) in [(0, false), (1, true), (2, true)] {
            let mut progress = Progress::new(verbose);
            progress.begin("Evaluate".to_owned(), 1);
            assert_eq!(progress.start.is_some(), reads, "verbose {verbose}");
        }
    }

    #[test]
    fn the_template_of_the_bar_is_valid() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
