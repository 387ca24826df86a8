//! Files as the export writes them, and hostile ones, through the reader.

mod hostile;
mod packages;
mod round;

use renkei_domain::FiscalYear;

const YEAR: FiscalYear = FiscalYear(2026);
