import type { updateSync } from '@keyferry/schemas'
import type { ReactNode } from 'react'
import { toast } from '../../lib/toast.ts'
import type { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'
import { words } from './words.ts'

type Patch = Omit<z.input<typeof updateSync>, 'destination' | 'syncId'>

interface Props {
  sync: Sync
  title: string
  text?: string
  dirty: boolean
  /** What to change; undefined when what is typed is not valid. */
  patch: () => Patch | undefined | Promise<Patch | undefined>
  children: ReactNode
}

/** One part of a sync's settings, with its own save. */
export function SettingsCard({ sync, title, text, dirty, patch, children }: Props) {
  const update = trpc.syncs.update.useMutation({
    onSuccess: async () => {
      toast.success(words.settingsCard.saved(title))
      await markStale('syncs.update')
    },
  })
  const save = async () => {
    const change = await patch()
    if (change) update.mutate({ destination: sync.destination, syncId: sync.id, ...change })
  }
  return (
    <Section title={title} text={text}>
      <form
        className="grid max-w-2xl gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {update.error && <Notice kind="bad">{messageOf(update.error)}</Notice>}
        {children}
        <div>
          <Button
            type="submit"
            variant={dirty ? 'primary' : 'secondary'}
            disabled={!dirty}
            busy={update.isPending}
            aria-label={words.settingsCard.saveNamed(title.toLowerCase())}
          >
            {words.settingsCard.save}
          </Button>
        </div>
      </form>
    </Section>
  )
}
