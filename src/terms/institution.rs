//! What makes a contact a day of 24-hour care, from which stays can be derived.

/// Places of service with 24-hour care.
pub const PLACES: [&str; 5] = ["21", "51", "55", "56", "61"];

/// HCPCS codes that are billed per day of 24-hour care.
pub const CODES: [&str; 8] =
    ["H0010", "H0011", "H0017", "H0018", "H0019", "H2013", "H2036", "T2048"];
