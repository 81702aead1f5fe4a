/** The name of the open page and the last part of the breadcrumb, which only that page knows. */
import { useEffect, useSyncExternalStore } from 'react'
import { setTabTitle } from './trouble-mark.ts'

let open: { title?: string; crumb?: string | undefined } = {}
const listeners = new Set<() => void>()
const set = (next: typeof open) => {
  open = next
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Names the open page in the browser's title and, unless `crumb` is false, in the breadcrumb, while it is mounted. */
export function usePageTitle(title: string, crumb: string | boolean = true): void {
  useEffect(() => {
    setTabTitle(`${title} · Keyferry`)
    set({ title, crumb: crumb === true ? title : crumb === false ? undefined : crumb })
    return () => set({})
  }, [title, crumb])
}

export const useCrumb = (): string | undefined => useSyncExternalStore(subscribe, () => open.crumb)

/** Undefined while the next page is on its way. */
export const useOpenTitle = (): string | undefined => useSyncExternalStore(subscribe, () => open.title)
