import { Link } from '@tanstack/react-router'
import type { FolderRef } from '../lib/server/types.ts'

/** A folder as people write it, or a secret in it, and the way there. */
export function FolderLink({ place, secretKey }: { place: FolderRef; secretKey?: string }) {
  const { projectId, environment, secretPath } = place
  return (
    <Link
      to="/p/$projectId/secrets/$environment"
      params={{ projectId, environment }}
      activeOptions={{ exact: true }}
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
