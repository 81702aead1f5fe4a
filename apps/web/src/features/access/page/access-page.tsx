import { useNavigate } from '@tanstack/react-router'
import { Failure } from '../../../components/failure.tsx'
import { PageHeader } from '../../../components/pages/page.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { Tabs } from '../../../components/ui/tabs.tsx'
import { usePageTitle } from '../../../lib/pages/crumbs.ts'
import { InstanceTab } from '../people/instance-tab.tsx'
import { KeysTab } from '../keys/keys-tab.tsx'
import { MachinesTab } from '../machines/machines-tab.tsx'
import { MembersTab } from '../members/members-tab.tsx'
import { useRights } from '../../../lib/session/rights.ts'
import { words } from '../words.ts'

const TABS = [
  { value: 'members', label: words.accessPage.members },
  { value: 'machines', label: words.accessPage.machines },
  { value: 'keys', label: words.accessPage.apiKeys },
  { value: 'instance', label: words.accessPage.instance },
] as const

export interface View {
  tab?: string | undefined
  /** The open form: `add`, or the id of what is changed. */
  open?: string | undefined
  /** What the list is narrowed to. */
  q?: string | undefined
}

export interface TabProps {
  projectId: string
  open: string | undefined
  onOpen: (open: string | undefined) => void
  q: string
  onSearch: (q: string) => void
}

/** Who and what may use a project, and how much of it. */
export function AccessPage({ projectId, view }: { projectId: string; view: View }) {
  usePageTitle(words.accessPage.access, false)
  const navigate = useNavigate()
  const { rights, error, refetch } = useRights(projectId)
  const show = (search: View, replace = false) =>
    void navigate({ to: '/p/$projectId/access', params: { projectId }, search, resetScroll: false, replace })

  if (error) return <Failure what={words.accessPage.unreadable} error={error} retry={refetch} />
  if (!rights) return <SkeletonRows label={words.accessPage.loading} />
  const tabs = TABS.filter(({ value }) => value !== 'instance' || rights.instanceAdmin)
  const tab = tabs.find(({ value }) => value === view.tab)?.value ?? 'members'
  const props: TabProps = {
    projectId,
    open: view.open,
    onOpen: (open) => show({ ...view, open }),
    q: view.q ?? '',
    onSearch: (q) => show({ ...view, q: q || undefined }, true),
  }
  return (
    <>
      <PageHeader title={words.accessPage.access} text={words.accessPage.text} />
      <Tabs
        label={words.accessPage.access}
        value={tab}
        onChange={(next) => show(next === 'members' ? {} : { tab: next })}
        tabs={tabs}
      >
        {tab === 'members' && <MembersTab {...props} rights={rights} />}
        {tab === 'machines' && <MachinesTab {...props} rights={rights} />}
        {tab === 'keys' && <KeysTab {...props} rights={rights} />}
        {tab === 'instance' && <InstanceTab {...props} />}
      </Tabs>
    </>
  )
}
