//! Which bucket a member's rows live in. The rule is written down here once and never changes:
//! FNV-1a (64 bit) over the UTF-8 bytes of the member id, folded, then the remainder.

/// The bucket of a member among `buckets` (at least 1): the same on every platform and in every
/// version. FNV-1a 64: <http://www.isthe.com/chongo/tech/comp/fnv/>.
///
/// ```
/// assert_eq!(throughline::terms::bucket_of("M000000001", 16), 3);
/// ```
pub fn bucket_of(member_id: &str, buckets: u32) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in member_id.as_bytes() {
        hash ^= u64::from(*byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    // The low bits of FNV depend on few input bits; folding the halves spreads short ids.
    let folded = hash ^ (hash >> 32);
    u32::try_from(folded % u64::from(buckets.max(1))).unwrap_or(0)
}
