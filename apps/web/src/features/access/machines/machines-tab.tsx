import { Link } from '@tanstack/react-router'
import { Bot } from 'lucide-react'
import { Failure } from '../../../components/failure.tsx'
import { Empty } from '../../../components/pages/page.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Drawer } from '../../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { VirtualRows } from '../../../components/rows/virtual-rows.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { TabProps } from '../page/access-page.tsx'
import { AddMachine, EditMember } from '../forms.tsx'
import { MemberRow } from '../members/member-row.tsx'
import { MemberTable } from '../members/member-table.tsx'
import { NarrowedList } from '../narrowed-list.tsx'
import { NotYours } from '../not-yours.tsx'
import type { Rights } from '../../../lib/session/rights.ts'
import { words } from '../words.ts'

/** Machine identities of the project: what signs in with a client id and secret. */
export function MachinesTab({ projectId, open, onOpen, q, onSearch, rights }: TabProps & { rights: Rights }) {
  const machines = trpc.members.identities.useQuery({ projectId }, { enabled: rights.may('members.manage') })
  if (!rights.may('members.manage')) {
    return <NotYours rights={rights}>{words.machinesTab.denied}</NotYours>
  }
  if (machines.error)
    return <Failure what={words.machinesTab.unreadable} error={machines.error} retry={machines.refetch} />
  if (!machines.data) return <SkeletonRows label={words.machinesTab.loading} rows={3} />
  const edited = machines.data.find(({ id }) => id === open)
  const close = () => onOpen(undefined)
  const add = (
    <Button variant="primary" onClick={() => onOpen('add')}>
      <Bot aria-hidden className="size-4" /> {words.machinesTab.addMachine}
    </Button>
  )
  return (
    <div className="grid gap-3">
      {machines.data.length === 0 ? (
        <Empty title={words.machinesTab.empty} action={add}>
          {words.machinesTab.emptyText}
        </Empty>
      ) : (
        <NarrowedList
          rows={machines.data}
          textOf={({ name }) => name}
          q={q}
          onSearch={onSearch}
          label={words.machinesTab.search}
          text={`${words.machinesTab.machines(machines.data.length)}.`}
          add={add}
        >
          {(shown) => (
            <MemberTable label={words.machinesTab.label} who={words.machinesTab.machine}>
              <VirtualRows
                rows={shown}
                idOf={({ id }) => id}
                height={49}
                render={(machine, virtual) => (
                  <MemberRow
                    key={machine.id}
                    {...virtual}
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
                )}
              />
            </MemberTable>
          )}
        </NarrowedList>
      )}
      {!rights.instanceAdmin && <p className="text-sm text-soft">{words.machinesTab.adminsText}</p>}
      <Drawer
        open={open === 'add'}
        onClose={close}
        title={words.machinesTab.addTitle}
        description={words.machinesTab.addText}
      >
        <AddMachine projectId={projectId} rights={rights} present={machines.data} onDone={close} />
      </Drawer>
      <Drawer
        open={edited !== undefined}
        onClose={close}
        title={words.machinesTab.change(edited?.name ?? words.machinesTab.aMachine)}
      >
        {edited && <EditMember member={edited} onDone={close} />}
      </Drawer>
    </div>
  )
}
