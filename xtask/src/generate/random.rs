//! Numbers that look random and are the same everywhere, for ever: xorshift64*, so no crate can change them.

/// A generator; equal seeds give equal sequences.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Begins the sequence of `seed`; neighbouring seeds have unrelated sequences.
    pub fn new(seed: u64) -> Self {
        // SplitMix64's finalizer, so that seeds 1, 2, 3… do not start alike; zero is the one state that sticks.
        let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((state ^ (state >> 31)).max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 up to, but not including, 1.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number below `limit`; 0 when there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.fraction() * limit as f64) as usize
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.fraction() < probability
    }

    /// One of the items.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// A rank below `limit` whose frequency falls as 1 / (rank + `flat`): Zipf's law, with Mandelbrot's constant
    /// against too common a first.
    pub fn zipf(&mut self, flat: f64, limit: usize) -> usize {
        let spread = ((limit as f64 + flat) / flat).ln();
        let rank = flat * (self.fraction() * spread).exp() - flat;
        (rank as usize).min(limit - 1)
    }
}
