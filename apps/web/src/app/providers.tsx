import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Toaster } from 'sonner'
import { TooltipProvider } from '../components/ui/tooltip.tsx'
import { useTheme } from '../lib/theme.ts'
import { client, queryClient, trpc } from '../lib/trpc.ts'
import { router } from './router.tsx'

export function Providers() {
  const theme = useTheme()
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>
        <TooltipProvider delayDuration={300}>
          <RouterProvider router={router} />
          <Toaster theme={theme} position="bottom-right" closeButton toastOptions={{ style: { fontFamily: 'inherit' } }} />
        </TooltipProvider>
      </QueryClientProvider>
    </trpc.Provider>
  )
}
