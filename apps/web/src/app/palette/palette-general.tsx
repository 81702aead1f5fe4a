import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { BookOpen, FolderPlus, History, Keyboard, Layers, Link2, LogOut, SunMoon, UserRoundCog } from 'lucide-react'
import { messageOf } from '../../lib/server/errors.ts'
import { recentPages } from '../../lib/pages/recent-pages.ts'
import { useRights } from '../../lib/session/rights.ts'
import { setTheme, THEMES } from '../../lib/display/theme.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { group, Item } from './palette-item.tsx'
import { useSignOut } from '../use-sign-out.ts'
import { words } from '../words.ts'

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
      toast.success(words.paletteGeneral.linkCopied)
    } catch (error) {
      toast.error(words.paletteGeneral.linkNotCopied(messageOf(error)))
    }
  }
  return (
    <>
      <Command.Group heading={words.paletteGeneral.recent} className={group}>
        {recentPages().map(({ href, title }) => (
          <Item key={href} value={words.paletteGeneral.recentSearched(title, href)} onSelect={then(() => open(href))}>
            <History aria-hidden /> <span className="truncate">{title}</span>
          </Item>
        ))}
      </Command.Group>
      <Command.Group heading={words.paletteGeneral.projects} className={group}>
        {projects
          ?.filter(({ id }) => id !== projectId)
          .map(({ id, name }) => (
            <Item
              key={id}
              value={words.paletteGeneral.projectSearched(name, id)}
              onSelect={() => go(router.navigate({ to: '/p/$projectId', params: { projectId: id } }))}
            >
              <Layers aria-hidden /> <span className="truncate">{name}</span>
            </Item>
          ))}
        {rights?.may('instance.manage') && (
          <Item
            value={words.paletteGeneral.newProjectSearched}
            onSelect={() => go(router.navigate({ to: '/projects/new' }))}
          >
            <FolderPlus aria-hidden /> {words.paletteGeneral.newProject}
          </Item>
        )}
      </Command.Group>
      <Command.Group heading={words.paletteGeneral.general} className={group}>
        <Item value={words.paletteGeneral.copyLinkSearched} onSelect={then(() => void copyLink())}>
          <Link2 aria-hidden /> {words.paletteGeneral.copyLinkPage}
        </Item>
        {THEMES.map(({ value, label }) => (
          <Item
            key={value}
            value={words.paletteGeneral.themeSearched(value, label)}
            onSelect={then(() => setTheme(value))}
          >
            <SunMoon aria-hidden /> {words.paletteGeneral.theme(label)}
          </Item>
        ))}
        <Item value={words.paletteGeneral.shortcutsSearched} onSelect={then(onSheet)}>
          <Keyboard aria-hidden /> {words.paletteGeneral.keyboardShortcuts}
        </Item>
        <Item
          value={words.paletteGeneral.apiDocsSearched}
          onSelect={then(() => window.open('/api/docs', '_blank', 'noreferrer'))}
        >
          <BookOpen aria-hidden /> {words.paletteGeneral.apiDocs}
        </Item>
        <Item value={words.paletteGeneral.accountSearched} onSelect={() => go(router.navigate({ to: '/account' }))}>
          <UserRoundCog aria-hidden /> {words.paletteGeneral.yourAccount}
        </Item>
        <Item value={words.paletteGeneral.signOutSearched} onSelect={then(() => void signOut())}>
          <LogOut aria-hidden /> {words.paletteGeneral.signOut}
        </Item>
      </Command.Group>
    </>
  )
}
