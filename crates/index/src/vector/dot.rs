//! Dot products of int8 vectors, on whatever the processor offers.
//!
//! What is `unsafe` here: loads of sixteen bytes through pointers, within arrays of that length, and calls of functions
//! for a processor that has just been found to be there.
//! Invariant: every kernel gives the same whole numbers.

#![allow(unsafe_code)]

/// A way to compute dot products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kernel {
    /// Plain Rust, for any processor.
    Portable,
    /// 256 bits at once on x86.
    #[cfg(target_arch = "x86_64")]
    Avx2(Found),
    /// 128 bits at once on ARM, where every 64-bit processor has it.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

/// Proof that the processor was asked.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found(());

impl Kernel {
    /// The fastest this processor can do.
    pub(super) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Self::Avx2(Found(()));
        }
        #[cfg(target_arch = "aarch64")]
        return Self::Neon;
        #[cfg(not(target_arch = "aarch64"))]
        Self::Portable
    }

    /// All this processor can do.
    #[cfg(test)]
    pub(super) fn available() -> Vec<Self> {
        vec![Self::Portable, Self::best()]
    }

    /// The dot product of the query with each of `products.len()` rows.
    pub(super) fn products(self, query: &[i8], rows: &[i8], products: &mut [i32]) {
        assert_eq!(rows.len(), query.len() * products.len());
        match self {
            Self::Portable => portable(query, rows, products),
            // SAFETY: `Found` exists only where the processor has been asked for AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => unsafe { avx2(query, rows, products) },
            // SAFETY: NEON is part of every 64-bit ARM processor Rust supports.
            #[cfg(target_arch = "aarch64")]
            Self::Neon => unsafe { neon(query, rows, products) },
        }
    }
}

fn portable(query: &[i8], rows: &[i8], products: &mut [i32]) {
    for (row, product) in rows.chunks_exact(query.len()).zip(products) {
        *product = plainly(query, row);
    }
}

fn plainly(a: &[i8], b: &[i8]) -> i32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| i32::from(*a) * i32::from(*b))
        .sum()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(query: &[i8], rows: &[i8], products: &mut [i32]) {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_shuffle_epi32,
        _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_extracti128_si256,
        _mm256_madd_epi16, _mm256_setzero_si256,
    };
    let wide = |bytes: &[i8; 16]| -> __m256i {
        // SAFETY: the array has the sixteen bytes that are read, and the load needs no alignment.
        let bytes = unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) };
        _mm256_cvtepi8_epi16(bytes)
    };
    let (wholes, rest) = query.as_chunks::<16>();
    let wholes: Vec<__m256i> = wholes.iter().map(wide).collect();
    for (row, product) in rows.chunks_exact(query.len()).zip(products) {
        let (row, row_rest) = row.as_chunks::<16>();
        let mut sums = [_mm256_setzero_si256(); 2];
        let (pairs, odd) = wholes.as_chunks::<2>();
        let (row_pairs, row_odd) = row.as_chunks::<2>();
        for (query, row) in pairs.iter().zip(row_pairs) {
            sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(query[0], wide(&row[0])));
            sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(query[1], wide(&row[1])));
        }
        for (query, row) in odd.iter().zip(row_odd) {
            sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(*query, wide(row)));
        }
        let sum = _mm256_add_epi32(sums[0], sums[1]);
        let sum = _mm_add_epi32(
            _mm256_castsi256_si128(sum),
            _mm256_extracti128_si256::<1>(sum),
        );
        let sum = _mm_add_epi32(sum, _mm_shuffle_epi32::<0b01_00_11_10>(sum));
        let sum = _mm_add_epi32(sum, _mm_shuffle_epi32::<0b10_11_00_01>(sum));
        *product = _mm_cvtsi128_si32(sum) + plainly(rest, row_rest);
    }
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
fn neon(query: &[i8], rows: &[i8], products: &mut [i32]) {
    use std::arch::aarch64::{
        int8x16_t, vaddq_s32, vaddvq_s32, vdupq_n_s32, vget_low_s8, vld1q_s8, vmull_high_s8,
        vmull_s8, vpadalq_s16,
    };
    let load = |bytes: &[i8; 16]| -> int8x16_t {
        // SAFETY: the array has the sixteen bytes that are read, and the load needs no alignment.
        unsafe { vld1q_s8(bytes.as_ptr()) }
    };
    let (wholes, rest) = query.as_chunks::<16>();
    for (row, product) in rows.chunks_exact(query.len()).zip(products) {
        let (row, row_rest) = row.as_chunks::<16>();
        let mut sums = [vdupq_n_s32(0); 2];
        for (query, row) in wholes.iter().zip(row) {
            let (query, row) = (load(query), load(row));
            sums[0] = vpadalq_s16(sums[0], vmull_s8(vget_low_s8(query), vget_low_s8(row)));
            sums[1] = vpadalq_s16(sums[1], vmull_high_s8(query, row));
        }
        *product = vaddvq_s32(vaddq_s32(sums[0], sums[1])) + plainly(rest, row_rest);
    }
}
