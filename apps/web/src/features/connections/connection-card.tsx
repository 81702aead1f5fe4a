import { Link } from '@tanstack/react-router'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/forms/plain-http.ts'
import { allowedNames } from './allowed-names.ts'
import { ConnectionHealth } from './connection-health.tsx'
import { ConnectionLink } from './connection-link.tsx'
import { ConnectionMenu } from './connection-menu.tsx'
import { useConnection, type ConnectionProps } from './use-connection.tsx'
import { words } from './words.ts'

/** A connection in a list: which account, how it is, and what uses it. */
export function ConnectionCard(props: ConnectionProps) {
  const { projectId, connection, destinations } = props
  const [destination] = destinations
  const { projects, check, busy, denied, open, dialogs } = useConnection(props)
  const { id, name, destination: app, account, usedBy, checkedAt, problem } = connection
  return (
    <Card className="grid gap-3 p-4">
      <div className="flex items-start gap-3">
        <VendorIcon svg={destination?.icon ?? ''} size={24} />
        <div className="grid min-w-0 flex-1 gap-0.5">
          <h2 className="text-base font-semibold break-words">
            <ConnectionLink projectId={projectId} connectionId={id} className="hover:text-accent hover:underline">
              {name}
            </ConnectionLink>
          </h2>
          <p className="text-sm break-words text-soft">
            {destination?.connection.title ?? app}
            {account !== null && ` · ${account}`}
          </p>
          {connection.description !== null && connection.description !== '' && (
            <p className="text-sm break-words">{connection.description}</p>
          )}
        </div>
        <ConnectionHealth connection={connection} />
      </div>
      {problem !== null && (
        <Notice
          kind="bad"
          title={words.connectionCard.problem}
          action={
            <Button
              size="sm"
              variant="primary"
              denied={denied}
              aria-label={words.connectionCard.replaceNamed(name)}
              onClick={() => open('replace')}
            >
              {words.connectionCard.replaceCredential}
            </Button>
          }
        >
          {problem}
        </Notice>
      )}
      {Object.values(connection.credentials).some(isPlainHttp) && <Notice kind="warn">{PLAIN_HTTP}</Notice>}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3 text-sm text-soft">
        {usedBy === 0 ? (
          <span>
            {words.connectionCard.usedByNoSync}
            {projectId !== undefined && (
              <>
                {' · '}
                <Link
                  to="/p/$projectId/syncs/new"
                  params={{ projectId }}
                  search={destination && destinations.length === 1 ? { destination: destination.name } : {}}
                  aria-label={words.connectionCard.addSyncNamed(name)}
                  className="text-accent hover:underline"
                >
                  {words.connectionCard.addSync}
                </Link>
              </>
            )}
          </span>
        ) : (
          <ConnectionLink projectId={projectId} connectionId={id} className="text-accent hover:underline">
            <span className="sr-only">{name} </span>
            {words.connectionCard.usedBy(usedBy)}
          </ConnectionLink>
        )}
        <span className="wrap-anywhere">{allowedNames(connection, projects)}</span>
        <span>
          {checkedAt === null ? (
            words.connectionCard.neverChecked
          ) : (
            <>
              {words.connectionCard.checked} <Time iso={checkedAt} />
            </>
          )}
        </span>
        <span className="ml-auto flex gap-1.5">
          <Button size="sm" busy={busy} aria-label={words.connectionCard.testNamed(name)} onClick={check}>
            {words.connectionCard.test}
          </Button>
          <ConnectionMenu connection={connection} denied={denied} open={open} />
        </span>
      </div>
      {dialogs}
    </Card>
  )
}
