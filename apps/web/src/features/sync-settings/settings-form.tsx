import { useCallback, useRef, useState, type ReactNode } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Sync } from '../../lib/server/types.ts'
import { useUnsaved } from '../../lib/forms/unsaved.ts'
import { mergePatches, SettingsParts, type Part, type Patch } from './settings-parts.ts'
import { words } from './words.ts'

/** Sections of settings that are saved together, by one bar at the foot. */
export function SettingsForm({ sync, children }: { sync: Sync; children: ReactNode }) {
  const [changed, setChanged] = useState<readonly string[]>([])
  const [invalid, setInvalid] = useState<string>()
  /** When it changes, the sections show again what is stored. */
  const [version, setVersion] = useState(0)
  const showStored = () => setVersion((before) => before + 1)
  const parts = useRef(new Map<string, Part>())
  const update = trpc.syncs.update.useMutation({
    onSuccess: async () => {
      await markStale('syncs.update')
      showStored()
      toast.success(words.settingsForm.saved)
    },
  })
  useUnsaved(changed.length > 0)

  const register = useCallback((title: string, part: Part | null) => {
    if (part) parts.current.set(title, part)
    else parts.current.delete(title)
    setChanged([...parts.current.keys()])
    setInvalid(undefined)
  }, [])
  const save = async () => {
    const patches: Patch[] = []
    for (const [title, { patch }] of parts.current) {
      const change = await patch()
      if (!change) return setInvalid(title)
      patches.push(change)
    }
    update.mutate({ destination: sync.destination, syncId: sync.id, ...mergePatches(patches) })
  }
  const discard = () => {
    update.reset()
    showStored()
  }
  return (
    <SettingsParts value={register}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <div key={version} className="grid gap-4 2xl:grid-cols-2">
          {children}
        </div>
        {changed.length > 0 && (
          <div data-foot className="sticky bottom-0 z-10 -mx-1 grid gap-2 border-t border-line bg-canvas px-1 py-3">
            {update.error && <Notice kind="bad">{messageOf(update.error)}</Notice>}
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <p role="status" className="min-w-0 flex-1 basis-48 text-sm text-soft">
                {invalid === undefined
                  ? words.settingsForm.changed(changed.join(', '))
                  : words.settingsForm.check(invalid)}
              </p>
              <Button onClick={discard}>{words.settingsForm.discard}</Button>
              <Button type="submit" variant="primary" busy={update.isPending}>
                {words.settingsForm.save}
              </Button>
            </div>
          </div>
        )}
      </form>
    </SettingsParts>
  )
}
