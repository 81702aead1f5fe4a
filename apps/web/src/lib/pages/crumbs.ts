/** The name of the open page and the last part of the breadcrumb, which only that page knows. */
import { useEffect } from 'react'
import { createStore, useSelected } from '../store.ts'
import { setTabTitle } from './trouble-mark.ts'

const open = createStore<{ title?: string; crumb?: string | undefined }>({})

/** Names the open page in the browser's title and, unless `crumb` is false, in the breadcrumb, while it is mounted. */
export function usePageTitle(title: string, crumb: string | boolean = true): void {
  useEffect(() => {
    setTabTitle(`${title} · Keyferry`)
    open.set({ title, crumb: crumb === true ? title : crumb === false ? undefined : crumb })
    return () => open.set({})
  }, [title, crumb])
}

export const useCrumb = (): string | undefined => useSelected(open, ({ crumb }) => crumb)

/** Undefined while the next page is on its way. */
export const useOpenTitle = (): string | undefined => useSelected(open, ({ title }) => title)
