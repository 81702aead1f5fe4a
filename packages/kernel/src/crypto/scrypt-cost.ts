/** What making a key of a password or a passphrase costs. N is 2^`ln`; it takes 128 × N × `r` bytes of memory. */
export interface ScryptCost {
  ln: number
  r: number
  p: number
}

/** OWASP Password Storage Cheat Sheet (2025-11): 128 MiB and about half a second. */
export const OWASP_COST: ScryptCost = { ln: 17, r: 8, p: 1 }
