//! Chance that comes out alike for the same seed.

pub struct Random(pub u64);

impl Random {
    /// A number from 0 on that is smaller than `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
