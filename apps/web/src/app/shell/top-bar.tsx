import { Link, useLocation, useParams } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { useCrumb } from '../../lib/pages/crumbs.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { NotificationBell } from './notification-bell.tsx'
import { words } from '../words.ts'

const NavDrawer = onDemand(async () => (await import('./nav-drawer.tsx')).NavDrawer)

/** Of several parts, only the last is the open page. */
const SECTION = { exact: true, includeSearch: false }
const mac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Where you are, and the way to everywhere else. */
export function TopBar({ projectId, onSearch }: { projectId: string | undefined; onSearch: () => void }) {
  const [drawer, setDrawer] = useState(false)
  return (
    // As the page, since the gutter beside it has that colour too. Its line ends with the content, before the gutter.
    <header className="sticky top-0 z-20 flex h-13 items-center gap-2 bg-canvas px-3 after:absolute after:inset-x-0 after:bottom-0 after:h-px after:bg-line md:px-8 md:after:inset-x-8">
      <Button
        variant="ghost"
        size="icon"
        className="md:hidden"
        aria-label={words.topBar.openNavigation}
        aria-haspopup="dialog"
        aria-expanded={drawer}
        onClick={() => setDrawer(true)}
      >
        <MenuIcon aria-hidden className="size-5" />
      </Button>
      {drawer && <NavDrawer projectId={projectId} onClose={() => setDrawer(false)} />}
      <Breadcrumb projectId={projectId} />
      <Button className="ml-auto gap-2 text-soft max-sm:size-9 max-sm:px-0" onClick={onSearch}>
        <Search aria-hidden className="size-4" />
        <span className="max-sm:sr-only">{words.topBar.search}</span>
        <kbd
          aria-hidden
          className="rounded border border-line bg-sunken px-1 font-sans text-xs text-soft max-sm:hidden"
        >
          {mac ? '⌘' : words.topBar.ctrl} K
        </kbd>
      </Button>
      <NotificationBell />
    </header>
  )
}

function Breadcrumb({ projectId }: { projectId: string | undefined }) {
  const { pathname } = useLocation()
  const { environment } = useParams({ strict: false })
  const crumb = useCrumb()
  const { data: project } = trpc.projects.get.useQuery(
    { projectId: projectId ?? '' },
    { enabled: projectId !== undefined },
  )
  const section = pathname.split('/')[3]
  const parts: ReactNode[] = []

  if (projectId !== undefined) {
    parts.push(
      <Link to="/p/$projectId" params={{ projectId }} activeOptions={SECTION} className="truncate" dir="auto">
        {project?.name ?? '…'}
      </Link>,
    )
    if (section === 'secrets')
      parts.push(
        <Link to="/p/$projectId/secrets" params={{ projectId }} activeOptions={SECTION} className="truncate">
          {words.topBar.secrets}
        </Link>,
      )
    if (section === 'syncs')
      parts.push(
        <Link to="/p/$projectId/syncs" params={{ projectId }} activeOptions={SECTION} className="truncate">
          {words.topBar.syncs}
        </Link>,
      )
    if (section === 'connections')
      parts.push(
        <Link to="/p/$projectId/connections" params={{ projectId }} activeOptions={SECTION} className="truncate">
          {words.topBar.connections}
        </Link>,
      )
    if (section === 'access')
      parts.push(
        <Link to="/p/$projectId/access" params={{ projectId }} activeOptions={SECTION} className="truncate">
          {words.topBar.access}
        </Link>,
      )
    if (section === 'secrets' && environment !== undefined) {
      parts.push(
        <Link
          to="/p/$projectId/secrets/$environment"
          params={{ projectId, environment }}
          activeOptions={{ exact: true }}
          className="truncate"
        >
          {environment}
        </Link>,
      )
    }
  }
  if (projectId === undefined && pathname.startsWith('/connections'))
    parts.push(
      <Link to="/connections" activeOptions={SECTION} className="truncate">
        {words.topBar.connections}
      </Link>,
    )
  if (crumb !== undefined)
    parts.push(
      <span aria-current="page" dir="auto" className="truncate">
        {crumb}
      </span>,
    )
  return (
    <nav aria-label={words.topBar.breadcrumb} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5 text-sm text-soft">
        {parts.map((part, index) => (
          <li
            key={index}
            className="flex min-w-0 items-center gap-1.5 not-first:last:shrink-99 not-first:last:min-w-20 not-first:not-last:max-w-40 not-first:not-last:shrink-0 not-last:max-sm:hidden last:font-medium last:text-ink [&>a:hover]:text-ink"
          >
            {index > 0 && (
              <span aria-hidden className="shrink-0 text-faint max-sm:hidden">
                /
              </span>
            )}
            {part}
          </li>
        ))}
      </ol>
    </nav>
  )
}
