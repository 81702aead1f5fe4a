/** Pages that this tab had open, for the way back. In the tab's own storage, which signing out empties. */
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useCrumb, useCrumbPath } from './crumbs.ts'

const KEY = 'keyferry.recent-pages'
const MOST = 8

interface RecentPage {
  href: string
  title: string
}

/** The latest first, without the open one. */
export function recentPages(): RecentPage[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
  return Array.isArray(stored) ? stored.filter(isPage).filter(({ href }) => href !== location.pathname) : []
}

const isPage = (value: unknown): value is RecentPage =>
  typeof value === 'object' &&
  value !== null &&
  'href' in value &&
  typeof value.href === 'string' &&
  'title' in value &&
  typeof value.title === 'string'

/** Remembers each page that names itself in the breadcrumb. */
export function useRememberPage(): void {
  const { pathname } = useLocation()
  const title = useCrumb()
  const path = useCrumbPath()
  useEffect(() => {
    if (title === undefined || path !== pathname) return
    const others = recentPages().filter(({ href }) => href !== pathname)
    sessionStorage.setItem(KEY, JSON.stringify([{ href: pathname, title }, ...others].slice(0, MOST)))
  }, [path, pathname, title])
}
