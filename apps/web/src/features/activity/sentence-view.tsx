import { plainPart, type Part, type Sentence } from '@keyferry/schemas/audit'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import type { BriefSync } from '../../lib/server/types.ts'

interface Props {
  sentence: Sentence
  /** Of the entry; what is named leads nowhere when there is none. */
  projectId: string | null
  syncs: readonly BriefSync[]
}

/** A sentence whose names lead to what they name, as far as that is still there. */
export const SentenceView = ({ sentence, projectId, syncs }: Props) =>
  sentence.map((part, index) => <Fragment key={index}>{drawn(part, projectId, syncs)}</Fragment>)

const link = 'wrap-anywhere text-accent underline decoration-edge/60 underline-offset-2 hover:decoration-current'

function drawn(part: Part, projectId: string | null, syncs: readonly BriefSync[]) {
  if (typeof part === 'string') return part
  const words = plainPart(part)
  if ('name' in part) return <span className="font-medium wrap-anywhere">{words}</span>
  if ('sync' in part) {
    const found = syncs.find((sync) => sync.id === part.id)
    if (!found) return <span className="font-medium wrap-anywhere">{words}</span>
    return (
      <Link
        to="/p/$projectId/syncs/$destination/$syncId"
        params={{ projectId: found.projectId, destination: found.destination, syncId: found.id }}
        className={link}
      >
        {words}
      </Link>
    )
  }
  const place = 'key' in part ? part.in : part
  if (projectId === null || place === null) return <span className="font-mono break-all">{words}</span>
  return (
    <Link
      to="/p/$projectId/secrets/$environment"
      params={{ projectId, environment: place.environment }}
      search={{ ...(place.path === '/' ? {} : { path: place.path }), ...('key' in part ? { q: part.key } : {}) }}
      className={`${link} font-mono`}
    >
      {words}
    </Link>
  )
}
