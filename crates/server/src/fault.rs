//! Faults: what went wrong inside and is nobody's to mend who uses the product. Logged whole, shown as a number.

use std::error::Error;

/// A database that does not answer, a row that makes no sense, a bug.
///
/// It has no `Display` on purpose: so it cannot slip into an answer by way of a blanket conversion.
#[derive(Debug)]
pub struct Fault(Box<dyn Error + Send + Sync>);

impl Fault {
    /// A fault that no library reports: what is stored contradicts what the code relies on.
    pub fn new(what: impl Into<String>) -> Self {
        Fault(what.into().into())
    }

    /// Logs the fault whole and gives the number under which it is found in the log.
    pub fn log(&self) -> String {
        let number = format!("{:08X}", getrandom::u32().unwrap_or_default());
        tracing::error!(number, fault = self.with_causes(), "fault");
        number
    }

    /// The fault with all its causes, for the log and for whoever runs the command line.
    pub fn with_causes(&self) -> String {
        let mut all = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !all.contains(&text) {
                all = format!("{all}: {text}");
            }
            cause = error.source();
        }
        all
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Fault {
    fn from(error: E) -> Self {
        Fault(Box::new(error))
    }
}
