import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { messageOf, nameOf } from '../../../lib/server/errors.ts'
import { useOneAtATime } from '../../../lib/forms/one-at-a-time.ts'
import { withLineEndsOf, withPlainLineEnds } from '../../../lib/values/line-ends.ts'
import { readSecret, type ReadValue } from '../../../lib/server/read-value.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { useUnsaved } from '../../../lib/forms/unsaved.ts'
import { ValueField } from './value-field.tsx'
import { words } from '../words.ts'

interface Props {
  place: FolderRef
  secretKey: string
  /** The present version; undefined where the page does not know it. */
  version: number | undefined
  onClose: () => void
}

/**
 * Edits a value in place. It opens at once and is filled when the value has come, selected as a whole: what is typed
 * replaces it, whichever comes first. What somebody else saved meanwhile is shown before it is overwritten.
 */
export function ValueEditor({ place, secretKey, version, onClose }: Props) {
  const update = trpc.secrets.update.useMutation()
  const field = useRef<HTMLTextAreaElement>(null)
  /** What the edit began with, or what it is meant to replace. */
  const [base, setBase] = useState<ReadValue>()
  const [other, setOther] = useState<ReadValue>()
  const [typed, setTyped] = useState<string>()
  /** The version that somebody saw who typed before the value came. */
  const [seen] = useState(version)
  const isTyped = useRef(false)
  const [problem, setProblem] = useState<string>()
  useUnsaved(typed !== undefined)
  const [began] = useState(() => reading(place, secretKey))
  useEffect(() => {
    let isOpen = true
    const begin = (present: ReadValue): void => {
      setBase(present)
      if (isTyped.current && isNewer(present, seen)) setOther(present)
    }
    began.then(
      (present) => isOpen && begin(present),
      (error: unknown) => isOpen && setProblem(words.valueEditor.couldNotBeRead(secretKey, messageOf(error))),
    )
    return () => {
      isOpen = false
    }
  }, [began, secretKey, seen])
  const isUntouched = base !== undefined && typed === undefined
  // With the value, before the next key press, which would be added to its end.
  useLayoutEffect(() => {
    if (isUntouched) field.current?.select()
  }, [isUntouched])
  useEffect(() => {
    if (!base || version === undefined || version <= base.version) return
    let isOpen = true
    // What can't be read now is said when it is saved.
    readSecret(place, secretKey).then(
      (present) => isOpen && setOther(present),
      () => undefined,
    )
    return () => {
      isOpen = false
    }
  }, [place, secretKey, version, base])

  const report = (error: unknown) => setProblem(messageOf(error))
  const save = useOneAtATime(async () => {
    if (other) return
    if (typed === undefined) return onClose()
    setProblem(undefined)
    try {
      const before = base ?? (await began)
      if (!base && isNewer(before, seen)) return
      const value = withLineEndsOf(before.value, typed)
      if (value !== before.value)
        await update.mutateAsync({ ...place, key: secretKey, ifVersion: before.version, value })
      await markStale('secrets.update')
      onClose()
    } catch (error) {
      if (nameOf(error) === 'Conflict') await readSecret(place, secretKey).then(setOther, report)
      else report(error)
    }
  })
  const settle = (present: ReadValue, isMine: boolean) => {
    setBase(present)
    setOther(undefined)
    if (!isMine) setTyped(undefined)
  }
  return (
    <form
      data-wide
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      className="grid min-w-0 grid-cols-1 gap-2 py-1 sm:w-full"
    >
      <ValueField
        label={words.valueEditor.newValue(secretKey)}
        place={place}
        ref={field}
        autoFocus
        isLoading={base === undefined && problem === undefined}
        value={typed ?? withPlainLineEnds(base?.value ?? '')}
        onChange={(text) => {
          isTyped.current = true
          setTyped(text)
        }}
        onSave={save}
        onCancel={onClose}
        error={problem}
      />
      {other ? (
        <Notice kind="bad" title={words.valueEditor.conflict(secretKey)}>
          <p>{words.valueEditor.versionIs(other.version)}</p>
          <code className="block max-h-40 overflow-auto font-mono text-sm break-all whitespace-pre-wrap">
            {other.value}
          </code>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="sm" onClick={() => settle(other, true)}>
              {words.valueEditor.keepMyEdit}
            </Button>
            <Button size="sm" onClick={() => settle(other, false)}>
              {words.valueEditor.takeVersion(other.version)}
            </Button>
          </div>
        </Notice>
      ) : (
        <div className="flex gap-2">
          <Button type="submit" size="sm" variant="primary" busy={update.isPending}>
            {words.valueEditor.save}
          </Button>
          <Button size="sm" onClick={onClose}>
            {words.valueEditor.cancel}
          </Button>
        </div>
      )}
    </form>
  )
}

/** Begins to read the secret. An editor that is closed before it is shown waits for no answer, and no failure. */
function reading(place: FolderRef, secretKey: string): Promise<ReadValue> {
  const answer = readSecret(place, secretKey)
  answer.catch(() => undefined)
  return answer
}

const isNewer = ({ version }: ReadValue, seen: number | undefined): boolean => seen !== undefined && version > seen
