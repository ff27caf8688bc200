//! Published numbers as SVG. A chart is drawn from [`Mark`]s, and a mark of a hidden number has no
//! value, so nothing hidden can reach a coordinate.
//!
//! Every chart is one `<svg>` element for use inside a page: it scales by its `viewBox`, carries a
//! title and a description with the same numbers in words, and tells its parts apart by shape and
//! dash, so that it can be read in black and white.

mod acceptability;
mod areas;
mod axis;
mod balance;
mod bars;
mod comparison;
mod course_blocks;
mod curve;
mod flows;
mod forest;
pub mod format;
mod funnel;
mod icon;
mod legend;
mod mark;
mod sheet;
mod spark;
mod strip;
mod survival;
mod trend;

pub use acceptability::Acceptability;
pub use areas::{Areas, Column};
pub use balance::{BalanceLine, BalancePlot};
pub use bars::{Bar, StackedBars};
pub use comparison::{Compared, Comparison};
pub use course_blocks::CourseRows;
pub use curve::{Curve, CurvePoint, Curves};
pub use flows::{Flow, Sankey, Sunburst};
pub use forest::{Forest, ForestLine, Ratio};
pub use funnel::{FunnelChart, FunnelLine, FunnelPoint};
pub use icon::{assurance_icon, variation_icon};
pub use mark::{Mark, Shown};
pub use spark::sparkline;
pub use strip::{Lane, Look, Strip, reach};
pub use survival::{SurvivalCurves, SurvivalLine, SurvivalPoint};
pub use trend::{Limits, TrendPoint, TrendSeries};
