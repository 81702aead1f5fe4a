import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { Boundary } from '../components/ui/boundary.tsx'
import { TooltipLayer } from '../components/ui/tooltip.tsx'
import { statusOf } from '../lib/server/errors.ts'
import { code } from '../lib/loading/code.ts'
import { keepFocus } from '../lib/focus/focus-back.ts'
import { checkSession } from '../lib/session/session.ts'
import { useToastsWanted } from '../lib/toast.ts'
import { client, queryClient, trpc } from '../lib/server/trpc.ts'
import { hasTyped } from '../lib/focus/typed.ts'
import { PlainToasts } from './plain-toasts.tsx'
import { router } from './router.tsx'

const toasts = code(async () => (await import('./toasts.tsx')).Toasts)
const Toasts = lazy(async () => ({ default: await toasts() }))

export function Providers() {
  const hasToasts = useToastsWanted()
  useEffect(watchSession, [])
  useEffect(keepFocus, [])
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <TooltipLayer />
        {hasToasts && (
          <Boundary fallback={PlainToasts}>
            <Suspense>
              <Toasts />
            </Suspense>
          </Boundary>
        )}
      </QueryClientProvider>
    </trpc.Provider>
  )
}

/** A session that ends while a page is open is noticed by whatever is requested next. */
function watchSession(): () => void {
  const stopQueries = queryClient.getQueryCache().subscribe((event) => {
    // A refusal from before somebody signed in stays with its query until that is fetched again.
    if (event.type !== 'updated' || event.action.type !== 'error' || statusOf(event.action.error) !== 401) return
    const { pathname, href } = router.state.location
    if (pathname.startsWith('/sign-in')) return
    if (hasTyped()) void checkSession()
    else void router.navigate({ to: '/sign-in', search: { next: href } })
  })
  const stopMutations = queryClient.getMutationCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'error' || statusOf(event.action.error) !== 401) return
    if (hasTyped()) void checkSession()
  })
  return () => {
    stopQueries()
    stopMutations()
  }
}
