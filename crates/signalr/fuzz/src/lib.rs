//! What the fuzz targets share: a parser keeps its property, and takes memory only in proportion to its input.

use peak_alloc::PeakAlloc;
use signalr::fuzzing::Property;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most memory that one byte of input may take. An element of a MessagePack array has one byte there and 40 as
/// a value not decoded yet, in a vector that doubles; each property reads its input several times over.
const BYTES_EACH: usize = 512;
/// What any input may take, however small.
const BYTES_ANYWAY: usize = 16 * 1024;

/// Panics if `holds` does, or takes too much memory.
pub fn check(input: &[u8], holds: Property) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    holds(input);
    let taken = MEMORY.peak_usage().saturating_sub(before);
    let limit = BYTES_ANYWAY + BYTES_EACH * input.len();
    assert!(taken <= limit, "{} bytes of input took {taken} bytes of memory", input.len());
}
