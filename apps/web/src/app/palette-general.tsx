import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { BookOpen, FolderPlus, History, Keyboard, Layers, Link2, LogOut, SunMoon, UserRoundCog } from 'lucide-react'
import { messageOf } from '../lib/errors.ts'
import { recentPages } from '../lib/recent-pages.ts'
import { useRights } from '../lib/rights.ts'
import { setTheme, THEMES } from '../lib/theme.ts'
import { toast } from '../lib/toast.ts'
import { trpc } from '../lib/trpc.ts'
import { group, Item } from './palette-item.tsx'
import { useSignOut } from './use-sign-out.ts'

interface Props {
  projectId: string | undefined
  go: (to: Promise<void>) => void
  onClose: () => void
  onSheet: () => void
  /** Opens an address of the console. */
  open: (href: string) => void
}

/** What is there on every page: where one was, other projects, the account, the look. */
export function GeneralCommands({ projectId, go, onClose, onSheet, open }: Props) {
  const router = useRouter()
  const { rights } = useRights(projectId ?? '')
  const { data: projects } = trpc.projects.list.useQuery()
  const signOut = useSignOut()
  const then = (action: () => unknown) => () => {
    onClose()
    action()
  }
  const copyLink = async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      toast.success('The link to this page is copied.')
    } catch (error) {
      toast.error(`The link was not copied: ${messageOf(error)}`)
    }
  }
  return (
    <>
      <Command.Group heading="Recent" className={group}>
        {recentPages().map(({ href, title }) => (
          <Item key={href} value={`${title} recent ${href}`} onSelect={then(() => open(href))}>
            <History aria-hidden /> <span className="truncate">{title}</span>
          </Item>
        ))}
      </Command.Group>
      <Command.Group heading="Projects" className={group}>
        {projects
          ?.filter(({ id }) => id !== projectId)
          .map(({ id, name }) => (
            <Item
              key={id}
              value={`${name} switch project ${id}`}
              onSelect={() => go(router.navigate({ to: '/p/$projectId', params: { projectId: id } }))}
            >
              <Layers aria-hidden /> <span className="truncate">{name}</span>
            </Item>
          ))}
        {rights?.may('instance.manage') && (
          <Item value="new project" onSelect={() => go(router.navigate({ to: '/projects/new' }))}>
            <FolderPlus aria-hidden /> New project
          </Item>
        )}
      </Command.Group>
      <Command.Group heading="General" className={group}>
        <Item value="copy link to this page" onSelect={then(() => void copyLink())}>
          <Link2 aria-hidden /> Copy link to this page
        </Item>
        {THEMES.map(({ value, label }) => (
          <Item key={value} value={`${value} theme ${label} mode colours`} onSelect={then(() => setTheme(value))}>
            <SunMoon aria-hidden /> Theme: {label}
          </Item>
        ))}
        <Item value="keyboard shortcuts help keys" onSelect={then(onSheet)}>
          <Keyboard aria-hidden /> Keyboard shortcuts
        </Item>
        <Item
          value="api docs documentation help"
          onSelect={then(() => window.open('/api/docs', '_blank', 'noreferrer'))}
        >
          <BookOpen aria-hidden /> API docs
        </Item>
        <Item value="account your profile password" onSelect={() => go(router.navigate({ to: '/account' }))}>
          <UserRoundCog aria-hidden /> Your account
        </Item>
        <Item value="sign out log out leave" onSelect={then(() => void signOut())}>
          <LogOut aria-hidden /> Sign out
        </Item>
      </Command.Group>
    </>
  )
}
