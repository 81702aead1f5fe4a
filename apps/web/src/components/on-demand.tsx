import type { ComponentType, ReactNode } from 'react'
import { reloadPage } from '../lib/loading/code.ts'
import { Failure } from './failure.tsx'
import { loadedLater, NotLoadedOver } from './ui/loaded-later.tsx'
import { words } from './words.ts'

/**
 * A component whose code is loaded once the page is there: for forms that most visits never open. `meanwhile` stands in
 * its place, so that nothing jumps, and so does what says that it can't be loaded. What has no `meanwhile` opens over
 * the page, often from a narrow cell of a table: then that opens over the page too.
 */
export const onDemand = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
) => loadedLater(load, meanwhile, meanwhile === null ? NotLoadedOver : NotLoaded)

function NotLoaded({ error }: { error: unknown }) {
  return <Failure what={words.onDemand.unreadable} error={error} retry={reloadPage} />
}
