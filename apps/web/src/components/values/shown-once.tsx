import { CopyButton } from './copy-button.tsx'
import { Notice } from '../ui/notice.tsx'
import { words } from '../words.ts'

/** Something that the server says once. It lives in the caller's state and nowhere else. */
export const ShownOnce = ({
  label,
  value,
  warning,
}: {
  /** Such as "API key". */
  label: string
  value: string
  warning: string
}) => (
  <div className="grid gap-3">
    <div className="flex items-start gap-2 rounded-lg border border-line bg-surface p-3">
      <code aria-label={label} className="min-w-0 flex-1 py-1 font-mono text-sm break-all">
        {value}
      </code>
      <CopyButton label={words.shownOnce.copy(label)} read={() => value} />
    </div>
    <Notice kind="warn" title={words.shownOnce.title}>
      {warning}
    </Notice>
  </div>
)
