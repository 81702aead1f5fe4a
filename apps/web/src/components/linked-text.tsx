import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** `dev:/api`, and after it perhaps the key of a secret there, as the server writes them. */
const PLACE = /\b([a-z0-9]+(?:-[a-z0-9]+)*):(\/(?!\/)[\w/-]*)(?: ([A-Z][A-Z0-9_]*)\b)?/g

/** What the server says, each place in it a link there: who is told that something is in the way can go and see it. */
export function LinkedText({ text }: { text: string }) {
  const { projectId } = useParams({ strict: false })
  if (projectId === undefined) return text
  const parts: ReactNode[] = []
  let from = 0
  for (const match of text.matchAll(PLACE)) {
    const [whole, environment = '', path = '/', key] = match
    parts.push(
      text.slice(from, match.index),
      <Link
        key={match.index}
        to="/p/$projectId/secrets/$environment"
        params={{ projectId, environment }}
        search={{ ...(path === '/' ? {} : { path }), ...(key === undefined ? {} : { q: key }) }}
        className="font-mono underline underline-offset-2"
      >
        {whole}
      </Link>,
    )
    from = match.index + whole.length
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  )
}
