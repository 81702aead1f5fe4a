import { Link } from '@tanstack/react-router'
import type { Sync } from '../../lib/types.ts'
import type { Blockage } from './blocked-banner.tsx'

const FIRST = 8

/** The keys that a blockage names; `linked`: they are secrets of the source, each with the way there. */
export function BlockedKeys({ sync, blocked, linked }: { sync: Sync; blocked: Blockage; linked: boolean }) {
  const { environment, folder, projectId } = sync
  const { keys } = blocked
  return (
    <>
      <ul className="grid gap-1">
        {keys.slice(0, FIRST).map(({ key, reason }) => (
          <li key={key} className="break-words">
            {linked && environment && folder ? (
              <Link
                to="/p/$projectId/secrets/$environment"
                params={{ projectId, environment: environment.slug }}
                search={{ q: key, ...(folder.path === '/' ? {} : { path: folder.path }) }}
                className="font-mono font-semibold text-accent underline"
                aria-label={`Open secret ${key}`}
              >
                {key}
              </Link>
            ) : (
              <span className="font-mono">{key}</span>
            )}
            : {reason}
          </li>
        ))}
      </ul>
      {keys.length > FIRST && <p>And {keys.length - FIRST} more.</p>}
    </>
  )
}
