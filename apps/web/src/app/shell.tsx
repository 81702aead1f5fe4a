import { Outlet, useParams } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { NotLoadedOver, onDemand } from '../components/on-demand.tsx'
import { rememberFocus } from '../lib/focus-back.ts'
import { useRememberPage } from '../lib/recent-pages.ts'
import { useRights } from '../lib/rights.ts'
import { ConnectionBar } from './connection-bar.tsx'
import { Live } from './live.tsx'
import { Rail } from './rail.tsx'
import { TopBar } from './top-bar.tsx'
import { TroubleWatch } from './trouble-watch.tsx'
import { useShortcuts } from './use-shortcuts.ts'
import { words } from './words.ts'

const CommandPalette = onDemand(async () => (await import('./command-palette.tsx')).CommandPalette, null, NotLoadedOver)

const ShortcutSheet = onDemand(async () => (await import('./shortcut-sheet.tsx')).ShortcutSheet, null, NotLoadedOver)

/** The frame of every page behind the sign-in: rail, top bar, command palette, live feed. */
export function Shell() {
  const { projectId } = useParams({ strict: false })
  const [palette, setPalette] = useState(false)
  const [sheet, setSheet] = useState(false)
  const { rights } = useRights(projectId ?? '')

  useEffect(rememberFocus, [])

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
          <Outlet />
        </main>
      </div>
      {projectId !== undefined && <Live key={projectId} projectId={projectId} />}
      {projectId !== undefined && <TroubleWatch key={projectId} projectId={projectId} />}
      {palette && <CommandPalette projectId={projectId} onClose={() => setPalette(false)} onSheet={openSheet} />}
      {sheet && <ShortcutSheet rights={rights} onClose={() => setSheet(false)} />}
    </div>
  )
}
