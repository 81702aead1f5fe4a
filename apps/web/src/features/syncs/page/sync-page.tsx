import { useNavigate } from '@tanstack/react-router'
import { AccessDenied } from '../../../components/pages/access-denied.tsx'
import { Failure } from '../../../components/failure.tsx'
import { onDemand } from '../../../components/on-demand.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { Tabs } from '../../../components/ui/tabs.tsx'
import { usePageTitle } from '../../../lib/pages/crumbs.ts'
import { isUnknown } from '../../../lib/server/errors.ts'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { KeysTab } from '../keys/keys-tab.tsx'
import { SyncBanner } from './sync-banner.tsx'
import { SyncHeader } from './sync-header.tsx'
import { words } from '../words.ts'

const DangerTab = onDemand(async () => (await import('../../sync-settings/danger-tab.tsx')).DangerTab)
const PlanTab = onDemand(async () => (await import('../plan/plan-tab.tsx')).PlanTab)
const RestoreRun = onDemand(async () => (await import('../runs/restore-run.tsx')).RestoreRun)
const RunsTab = onDemand(async () => (await import('../runs/runs-tab.tsx')).RunsTab)
const SettingsFacts = onDemand(async () => (await import('../../sync-settings/settings-facts.tsx')).SettingsFacts)
const SettingsTab = onDemand(async () => (await import('../../sync-settings/settings-tab.tsx')).SettingsTab)

const TABS = [
  { value: 'keys', label: words.syncPage.keys },
  { value: 'plan', label: words.syncPage.plan },
  { value: 'runs', label: words.syncPage.runs },
  { value: 'settings', label: words.syncPage.settings },
  { value: 'danger', label: words.syncPage.danger },
] as const

export interface View {
  tab?: string | undefined
  /** The open run. */
  run?: string | undefined
  /** The run to go back to. */
  restore?: string | undefined
  filter?: string | undefined
}

interface Props {
  projectId: string
  destination: string
  syncId: string
  view: View
}

export function SyncPage({ projectId, destination, syncId, view }: Props) {
  const navigate = useNavigate()
  const { data: sync, error, refetch } = trpc.syncs.get.useQuery({ destination, syncId })
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const whyNot = useWhyNot(projectId)
  usePageTitle(sync?.name ?? words.syncPage.sync)
  const show = (next: View) =>
    void navigate({
      to: '/p/$projectId/syncs/$destination/$syncId',
      params: { projectId, destination, syncId },
      search: next,
      resetScroll: false,
    })

  // The server answers the same for both, so that nobody learns from it what there is.
  if (isUnknown(error) || (sync && sync.projectId !== projectId)) {
    const why = words.syncPage.unknownText
    return <AccessDenied projectId={projectId} page={words.syncPage.sync} title={words.syncPage.unknown} why={why} />
  }
  if (error) return <Failure what={words.syncPage.unreadable} error={error} retry={refetch} />
  if (!sync) return <SkeletonRows label={words.syncPage.loading} rows={5} />
  const about = destinations.data?.find(({ name }) => name === destination)
  const denied = whyNot('syncs.manage', atSource(sync))
  const tab = TABS.find(({ value }) => value === view.tab)?.value ?? 'keys'
  return (
    <div className="grid gap-5">
      <SyncHeader sync={sync} destination={about} />
      <SyncBanner sync={sync} />
      <Tabs
        label={words.syncPage.sync}
        value={tab}
        onChange={(next) => show({ tab: next === 'keys' ? undefined : next })}
        tabs={TABS}
      >
        {tab === 'keys' && (
          <KeysTab
            sync={sync}
            onlyTrouble={view.filter === 'not-in-sync'}
            onFilter={(on) => show({ filter: on ? 'not-in-sync' : undefined })}
          />
        )}
        {tab === 'plan' && <PlanTab sync={sync} />}
        {tab === 'runs' &&
          (view.restore === undefined ? (
            <RunsTab
              sync={sync}
              open={view.run}
              onOpen={(run) => show({ tab: 'runs', run })}
              onRestore={(restore) => show({ tab: 'runs', restore })}
            />
          ) : (
            <RestoreRun
              key={view.restore}
              sync={sync}
              runId={view.restore}
              onClose={() => show({ tab: 'runs', run: view.restore })}
            />
          ))}
        {tab === 'settings' &&
          (denied === undefined ? (
            <SettingsTab sync={sync} destination={about} />
          ) : (
            <SettingsFacts sync={sync} destination={about} denied={denied} />
          ))}
        {tab === 'danger' && <DangerTab sync={sync} destination={about} />}
      </Tabs>
    </div>
  )
}
