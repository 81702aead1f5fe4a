/** Whether something on the screen is older than it should be, because fetching it again failed. */
import { useSyncExternalStore } from 'react'
import { queryClient } from './trpc.ts'

const cache = queryClient.getQueryCache()

export const useIsBehind = (): boolean =>
  useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () => cache.findAll({ type: 'active' }).some((query) => queryClient.isBehind(query)),
  )
