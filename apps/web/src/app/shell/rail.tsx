import { Link, useRouter } from '@tanstack/react-router'
import { BookOpen, LayoutGrid, LogOut, Plug, UserRound, UserRoundCog, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Brand } from '../../components/brand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuItem, MenuLabel } from '../../components/ui/menu.tsx'
import { useRights } from '../../lib/session/rights.ts'
import { useSyncsInTrouble } from '../../lib/lists/syncs-in-trouble.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { ProjectSwitcher } from './project-switcher.tsx'
import { sectionsOf } from '../sections.ts'
import { ThemeMenu } from './theme-menu.tsx'
import { useSignOut } from '../use-sign-out.ts'
import { words } from '../words.ts'

const link =
  'flex items-center gap-2.5 rounded-md px-2.5 py-1.5 text-base font-medium text-soft hover:bg-sunken hover:text-ink data-[status=active]:bg-accent-tint data-[status=active]:text-accent'

const Item = ({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) => (
  <>
    <Icon aria-hidden className="size-4" />
    {children}
  </>
)

/** The left rail. `onNavigate` lets the small-screen drawer close itself. */
export function Rail({ projectId, onNavigate }: { projectId: string | undefined; onNavigate?: () => void }) {
  const { rights } = useRights(projectId ?? '')
  const trouble = useSyncsInTrouble(projectId)
  return (
    <div className="flex h-full flex-col gap-4 overflow-y-auto p-3">
      <Link to="/" onClick={onNavigate} className="w-fit rounded-md px-1.5 pt-1" aria-label={words.rail.keyferry}>
        <Brand />
      </Link>
      <ProjectSwitcher projectId={projectId} onNavigate={onNavigate} />
      {projectId === undefined && (
        <nav aria-label={words.rail.main} className="grid gap-0.5">
          <Link to="/projects" activeOptions={{ exact: true }} className={link} onClick={onNavigate}>
            <Item icon={LayoutGrid}>{words.rail.projects}</Item>
          </Link>
          {rights?.may('instance.manage') && (
            <Link to="/connections" className={link} onClick={onNavigate}>
              <Item icon={Plug}>{words.rail.connections}</Item>
            </Link>
          )}
        </nav>
      )}
      {projectId !== undefined && (
        <nav aria-label={words.rail.main} className="grid gap-0.5">
          {sectionsOf(rights).map(({ to, name, icon }) => (
            <Link
              key={to}
              to={to}
              params={{ projectId }}
              // The other sections are below it.
              activeOptions={{ exact: to === '/p/$projectId', includeSearch: false }}
              className={link}
              onClick={onNavigate}
            >
              <Item icon={icon}>{name}</Item>
              {to === '/p/$projectId/syncs' && trouble > 0 && (
                <span className="ml-auto rounded-full bg-bad px-1.5 text-xs font-semibold text-on-bad tabular-nums">
                  {trouble}
                  <span className="sr-only"> {words.rail.needAttention}</span>
                </span>
              )}
            </Link>
          ))}
        </nav>
      )}
      <div className="mt-auto grid gap-0.5 border-t border-line pt-3">
        <a href="/api/docs" target="_blank" rel="noreferrer" className={link}>
          <Item icon={BookOpen}>{words.rail.apiDocs}</Item>
        </a>
        <ThemeMenu />
        <Person onNavigate={onNavigate} />
      </div>
    </div>
  )
}

function Person({ onNavigate }: { onNavigate: (() => void) | undefined }) {
  const router = useRouter()
  const me = trpc.instance.me.useQuery()
  const signOut = useSignOut()
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <Button variant="ghost" className="justify-start gap-2.5 px-2.5 font-medium">
          <UserRound aria-hidden className="size-4" />
          <span className="truncate">{me.data?.email ?? words.rail.account}</span>
        </Button>
      }
    >
      <MenuLabel>{me.data?.organization.name ?? words.rail.account}</MenuLabel>
      <MenuItem
        onSelect={() => {
          onNavigate?.()
          void router.navigate({ to: '/account' })
        }}
      >
        <UserRoundCog aria-hidden className="size-4" /> {words.rail.yourAccount}
      </MenuItem>
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden className="size-4" /> {words.rail.signOut}
      </MenuItem>
      <Version />
    </Menu>
  )
}

/** Requested when the menu opens. */
function Version() {
  const { data } = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  if (data?.version === undefined) return null
  return (
    <MenuLabel>
      {words.rail.version(data.version)}
      {data.newerVersion !== undefined && <span className="block">{words.rail.newer(data.newerVersion)}</span>}
    </MenuLabel>
  )
}
