import type { Values } from '../../lib/forms/form-fields.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { FormField } from '../../lib/server/types.ts'

/** Whom a picker asks, and what for. */
export interface Asked {
  /** None yet while it is empty. */
  connectionId: string
  destination: string
  /** Fields that are known, of the target and of the form itself. */
  known: Values
}

/** What the account offers for a field; `missing` while the account, or a field that the list needs, is not known. */
export function useChoices({ name, choices, dependsOn }: FormField, { connectionId, destination, known }: Asked) {
  const needed = dependsOn.map((each) => [each, String(known[each] ?? '')] as const)
  const missing = connectionId === '' || needed.some(([, text]) => text === '')
  const offered = trpc.connections.choices.useQuery(
    { connectionId, destination, list: choices ?? name, known: Object.fromEntries(needed) },
    { enabled: choices !== null && !missing, staleTime: 60_000, retry: false },
  )
  return { ...offered, missing }
}
