import { lazy, Suspense, useEffect, useState, type ComponentType, type ReactNode } from 'react'
import { code, reloadPage } from '../../lib/loading/code.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { Boundary } from './boundary.tsx'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'
import { words } from './words.ts'

/**
 * A component whose code is loaded once what is around it is drawn, so that the page it is part of has not to wait for
 * it. `meanwhile` stands in its place; when it can't be loaded, `fallback` does.
 */
export function loadedLater<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
  fallback: ComponentType<{ error: unknown }> = NotLoadedOver,
) {
  let isLoaded = false
  const loaded = code(async () => {
    const component = await load()
    isLoaded = true
    return component
  })
  const Loaded = lazy(async () => ({ default: await loaded() }))
  return function LoadedLater(props: Props) {
    const [mayLoad, setMayLoad] = useState(isLoaded)
    // In a task of its own: an effect may run before what was just drawn is seen.
    useEffect(() => {
      const timer = setTimeout(() => setMayLoad(true))
      return () => clearTimeout(timer)
    }, [])
    if (!mayLoad) return meanwhile
    return (
      <Boundary fallback={fallback}>
        <Suspense fallback={meanwhile}>
          <Loaded {...props} />
        </Suspense>
      </Boundary>
    )
  }
}

/** For what would open over the page, above a message for which the code is missing too. */
export function NotLoadedOver({ error }: { error: unknown }) {
  const [problem, setProblem] = useState(error)
  return (
    <div className="fixed bottom-30 left-1/2 z-45 w-[calc(100%-2rem)] max-w-xl -translate-x-1/2 rounded-lg bg-surface text-left shadow-float">
      <Notice
        kind="bad"
        title={words.loadedLater.failed}
        action={
          <Button size="sm" onClick={() => void reloadPage().catch(setProblem)}>
            {words.loadedLater.tryAgain}
          </Button>
        }
      >
        {messageOf(problem)}
      </Notice>
    </div>
  )
}
