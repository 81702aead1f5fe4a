import { Link2 } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useEffect, useState } from 'react'
import { messageOf } from '../../lib/errors.ts'
import { direct } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'

/** How long a resolved value stays on the screen. */
const SHOWN_MS = 30_000

/** The references in a value; on request, what it becomes with them filled in. */
export function ResolvedValue({
  place,
  secretKey,
  references,
}: {
  place: FolderRef
  secretKey: string
  references: readonly string[]
}) {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (!open) return
    const timer = setTimeout(() => setOpen(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [open])

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={`Resolve ${secretKey}, refers to ${references.join(', ')}`}
        className="flex min-w-4 shrink-[3] items-center gap-1 rounded text-xs text-accent hover:underline"
      >
        <Link2 aria-hidden className="size-3.5 shrink-0" />
        <span className="truncate">{references.join(', ')}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={`Resolved value of ${secretKey}`}
          className="z-40 grid w-96 max-w-[calc(100vw-2rem)] gap-2 rounded-lg border border-line bg-surface p-3 shadow-float"
        >
          <Resolved place={place} secretKey={secretKey} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** Fetches when it appears and forgets when it closes. */
function Resolved({ place, secretKey }: { place: FolderRef; secretKey: string }) {
  const [answer, setAnswer] = useState<{ value: string } | { problem: string }>()

  useEffect(() => {
    let here = true
    direct.secrets.get.query({ ...place, key: secretKey, expandReferences: true }).then(
      ({ value }) => here && setAnswer({ value: value ?? '' }),
      (error: unknown) => here && setAnswer({ problem: messageOf(error) }),
    )
    return () => {
      here = false
    }
  }, [place, secretKey])

  return (
    <>
      <p className="text-xs text-soft">What syncs send for {secretKey}</p>
      {answer === undefined ? (
        <p className="text-sm text-soft">Resolving…</p>
      ) : 'problem' in answer ? (
        <p role="alert" className="text-sm text-bad">
          {answer.problem}
        </p>
      ) : (
        <code className="max-h-60 overflow-auto rounded-md bg-sunken p-2 font-mono text-sm break-all whitespace-pre-wrap">
          {answer.value}
        </code>
      )}
    </>
  )
}
