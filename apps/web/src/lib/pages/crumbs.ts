/** The name of the open page and the last part of the breadcrumb, which only that page knows. */
import { useMatch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { createStore, useSelected } from '../store.ts'
import { setTabTitle } from './trouble-mark.ts'

const open = createStore<{ title?: string; crumb?: string | undefined; path?: string | undefined }>({})

/** Names the open page in the browser's title and, unless `crumb` is false, in the breadcrumb, while it is mounted. */
export function usePageTitle(title: string, crumb: string | boolean = true): void {
  // Not of the address, which changes before the next page is there.
  const path = useMatch({ strict: false, shouldThrow: false, select: ({ pathname }) => pathname })
  useEffect(() => {
    setTabTitle(`${title} · Keyferry`)
    open.set({ title, crumb: crumb === true ? title : crumb === false ? undefined : crumb, path })
    return () => open.set({})
  }, [title, crumb, path])
}

export const useCrumb = (): string | undefined => useSelected(open, ({ crumb }) => crumb)

/** The address of the page that gave the crumb. */
export const useCrumbPath = (): string | undefined => useSelected(open, ({ path }) => path)

/** Undefined while the next page is on its way. */
export const useOpenTitle = (): string | undefined => useSelected(open, ({ title }) => title)
