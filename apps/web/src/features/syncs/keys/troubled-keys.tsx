import { onDemand } from '../../../components/on-demand.tsx'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { RouteButton } from '../../../components/route-button.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const ExcludeDialog = onDemand(async () => (await import('./exclude-dialog.tsx')).ExcludeDialog)

const FIRST = 8

interface Props {
  sync: ListedSync
  keys: readonly { key: string; reason: string }[]
  /** The keys are those of secrets; else names at the destination. */
  ofSource?: boolean
  /** Each can be excluded. Those of the source always can. */
  excludes?: boolean
}

/** Keys with the reason, the ways to the secret and to who changed it, and "Exclude". */
export function TroubledKeys({ sync, keys, ofSource = false, excludes = ofSource }: Props) {
  const { environment, folder, projectId } = sync
  const denied = useWhyNot(projectId)('syncs.manage', atSource(sync))
  const [excluding, setExcluding] = useState<string>()
  const { data: states } = trpc.syncs.keys.useQuery(
    { destination: sync.destination, syncId: sync.id },
    { enabled: excludes && !ofSource },
  )
  const secretOf = (key: string): string | null =>
    ofSource ? key : (states?.find((state) => state.key === key)?.sourceKey ?? null)
  return (
    <>
      <ul className="grid gap-1">
        {keys.slice(0, FIRST).map(({ key, reason }) => {
          const secret = secretOf(key)
          return (
            <li key={key} className="flex flex-wrap items-baseline gap-x-2 gap-y-1.5 break-words">
              <span className="min-w-0">
                {secret !== null && environment && folder ? (
                  <Link
                    to="/p/$projectId/secrets/$environment"
                    params={{ projectId, environment: environment.slug }}
                    search={{ q: secret, ...(folder.path === '/' ? {} : { path: folder.path }) }}
                    className="font-mono font-semibold text-accent underline"
                    aria-label={words.troubledKeys.openSecretNamed(secret)}
                  >
                    {key}
                  </Link>
                ) : (
                  <span className="font-mono">{key}</span>
                )}
                : {reason}
              </span>
              {secret !== null && environment && folder && (
                <RouteButton
                  size="sm"
                  to="/p/$projectId/secrets/$environment"
                  params={{ projectId, environment: environment.slug }}
                  search={{ q: secret, history: secret, ...(folder.path === '/' ? {} : { path: folder.path }) }}
                  aria-label={words.troubledKeys.historyOf(secret)}
                >
                  {words.troubledKeys.history}
                </RouteButton>
              )}
              {excludes && secret !== null && (
                <Button
                  size="sm"
                  denied={denied}
                  aria-label={words.troubledKeys.excludeNamed(secret)}
                  onClick={() => setExcluding(secret)}
                >
                  {words.troubledKeys.exclude}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {keys.length > FIRST && <p>{words.troubledKeys.andMore(keys.length - FIRST)}</p>}
      {excluding !== undefined && (
        <ExcludeDialog sync={sync} secret={excluding} onClose={() => setExcluding(undefined)} />
      )}
    </>
  )
}
