import { lazy, Suspense, type ComponentType, type ReactNode } from 'react'

/**
 * A component whose code is loaded when it is first shown: for forms that most visits never open. `meanwhile` stands in
 * its place, so that nothing jumps.
 */
export function onDemand<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null) {
  const Loaded = lazy(async () => ({ default: await load() }))
  return function OnDemand(props: Props) {
    return (
      <Suspense fallback={meanwhile}>
        <Loaded {...props} />
      </Suspense>
    )
  }
}
