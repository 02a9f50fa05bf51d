//! The size table and its budget.

use super::compress::Size;

/// Everything needed for offline use, brotli, without fonts and the PDF part: 900 KB.
const BUDGET_BYTES: usize = 900_000;

/// What `ci` refuses to grow over while the budget is not met; docs/adr/0009 says why it is not.
const CEILING_BYTES: usize = 1_445_000;

/// Prints the table and says whether the budget is kept; answers whether the total stays under the ceiling.
pub(crate) fn print(sizes: &[Size]) -> bool {
    println!(
        "{:<44} {:>10} {:>10} {:>10}",
        "file", "raw", "gzip", "brotli"
    );
    for size in sizes {
        row(
            &size.name,
            size.raw_bytes,
            size.gzip_bytes,
            size.brotli_bytes,
        );
    }
    let sum = |bytes: fn(&Size) -> usize| sizes.iter().map(bytes).sum::<usize>();
    let brotli_bytes = sum(|size| size.brotli_bytes);
    row(
        "total",
        sum(|size| size.raw_bytes),
        sum(|size| size.gzip_bytes),
        brotli_bytes,
    );
    let is_within = brotli_bytes <= BUDGET_BYTES;
    let verdict = if is_within { "within" } else { "OVER" };
    println!("{verdict} the budget of {BUDGET_BYTES} bytes brotli for offline use");
    brotli_bytes <= CEILING_BYTES
}

fn row(name: &str, raw_bytes: usize, gzip_bytes: usize, brotli_bytes: usize) {
    println!("{name:<44} {raw_bytes:>10} {gzip_bytes:>10} {brotli_bytes:>10}");
}
