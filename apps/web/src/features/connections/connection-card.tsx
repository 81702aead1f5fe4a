import { Crosshair, Ellipsis, FolderLock, KeyRound, Pencil, Trash2 } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { Confirm } from '../../components/confirm.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Menu, MenuItem, MenuLine } from '../../components/ui/menu.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { messageOf } from '../../lib/errors.ts'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/plain-http.ts'
import { useWhyNot } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Connection, Destination } from '../../lib/types.ts'
import { AllowedProjects } from './allowed-projects.tsx'
import { AllowedTargets } from './allowed-targets.tsx'
import { words } from './words.ts'

const EditDetails = onDemand(async () => (await import('./edit-details.tsx')).EditDetails)
const ConnectionForm = onDemand(async () => (await import('../../components/connection-form.tsx')).ConnectionForm)

export function ConnectionCard({
  projectId,
  connection,
  destinations,
}: {
  projectId: string
  connection: Connection
  /** Those that use connections of this kind. */
  destinations: readonly Destination[]
}) {
  const [destination] = destinations
  const [dialog, setDialog] = useState<'details' | 'replace' | 'projects' | 'targets' | 'delete'>()
  const close = () => setDialog(undefined)
  const remove = trpc.connections.delete.useMutation()
  const check = trpc.connections.check.useMutation({
    onSuccess: ({ name, problem }) => {
      if (problem === null) toast.success(words.connectionCard.works(name))
    },
    onError: (error) => toast.error(`${connection.name}: ${messageOf(error)}`),
    onSettled: () => markStale('connections.check'),
  })
  // A connection of no project is everybody's, and its instance admins' to change.
  const owner = connection.projectId
  const denied = useWhyNot(projectId)(
    'connections.manage',
    owner === null ? { kind: 'organization' } : { kind: 'project', projectId: owner },
  )
  const { name, destination: app, account, usedBy, checkedAt, problem } = connection
  const health =
    problem === null
      ? checkedAt === null
        ? words.connectionCard.notChecked
        : words.connectionCard.connected
      : words.connectionCard.error

  const deleteConnection = async () => {
    await remove.mutateAsync({ destination: app, connectionId: connection.id })
    await markStale('connections.delete')
  }
  return (
    <Card className="grid gap-3 p-4">
      <div className="flex items-start gap-3">
        <VendorIcon svg={destination?.icon ?? ''} size={24} />
        <div className="grid min-w-0 flex-1 gap-0.5">
          <h2 className="text-base font-semibold break-words">{name}</h2>
          <p className="text-sm break-words text-soft">
            {destination?.connection.title ?? app}
            {account !== null && ` · ${account}`}
          </p>
          {connection.description !== null && connection.description !== '' && (
            <p className="text-sm break-words">{connection.description}</p>
          )}
        </div>
        <Badge tone={problem !== null ? 'bad' : checkedAt === null ? 'neutral' : 'good'}>{health}</Badge>
      </div>
      {problem !== null && (
        <Notice kind="bad" title={words.connectionCard.problem}>
          {problem}
        </Notice>
      )}
      {Object.values(connection.credentials).some(isPlainHttp) && <Notice kind="warn">{PLAIN_HTTP}</Notice>}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3 text-sm text-soft">
        {usedBy === 0 ? (
          <span>{words.connectionCard.usedByNoSync}</span>
        ) : (
          <Link
            to="/p/$projectId/syncs"
            params={{ projectId }}
            search={{ q: name }}
            className="text-accent hover:underline"
          >
            {words.connectionCard.usedBy(usedBy)}
          </Link>
        )}
        <span>{projectsOf(connection)}</span>
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
          <Button
            size="sm"
            busy={check.isPending}
            aria-label={words.connectionCard.testNamed(name)}
            onClick={() => check.mutate({ connectionId: connection.id })}
          >
            {words.connectionCard.test}
          </Button>
          <Menu
            trigger={
              <Button size="icon" variant="ghost" aria-label={words.connectionCard.moreForNamed(name)} denied={denied}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            <MenuItem onSelect={() => setDialog('details')}>
              <Pencil aria-hidden className="size-4" /> {words.connectionCard.editDetails}
            </MenuItem>
            <MenuItem onSelect={() => setDialog('replace')}>
              <KeyRound aria-hidden className="size-4" /> {words.connectionCard.replaceCredential}
            </MenuItem>
            {owner === null && (
              <>
                <MenuItem onSelect={() => setDialog('projects')}>
                  <FolderLock aria-hidden className="size-4" /> {words.connectionCard.projects}
                </MenuItem>
                <MenuItem onSelect={() => setDialog('targets')}>
                  <Crosshair aria-hidden className="size-4" /> {words.connectionCard.allowedTargets}
                </MenuItem>
              </>
            )}
            <MenuLine />
            <MenuItem danger onSelect={() => setDialog('delete')}>
              <Trash2 aria-hidden className="size-4" /> {words.connectionCard.delete}
            </MenuItem>
          </Menu>
        </span>
      </div>
      {dialog === 'details' && <EditDetails connection={connection} onClose={close} />}
      {dialog === 'replace' && destination && (
        <Dialog
          open
          onClose={close}
          title={words.connectionCard.replaceTitle(name)}
          description={words.connectionCard.replaceText}
        >
          <ConnectionForm
            destination={destination}
            projectId={projectId}
            existing={connection}
            onCancel={close}
            onDone={() => {
              toast.success(words.connectionCard.replaced(name))
              close()
            }}
          />
        </Dialog>
      )}
      {dialog === 'projects' && <AllowedProjects connection={connection} onClose={close} />}
      {dialog === 'targets' && <AllowedTargets connection={connection} destinations={destinations} onClose={close} />}
      {dialog === 'delete' && (
        <Confirm
          title={words.connectionCard.deleteTitle(name)}
          label={words.connectionCard.deleteConnection}
          onConfirm={deleteConnection}
          onClose={close}
        >
          <p>
            {words.connectionCard.deleteText} {destination?.connection.title ?? app}.
            {usedBy > 0 && words.connectionCard.stillUsed(usedBy)}
          </p>
        </Confirm>
      )}
    </Card>
  )
}

/** The projects that may use it, in words. */
function projectsOf({ projectId, project, allowedProjects }: Connection): string {
  if (projectId !== null) return words.connectionCard.only(project?.name ?? words.connectionCard.oneProject)
  return allowedProjects === null
    ? words.connectionCard.forAllProjects
    : words.connectionCard.for(allowedProjects.length)
}
