import type { ProjectHealth } from '../../lib/server/types.ts'

const TROUBLE = ['needs-attention', 'out-of-sync'] as const

/** The projects with most syncs that need attention first, then those with most that are out of sync, then by name. */
export function worstFirst(a: ProjectHealth, b: ProjectHealth): number {
  for (const status of TROUBLE) {
    const difference = countOf(b, status) - countOf(a, status)
    if (difference !== 0) return difference
  }
  return a.name.localeCompare(b.name)
}

const countOf = ({ syncs }: ProjectHealth, status: (typeof TROUBLE)[number]): number =>
  syncs.find((each) => each.status === status)?.count ?? 0
