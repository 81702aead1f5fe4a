import { Link } from '@tanstack/react-router'
import type { Place } from '../lib/types.ts'

/** A folder as people write it, or a secret in it, and the way there. */
export function PlaceLink({ place, secretKey }: { place: Place; secretKey?: string }) {
  const { projectId, environment, secretPath } = place
  return (
    <Link
      to="/p/$projectId/secrets/$environment"
      params={{ projectId, environment }}
      search={{
        ...(secretPath === '/' ? {} : { path: secretPath }),
        ...(secretKey === undefined ? {} : { q: secretKey }),
      }}
      className="font-mono text-accent hover:underline"
    >
      {environment}:{secretPath}
      {secretKey !== undefined && ` ${secretKey}`}
    </Link>
  )
}
