import { Outlet, useParams } from '@tanstack/react-router'
import { WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { onDemand } from '../components/on-demand.tsx'
import { rememberFocus } from '../lib/focus-back.ts'
import { useConnected } from '../lib/live.ts'
import { Live } from './live.tsx'
import { Rail } from './rail.tsx'
import { TopBar } from './top-bar.tsx'
import { TroubleWatch } from './trouble-watch.tsx'

const CommandPalette = onDemand(async () => (await import('./command-palette.tsx')).CommandPalette)

/** The frame of every page behind the sign-in: rail, top bar, command palette, live feed. */
export function Shell() {
  const { projectId } = useParams({ strict: false })
  const [palette, setPalette] = useState(false)
  const connected = useConnected()

  useEffect(rememberFocus, [])

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      setPalette((open) => !open)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r border-line bg-surface md:block">
        <Rail projectId={projectId} />
      </aside>
      <div className="min-w-0">
        <TopBar projectId={projectId} onSearch={() => setPalette(true)} />
        {!connected && projectId !== undefined && (
          <p
            role="status"
            className="flex items-center gap-2 border-b border-warn/40 bg-warn-tint px-4 py-2 text-sm text-warn md:px-8"
          >
            <WifiOff aria-hidden className="size-4" /> Connection lost. Reconnecting…
          </p>
        )}
        <main id="main" tabIndex={-1} className="w-full max-w-[96rem] px-4 py-6 outline-none md:px-8">
          <Outlet />
        </main>
      </div>
      {projectId !== undefined && <Live key={projectId} projectId={projectId} />}
      {projectId !== undefined && <TroubleWatch key={projectId} projectId={projectId} />}
      {palette && <CommandPalette projectId={projectId} onClose={() => setPalette(false)} />}
    </div>
  )
}
