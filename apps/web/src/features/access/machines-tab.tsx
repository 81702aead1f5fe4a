import { count } from '@keyferry/schemas/count'
import { Link } from '@tanstack/react-router'
import { Bot } from 'lucide-react'
import { Failure } from '../../components/failure.tsx'
import { Empty } from '../../components/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Drawer } from '../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { TabProps } from './access-page.tsx'
import { AddMachine, EditMember } from './forms.tsx'
import { MemberRow } from './member-row.tsx'
import { MemberTable } from './member-table.tsx'
import { NotYours } from './not-yours.tsx'
import type { Rights } from '../../lib/rights.ts'

/** Machine identities of the project: what signs in with a client id and secret. */
export function MachinesTab({ projectId, open, onOpen, rights }: TabProps & { rights: Rights }) {
  const machines = trpc.members.identities.useQuery({ projectId }, { enabled: rights.may('members.manage') })
  if (!rights.may('members.manage')) {
    return (
      <NotYours rights={rights}>
        Ask one of them to let a machine in. For a script of your own, an API key is enough: see API keys.
      </NotYours>
    )
  }
  if (machines.error)
    return <Failure what="The machines could not be read" error={machines.error} retry={machines.refetch} />
  if (!machines.data) return <SkeletonRows label="Loading machines" rows={3} />
  const edited = machines.data.find(({ id }) => id === open)
  const close = () => onOpen(undefined)
  const add = (
    <Button variant="primary" onClick={() => onOpen('add')}>
      <Bot aria-hidden className="size-4" /> Add machine
    </Button>
  )
  return (
    <div className="grid gap-3">
      {machines.data.length === 0 ? (
        <Empty title="No machines yet" action={add}>
          A machine is a service or a pipeline that signs in with a client id and a client secret, and gets short-lived
          tokens. Limit it by role, environment and path.
        </Empty>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-base text-soft">{count(machines.data.length, 'machine')}.</p>
            {add}
          </div>
          <MemberTable label="Machines" who="Machine">
            {machines.data.map((machine) => (
              <MemberRow
                key={machine.id}
                member={machine}
                name={
                  rights.instanceAdmin && (
                    <Link
                      to="/p/$projectId/access/machines/$identityId"
                      params={{ projectId, identityId: machine.principalId }}
                      className="rounded text-accent underline underline-offset-2"
                    >
                      {machine.name}
                    </Link>
                  )
                }
                onEdit={() => onOpen(machine.id)}
              />
            ))}
          </MemberTable>
        </>
      )}
      {!rights.instanceAdmin && (
        <p className="text-sm text-soft">
          Instance admins make machines, their client secrets, and say how long tokens live.
        </p>
      )}
      <Drawer
        open={open === 'add'}
        onClose={close}
        title="Add a machine"
        description="It may do what you say here, and nothing else."
      >
        <AddMachine projectId={projectId} rights={rights} present={machines.data} onDone={close} />
      </Drawer>
      <Drawer open={edited !== undefined} onClose={close} title={`Change ${edited?.name ?? 'a machine'}`}>
        {edited && <EditMember member={edited} onDone={close} />}
      </Drawer>
    </div>
  )
}
