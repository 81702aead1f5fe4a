import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { TooltipProvider } from '../components/ui/tooltip.tsx'
import { statusOf } from '../lib/errors.ts'
import { useToastsWanted } from '../lib/toast.ts'
import { client, queryClient, trpc } from '../lib/trpc.ts'
import { router } from './router.tsx'

const Toasts = lazy(() => import('./toasts.tsx').then(({ Toasts }) => ({ default: Toasts })))

export function Providers() {
  const toasts = useToastsWanted()
  // A session that ends while a page is open is noticed by whatever is asked next.
  useEffect(
    () =>
      queryClient.getQueryCache().subscribe(({ type, query }) => {
        const { pathname, href } = router.state.location
        if (type !== 'updated' || statusOf(query.state.error) !== 401 || pathname.startsWith('/sign-in')) return
        void router.navigate({ to: '/sign-in', search: { next: href } })
      }),
    [],
  )
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>
        <TooltipProvider delayDuration={300}>
          <RouterProvider router={router} />
          {toasts && (
            <Suspense>
              <Toasts />
            </Suspense>
          )}
        </TooltipProvider>
      </QueryClientProvider>
    </trpc.Provider>
  )
}
