/** The last part of the breadcrumb, which only the open page knows. */
import { useEffect, useSyncExternalStore } from 'react'
import { setTabTitle } from './trouble-mark.ts'

let crumb: string | undefined
const listeners = new Set<() => void>()
const set = (next: string | undefined) => {
  crumb = next
  for (const listener of listeners) listener()
}

/** Names the open page in the browser's title and, unless `crumb` is false, in the breadcrumb, while it is mounted. */
export function usePageTitle(title: string, crumb: string | boolean = true): void {
  useEffect(() => {
    setTabTitle(`${title} · Keyferry`)
    if (crumb !== false) set(crumb === true ? title : crumb)
    return () => set(undefined)
  }, [title, crumb])
}

export const useCrumb = (): string | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => crumb,
  )
