import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'
import { count } from '../../lib/words.ts'
import { ApproveDialog } from './approve-dialog.tsx'

const FIRST = 8

/** Why the sync does not act, and the button that resolves it. */
export function BlockedBanner({ sync }: { sync: Sync }) {
  const [reviewing, setReviewing] = useState(false)
  const { blocked, environment, folder, projectId } = sync
  if (blocked === null) return null
  const fuse = blocked.kind === 'fuse'
  const keys = blocked.keys.slice(0, FIRST)
  return (
    <>
      <Notice
        kind="blocked"
        title={
          fuse
            ? 'Blocked: this plan deletes a lot'
            : `Blocked: ${count(blocked.keys.length, 'secret cannot', 'secrets cannot')} be sent`
        }
        action={
          fuse && (
            <Button variant="danger" size="sm" onClick={() => setReviewing(true)}>
              Review the plan
            </Button>
          )
        }
      >
        <div className="grid gap-2">
          {(fuse || keys.length === 0) && <p>{blocked.message}</p>}
          {!fuse && keys.length > 0 && (
            <p>
              Nothing of the folder is sent while one of its secrets is incomplete. Fix these, and the sync goes on by
              itself.
            </p>
          )}
          <ul className="grid gap-1">
            {keys.map(({ key, reason }) => (
              <li key={key} className="break-words">
                {fuse || !environment || !folder ? (
                  <span className="font-mono">{key}</span>
                ) : (
                  <Link
                    to="/p/$projectId/secrets/$environment"
                    params={{ projectId, environment: environment.slug }}
                    search={{ q: key, ...(folder.path === '/' ? {} : { path: folder.path }) }}
                    className="font-mono font-semibold text-accent underline"
                    aria-label={`Open secret ${key}`}
                  >
                    {key}
                  </Link>
                )}
                : {reason}
              </li>
            ))}
          </ul>
          {blocked.keys.length > FIRST && <p>And {blocked.keys.length - FIRST} more.</p>}
        </div>
      </Notice>
      {reviewing && <ApproveDialog sync={sync} onClose={() => setReviewing(false)} />}
    </>
  )
}
