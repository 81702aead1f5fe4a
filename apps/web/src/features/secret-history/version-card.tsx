import { Eye, EyeOff, FileDiff, RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { ShownValue } from '../../components/values/shown-value.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import type { SecretVersion } from '../../lib/server/types.ts'
import { words } from './words.ts'

const VersionDiff = onDemand(async () => (await import('./version-diff.tsx')).VersionDiff)

interface Props {
  version: SecretVersion
  /** What it is called now. */
  secretKey: string
  newest: boolean
  /** Undefined while it is hidden. */
  value: string | undefined
  restoring: boolean
  mayNotRead: string | undefined
  mayNotRestore: string | undefined
  /** Both values, while what changed up to the present one is shown. */
  compared: { before: string; after: string } | undefined
  onReveal: () => void
  onCompare: () => void
  onHide: () => void
  onRestore: () => void
  /** Where it went. */
  delivered: ReactNode
}

/** One version of a secret: who wrote it and when, comment, tags and metadata, and the value when it is revealed. */
export function VersionCard({ version: shown, secretKey, newest, value, compared, restoring, ...rest }: Props) {
  const { key, version, deleted, createdAt, createdBy } = shown
  const open = value !== undefined
  return (
    <li aria-label={words.versionCard.versionNamed(version)} className="grid gap-2 rounded-lg border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium tabular-nums">{words.versionCard.versionNamed(version)}</span>
        {newest && !deleted && <Badge tone="good">{words.versionCard.current}</Badge>}
        {deleted && <Badge tone="bad">{words.versionCard.deleted}</Badge>}
        <span className="ml-auto text-sm text-soft">
          <Time iso={createdAt} />
        </span>
      </div>
      <p className="text-sm wrap-anywhere text-soft">{words.versionCard.by(createdBy)}</p>
      {key !== secretKey && (
        <p className="text-sm text-soft">
          {words.versionCard.formerKey} <span className="font-mono break-all text-ink">{key}</span>.
        </p>
      )}
      {!deleted && <Beside version={shown} />}
      {rest.delivered}
      {open && (
        <code className="max-h-48 overflow-auto rounded-md bg-sunken p-2 font-mono text-sm break-all whitespace-pre-wrap">
          <ShownValue value={value} isOneLine={false} />
        </code>
      )}
      {compared && <VersionDiff {...compared} />}
      {!deleted && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" denied={rest.mayNotRead} onClick={open ? rest.onHide : rest.onReveal}>
            {open ? <EyeOff aria-hidden className="size-3.5" /> : <Eye aria-hidden className="size-3.5" />}
            {open ? words.versionCard.hide : words.versionCard.reveal}
          </Button>
          {!newest && (
            <Button
              size="sm"
              denied={rest.mayNotRead}
              aria-pressed={compared !== undefined}
              onClick={compared ? rest.onHide : rest.onCompare}
            >
              <FileDiff aria-hidden className="size-3.5" /> {words.versionCard.compareWithCurrent}
            </Button>
          )}
          {!newest && (
            <Button size="sm" busy={restoring} denied={rest.mayNotRestore} onClick={rest.onRestore}>
              <RotateCcw aria-hidden className="size-3.5" /> {words.versionCard.restore}
            </Button>
          )}
        </div>
      )}
    </li>
  )
}

/** Nothing where there was nothing, or where it was not kept then. */
function Beside({ version: { comment, metadata, tags } }: { version: SecretVersion }) {
  return (
    <>
      {tags !== null && tags.length > 0 && (
        <ul aria-label={words.versionCard.tags} className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li key={tag}>
              <Badge>{tag}</Badge>
            </li>
          ))}
        </ul>
      )}
      {comment !== null && comment !== '' && <p className="text-sm break-words whitespace-pre-wrap">{comment}</p>}
      {metadata !== null && metadata.length > 0 && (
        <dl
          aria-label={words.versionCard.metadata}
          className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm"
        >
          {metadata.map((each, index) => (
            // A key may stand there twice.
            <div key={index} className="col-span-2 grid grid-cols-subgrid">
              <dt className="wrap-anywhere text-soft">{each.key}</dt>
              <dd className="wrap-anywhere">{each.value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}
