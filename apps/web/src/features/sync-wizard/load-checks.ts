import { code } from '../../lib/code.ts'

/** The schemas of a sync: loaded with what follows the first step. */
export const loadChecks = code(() => import('./checks.ts'))
