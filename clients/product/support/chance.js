// Chance that can be had again: SEED in the environment repeats a run.

export const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** A source of whole numbers from `least` to `most`; the same ones for the same seed. */
export function chance(seed = SEED) {
  let state = seed >>> 0;
  return (least, most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return least + (((mixed ^ (mixed >>> 14)) >>> 0) % (most - least + 1));
  };
}
