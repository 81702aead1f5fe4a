import { Link, useParams } from '@tanstack/react-router'
import { linkifyPaths } from '../lib/linkify-paths.ts'

/** Turns secret paths in server messages into links. */
export function LinkedText({ text }: { text: string }) {
  const { projectId } = useParams({ strict: false })
  if (projectId === undefined) return text
  return linkifyPaths(text).map((part, index) =>
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
