import { useEffect, useRef, useState } from 'react'
import { issuesOf, messageOf, nameOf } from '../../../lib/server/errors.ts'
import { useOneAtATime } from '../../../lib/forms/one-at-a-time.ts'
import { withLineEndsOf } from '../../../lib/values/line-ends.ts'
import { readSecret, type ReadValue } from '../../../lib/server/read-value.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { useUnsaved } from '../../../lib/forms/unsaved.ts'
import { words } from '../words.ts'
import { useEdited } from './edited.ts'

interface Edited {
  place: FolderRef
  secretKey: string
  /** The present version; undefined where the page does not know it. */
  version: number | undefined
  onClose: () => void
}

/**
 * The edit of a value: what it began with, what is typed, and what somebody else saved meanwhile (`other`), which is
 * shown before it is overwritten.
 */
export function useValueEdit({ place, secretKey, version, onClose }: Edited) {
  const update = trpc.secrets.update.useMutation()
  /** What the edit began with, or what it is meant to replace. */
  const [base, setBase] = useState<ReadValue>()
  const [other, setOther] = useState<ReadValue>()
  const [typed, setTyped] = useState<string>()
  /** The version that somebody saw who typed before the value came. */
  const [seen] = useState(version)
  const isTyped = useRef(false)
  const [problem, setProblem] = useState<string>()
  useUnsaved(typed !== undefined)
  useEdited(place, [secretKey], typed !== undefined)
  const [began] = useState(() => reading(place, secretKey))
  useEffect(() => {
    let isOpen = true
    const begin = (present: ReadValue): void => {
      setBase(present)
      if (isTyped.current && isNewer(present, seen)) setOther(present)
    }
    began.then(
      (present) => isOpen && begin(present),
      (error: unknown) => isOpen && setProblem(words.useValueEdit.couldNotBeRead(secretKey, messageOf(error))),
    )
    return () => {
      isOpen = false
    }
  }, [began, secretKey, seen])
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

  // The field says itself that it is the value.
  const report = (error: unknown) =>
    setProblem(issuesOf(error).find(({ path }) => path.at(-1) === 'value')?.message ?? messageOf(error))
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
  const type = (text: string) => {
    isTyped.current = true
    setTyped(text)
  }
  return { base, other, typed, problem, type, save, settle, isSaving: update.isPending }
}

/** Begins to read the secret. An editor that is closed before it is shown waits for no answer, and no failure. */
function reading(place: FolderRef, secretKey: string): Promise<ReadValue> {
  const answer = readSecret(place, secretKey)
  answer.catch(() => undefined)
  return answer
}

const isNewer = ({ version }: ReadValue, seen: number | undefined): boolean => seen !== undefined && version > seen
