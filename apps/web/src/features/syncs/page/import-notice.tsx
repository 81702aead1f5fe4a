import { Time } from '../../../components/time.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import type { Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** What became of the last import, where it did not take everything. */
export function ImportNotice({ sync: { importState, importMessage, importedAt } }: { sync: Sync }) {
  if (importState === 'pending') return <Notice title={words.importNotice.title}>{words.importNotice.text}</Notice>
  if (importMessage === null) return null
  if (importState === 'failed')
    return (
      <Notice kind="bad" title={words.importNotice.lastImportFailed}>
        {importMessage}
      </Notice>
    )
  return (
    <Notice title={words.importNotice.imported}>
      <p className="first-letter:uppercase">
        {importedAt !== null && (
          <>
            <Time iso={importedAt} /> ·{' '}
          </>
        )}
        {importMessage}
      </p>
    </Notice>
  )
}
