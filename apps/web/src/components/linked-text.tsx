import type { Mention } from '@keyferry/schemas'
import { Link, useParams } from '@tanstack/react-router'
import { cutAtMentions } from '../lib/values/mentions.ts'

/** A message of the server, in which the folders and secrets that it mentions are links. */
export function LinkedText({ text, mentions }: { text: string; mentions: readonly Mention[] }) {
  const { projectId } = useParams({ strict: false })
  if (projectId === undefined) return text
  return cutAtMentions(text, mentions).map((part, index) =>
    typeof part === 'string' ? (
      part
    ) : (
      <Link
        key={index}
        to="/p/$projectId/secrets/$environment"
        params={{ projectId, environment: part.environment }}
        search={{ path: part.path === '/' ? undefined : part.path, q: part.key }}
        className="font-mono underline underline-offset-2"
      >
        {part.text}
      </Link>
    ),
  )
}
