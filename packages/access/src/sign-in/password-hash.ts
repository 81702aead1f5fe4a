/** How passwords are kept: scrypt with its parameters beside the hash, so that they can rise later. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { TooManyRequests, type ScryptCost } from '@keyferry/kernel'
import { verifyPassword as verifyFirstForm } from 'better-auth/crypto'
import pLimit from 'p-limit'

/** Hashes at a time, in the whole process: their memory and CPU must not grow with the number of sign-ins. */
const AT_A_TIME = 2
const WAITING = 50
const KEY_BYTES = 32

const turn = pLimit(AT_A_TIME)

/** Waits for its turn. Throws `TooManyRequests` when too many wait already. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (turn.pendingCount >= WAITING) throw new TooManyRequests(5)
  return turn(work)
}

const derive = (password: string, salt: Buffer, { ln, r, p }: ScryptCost, bytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** ln, r, p, maxmem: 128 * 2 ** ln * r + 1024 * 1024 }
    // Whichever way a keyboard composes an accent, it is the same password.
    scrypt(password.normalize('NFKC'), salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })

/** As a PHC string: `$scrypt$ln=17,r=8,p=1$salt$hash`. Throws `TooManyRequests`. */
export function hashPassword(password: string, cost: ScryptCost): Promise<string> {
  return inTurn(async () => {
    const salt = randomBytes(16)
    const key = await derive(password, salt, cost, KEY_BYTES)
    return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${base64(salt)}$${base64(key)}`
  })
}

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)$/

/**
 * Whether `password` is the one behind `hash`; `fresh` is a hash of the wanted cost when it is and `hash` has another
 * cost or the form of earlier versions. Throws `TooManyRequests`.
 */
export async function verifyPassword(
  { password, hash }: { password: string; hash: string },
  cost: ScryptCost,
): Promise<{ right: boolean; fresh: string | null }> {
  const parts = PHC.exec(hash)
  const stored = parts && { ln: Number(parts[1]), r: Number(parts[2]), p: Number(parts[3]) }
  const current = stored !== null && stored.ln === cost.ln && stored.r === cost.r && stored.p === cost.p
  const right = await inTurn(async () => {
    if (!stored) return verifyFirstForm({ hash, password })
    const key = Buffer.from(parts?.[5] ?? '', 'base64')
    return timingSafeEqual(key, await derive(password, Buffer.from(parts?.[4] ?? '', 'base64'), stored, key.length))
  })
  // Also for a wrong one: a cheaper answer would tell that the account exists.
  const fresh = current ? null : await hashPassword(password, cost)
  return { right, fresh: right ? fresh : null }
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
