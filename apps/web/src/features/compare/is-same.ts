import type { MatrixRow } from '../../lib/server/types.ts'

/** Whether every environment has the key with the same value. */
export const isSame = ({ groups }: MatrixRow): boolean => groups.every((group) => group === 0)
