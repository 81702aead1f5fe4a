import { Badge } from '../../components/ui/badge.tsx'
import type { Connection } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** Whether the credential worked when it was last tried. */
export function ConnectionHealth({ connection: { problem, checkedAt } }: { connection: Connection }) {
  if (problem !== null) return <Badge tone="bad">{words.connectionCard.error}</Badge>
  if (checkedAt === null) return <Badge>{words.connectionCard.notChecked}</Badge>
  return <Badge tone="good">{words.connectionCard.connected}</Badge>
}
