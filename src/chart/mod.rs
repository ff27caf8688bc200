//! Published numbers as SVG. A chart is drawn from [`Mark`]s, and a mark of a hidden number has no
//! value, so nothing hidden can reach a coordinate.
//!
//! Every chart is one `<svg>` element for use inside a page: it scales by its `viewBox`, carries a
//! title and a description with the same numbers in words, and tells its parts apart by shape and
//! dash, so that it can be read in black and white.

mod axis;
mod bars;
mod comparison;
mod curve;
pub mod format;
mod legend;
mod mark;
mod sheet;
mod spark;
mod strip;
mod trend;

pub use bars::{Bar, StackedBars};
pub use comparison::{Compared, Comparison};
pub use curve::{Curve, CurvePoint, Curves};
pub use mark::{Mark, Shown};
pub use spark::sparkline;
pub use strip::{Lane, Look, Strip, reach};
pub use trend::{Limits, TrendPoint, TrendSeries};
