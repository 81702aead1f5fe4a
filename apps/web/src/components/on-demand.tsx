import { lazy, Suspense, type ComponentType, type ReactNode } from 'react'
import { code, reloadPage } from '../lib/code.ts'
import { Boundary } from './boundary.tsx'
import { Failure } from './failure.tsx'

/**
 * A component whose code is loaded once the page is there: for forms that most visits never open. `meanwhile` stands in
 * its place, so that nothing jumps; when it can't be loaded, a notice does.
 */
export function onDemand<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null) {
  const loaded = code(load)
  const Loaded = lazy(async () => ({ default: await loaded() }))
  return function OnDemand(props: Props) {
    return (
      <Boundary fallback={NotLoaded}>
        <Suspense fallback={meanwhile}>
          <Loaded {...props} />
        </Suspense>
      </Boundary>
    )
  }
}

const NotLoaded = ({ error }: { error: unknown }) => (
  <Failure what="This part could not be loaded" error={error} retry={reloadPage} />
)
