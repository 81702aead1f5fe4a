/** The last part of the breadcrumb, which only the open page knows. */
import { useEffect, useSyncExternalStore } from 'react'

let crumb: string | undefined
const listeners = new Set<() => void>()
const set = (next: string | undefined) => {
  crumb = next
  for (const listener of listeners) listener()
}

/** Names the open page in the breadcrumb and the browser's title while it is mounted. */
export function usePageTitle(title: string, inBreadcrumb = true): void {
  useEffect(() => {
    document.title = `${title} · Keyferry`
    if (inBreadcrumb) set(title)
    return () => set(undefined)
  }, [title, inBreadcrumb])
}

export const useCrumb = (): string | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => crumb,
  )
