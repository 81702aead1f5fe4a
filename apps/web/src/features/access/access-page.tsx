import { useNavigate } from '@tanstack/react-router'
import { Failure } from '../../components/failure.tsx'
import { PageHeader } from '../../components/page.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { InstanceTab } from './instance-tab.tsx'
import { KeysTab } from './keys-tab.tsx'
import { MachinesTab } from './machines-tab.tsx'
import { MembersTab } from './members-tab.tsx'
import { useRights } from '../../lib/rights.ts'

const TABS = [
  { value: 'members', label: 'Members' },
  { value: 'machines', label: 'Machines' },
  { value: 'keys', label: 'API keys' },
  { value: 'instance', label: 'Instance' },
] as const

export interface View {
  tab?: string | undefined
  /** The open form: `add`, or the id of what is changed. */
  open?: string | undefined
}

export interface TabProps {
  projectId: string
  open: string | undefined
  onOpen: (open: string | undefined) => void
}

/** Who and what may use a project, and how much of it. */
export function AccessPage({ projectId, view }: { projectId: string; view: View }) {
  usePageTitle('Access', false)
  const navigate = useNavigate()
  const { rights, error, refetch } = useRights(projectId)
  const show = (search: View) =>
    void navigate({ to: '/p/$projectId/access', params: { projectId }, search, resetScroll: false })

  if (error) return <Failure what="What you may do here could not be read" error={error} retry={refetch} />
  if (!rights) return <SkeletonRows label="Loading access" />
  const tabs = TABS.filter(({ value }) => value !== 'instance' || rights.instanceAdmin)
  const tab = tabs.find(({ value }) => value === view.tab)?.value ?? 'members'
  const props = { projectId, open: view.open, onOpen: (open: string | undefined) => show({ tab: view.tab, open }) }
  return (
    <>
      <PageHeader title="Access" text="The people and machines that may use this project, and how much of it." />
      <Tabs label="Access" value={tab} onChange={(next) => show(next === 'members' ? {} : { tab: next })} tabs={tabs}>
        {tab === 'members' && <MembersTab {...props} rights={rights} />}
        {tab === 'machines' && <MachinesTab {...props} rights={rights} />}
        {tab === 'keys' && <KeysTab {...props} rights={rights} />}
        {tab === 'instance' && <InstanceTab {...props} />}
      </Tabs>
    </>
  )
}
