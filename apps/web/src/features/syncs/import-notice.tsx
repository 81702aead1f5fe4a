import { Time } from '../../components/time.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'

/** What became of the last import, where it did not take everything. */
export function ImportNotice({ sync: { importState, importMessage, importedAt } }: { sync: Sync }) {
  if (importState === 'pending')
    return (
      <Notice title="The first sync begins with an import">It copies what the target holds into the folder.</Notice>
    )
  if (importMessage === null) return null
  if (importState === 'failed')
    return (
      <Notice kind="bad" title="The last import failed">
        {importMessage}
      </Notice>
    )
  return (
    <Notice title="Imported from the target">
      {importedAt !== null && <Time iso={importedAt} />}: {importMessage}
    </Notice>
  )
}
