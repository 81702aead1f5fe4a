import type { ComponentType, ReactNode } from 'react'
import { reloadPage } from '../lib/loading/code.ts'
import { Failure } from './failure.tsx'
import { loadedLater } from './ui/loaded-later.tsx'
import { words } from './words.ts'

/**
 * A component whose code is loaded once the page is there: for forms that most visits never open. `meanwhile` stands in
 * its place, so that nothing jumps; when it can't be loaded, `fallback` does.
 */
export const onDemand = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
  fallback: ComponentType<{ error: unknown }> = NotLoaded,
) => loadedLater(load, meanwhile, fallback)

function NotLoaded({ error }: { error: unknown }) {
  return <Failure what={words.onDemand.unreadable} error={error} retry={reloadPage} />
}
