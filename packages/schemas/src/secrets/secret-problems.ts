/** Why the value of a secret can't be had. Programs branch on the code; the words beside it name the secrets. */
import { z } from 'zod'

/**
 * - `undecryptable`: it, or what it refers to, can't be decrypted with the present key.
 * - `reference-missing`: it refers to a key or a folder that does not exist.
 * - `reference-unsupported`: it has a reference of a form that can never resolve.
 * - `reference-cycle`: it refers to itself, directly or through others.
 * - `nested-too-deep`: its references, or the imports of its folder, are nested deeper than allowed.
 * - `too-long`: with its references resolved it is longer than a value may be.
 * - `unchecked`: resolving it takes more than one request may.
 */
export const secretProblemCode = z.enum([
  'undecryptable',
  'reference-missing',
  'reference-unsupported',
  'reference-cycle',
  'nested-too-deep',
  'too-long',
  'unchecked',
])
export type SecretProblemCode = z.output<typeof secretProblemCode>
