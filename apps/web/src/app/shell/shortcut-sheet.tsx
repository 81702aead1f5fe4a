import type { ReactNode } from 'react'
import { Dialog } from '../../components/ui/dialog.tsx'
import type { Rights } from '../../lib/session/rights.ts'
import { sectionsOf } from '../sections.ts'
import { GO_KEYS, IN_ROW, ON_PAGE } from './shortcuts.ts'
import { words } from '../words.ts'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** What each key does. */
export function ShortcutSheet({ rights, onClose }: { rights: Rights | undefined; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={words.shortcutSheet.title}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls on a phone */}
      <div role="group" aria-label={words.shortcutSheet.title} tabIndex={0} className="grid gap-5">
        <Group title={words.shortcutSheet.everywhere}>
          <Line keys={[isMac ? '⌘' : 'Ctrl', 'K']}>{words.shortcutSheet.searchCommands}</Line>
          <Line keys={['?']}>{words.shortcutSheet.thisList}</Line>
          {/* The key of the library that shows them. */}
          <Line keys={[isMac ? '⌥' : 'Alt', 'T']}>{words.shortcutSheet.messages}</Line>
          {ON_PAGE.map(({ key, words }) => (
            <Line key={key} keys={[faceOf(key)]}>
              {words}
            </Line>
          ))}
        </Group>
        <Group title={words.shortcutSheet.table}>
          <Line keys={['J']}>{words.shortcutSheet.nextRow}</Line>
          <Line keys={['K']}>{words.shortcutSheet.previousRow}</Line>
          {IN_ROW.map(({ key, words }) => (
            <Line key={key} keys={[faceOf(key)]}>
              {words}
            </Line>
          ))}
        </Group>
        <Group title={words.shortcutSheet.goTo}>
          {sectionsOf(rights).map(({ to, name }) => (
            <Line key={to} keys={['G', faceOf(GO_KEYS[to])]}>
              {name}
            </Line>
          ))}
        </Group>
      </div>
    </Dialog>
  )
}

/** As it stands on the key. */
const faceOf = (key: string): string => (key.length === 1 ? key.toUpperCase() : key)

const Group = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="grid gap-1.5">
    <h3 className="text-xs font-medium text-faint">{title}</h3>
    <dl className="grid gap-1.5">{children}</dl>
  </section>
)

const Line = ({ keys, children }: { keys: readonly string[]; children: ReactNode }) => (
  <div className="flex items-center justify-between gap-4">
    <dt className="text-base">{children}</dt>
    <dd className="flex gap-1">
      {keys.map((key) => (
        <kbd key={key} className="rounded border border-line bg-sunken px-1.5 font-sans text-xs text-soft">
          {key}
        </kbd>
      ))}
    </dd>
  </div>
)
