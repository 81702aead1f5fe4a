import { lazy, Suspense, type ComponentType, type ReactNode } from 'react'
import { code, reloadPage } from '../lib/code.ts'
import { Boundary } from './boundary.tsx'
import { Failure } from './failure.tsx'
import { words } from './words.ts'

/**
 * A component whose code is loaded once the page is there: for forms that most visits never open. `meanwhile` stands in
 * its place, so that nothing jumps; when it can't be loaded, `fallback` does.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
  fallback: ComponentType<{ error: unknown }> = NotLoaded,
) {
  const loaded = code(load)
  const Loaded = lazy(async () => ({ default: await loaded() }))
  return function OnDemand(props: Props) {
    return (
      <Boundary fallback={fallback}>
        <Suspense fallback={meanwhile}>
          <Loaded {...props} />
        </Suspense>
      </Boundary>
    )
  }
}

function NotLoaded({ error }: { error: unknown }) {
  return <Failure what={words.onDemand.unreadable} error={error} retry={reloadPage} />
}

/** For what would open over the page. */
export function NotLoadedOver({ error }: { error: unknown }) {
  return (
    <div className="fixed bottom-4 left-1/2 z-45 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 rounded-lg bg-surface shadow-float">
      <NotLoaded error={error} />
    </div>
  )
}
