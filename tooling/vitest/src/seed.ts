/**
 * Where every test's dice begin: at the same number in each run, so that nothing fails, or passes, by luck.
 * `FUZZ_SEED=random` explores, a number replays; a failure prints the one it had.
 */
export const SEED = chosen(process.env.FUZZ_SEED ?? '20261122')

function chosen(text: string): number {
  const seed = text === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(text)
  if (text.trim() === '' || !Number.isInteger(seed))
    throw new Error(`FUZZ_SEED is a whole number or "random", not "${text}"`)
  return seed
}
