import { useState } from 'react'
import { trpc } from '../../lib/server/trpc.ts'
import type { AuditEntry } from '../../lib/server/types.ts'

/**
 * Names to filter by: the members, every actor seen in the log since the page was opened, and the one that is filtered
 * by.
 */
export function useActors(projectId: string, chosen: string | undefined, entries: readonly AuditEntry[]): string[] {
  const { data: members } = trpc.members.list.useQuery({ projectId }, { retry: false })
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  const unseen = entries.map(({ actor }) => actor.name).filter((name) => !seen.has(name))
  if (unseen.length > 0) setSeen(new Set([...seen, ...unseen]))
  const names = [...(members ?? []).map(nameOf), ...seen, ...(chosen === undefined ? [] : [chosen])]
  return [...new Set(names)].sort((a, b) => a.localeCompare(b))
}

/** As the log has it: people by their address. */
const nameOf = ({ name, email }: { name: string; email: string | null }): string => email ?? name
