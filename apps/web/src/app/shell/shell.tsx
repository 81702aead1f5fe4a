import { Outlet, useParams } from '@tanstack/react-router'
import { Fragment, useCallback, useEffect, useState } from 'react'
import { LeaveGuard } from '../../components/leaving/leave-guard.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import type { PauseSubject } from '../../features/syncs/pauses/use-pauses.ts'
import { applyDisplay } from '../../lib/display/display.ts'
import { isUnknown } from '../../lib/server/errors.ts'
import { useRememberPage } from '../../lib/pages/recent-pages.ts'
import { useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { ConnectionBar } from './connection-bar.tsx'
import { Live } from './live.tsx'
import { PageAnnouncer } from './page-announcer.tsx'
import { Palette } from '../palette/palette.tsx'
import { Rail } from './rail.tsx'
import { TopBar } from './top-bar.tsx'
import { TroubleWatch } from './trouble-watch.tsx'
import { useShortcuts } from './use-shortcuts.ts'
import { words } from '../words.ts'

const UnknownProject = onDemand(
  async () => (await import('../../features/projects/unknown-project.tsx')).UnknownProject,
)

const PauseDialog = onDemand(async () => (await import('../../features/syncs/pauses/pause-dialog.tsx')).PauseDialog)

const ShortcutSheet = onDemand(async () => (await import('./shortcut-sheet.tsx')).ShortcutSheet)

/** The frame of every page behind the sign-in: rail, top bar, command palette, live feed. */
export function Shell() {
  const { projectId: addressed } = useParams({ strict: false })
  const isMissing = useIsMissing(addressed)
  const projectId = isMissing ? undefined : addressed
  const [palette, setPalette] = useState(false)
  const [sheet, setSheet] = useState(false)
  const [pausing, setPausing] = useState<PauseSubject>()
  const { rights } = useRights(projectId ?? '')

  useDisplay()

  useRememberPage()
  const togglePalette = useCallback(() => setPalette((isOpen) => !isOpen), [])
  const openSheet = useCallback(() => setSheet(true), [])
  useShortcuts({ projectId, togglePalette, openSheet })

  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {words.shell.skipContent}
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r border-line bg-surface md:block">
        <Rail projectId={projectId} />
      </aside>
      <div className="min-w-0">
        <TopBar projectId={projectId} onSearch={() => setPalette(true)} />
        <ConnectionBar />
        <main id="main" tabIndex={-1} className="w-full px-4 py-6 outline-none md:px-8">
          {isMissing ? <UnknownProject /> : <Outlet />}
        </main>
      </div>
      <PageAnnouncer />
      <LeaveGuard />
      {projectId !== undefined && (
        <Fragment key={projectId}>
          <Live projectId={projectId} />
          <TroubleWatch projectId={projectId} />
        </Fragment>
      )}
      {palette && (
        <Palette projectId={projectId} onClose={() => setPalette(false)} onSheet={openSheet} onPause={setPausing} />
      )}
      {pausing && <PauseDialog subject={pausing} onClose={() => setPausing(undefined)} />}
      {sheet && <ShortcutSheet rights={rights} onClose={() => setSheet(false)} />}
    </div>
  )
}

/**
 * Whether the project of the address is none that its reader can know. It stays so while it is fetched again: the feed
 * of a missing project, opened meanwhile, would end at once, and that has the project fetched again.
 */
function useIsMissing(projectId: string | undefined): boolean {
  const { data, error } = trpc.projects.get.useQuery(
    { projectId: projectId ?? '' },
    { enabled: projectId !== undefined },
  )
  const [missing, setMissing] = useState<string>()
  const isMissing = projectId !== undefined && (isUnknown(error) || (missing === projectId && data === undefined))
  const seen = isMissing ? projectId : undefined
  if (seen !== missing) setMissing(seen)
  return isMissing
}

/** Shows times and tables as the person wants them, in whichever browser they chose it. */
function useDisplay(): void {
  const { data } = trpc.account.display.useQuery(undefined, { staleTime: Infinity })
  useEffect(() => {
    if (data) applyDisplay(data)
  }, [data])
}
