import { nameOfDeletion, PendingNotice, usePendingDeletions } from '../../../components/deletion/pending-deletion.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import type { Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** The sync is removing what it wrote, and what waits for that. */
export function RemovalNotice({ sync }: { sync: Sync }) {
  const { removal, removeMessage, targetLabel } = sync
  if (removal === null) return null
  return (
    <>
      <div role="status">
        <Notice kind="warn" title={removal === 'delete' ? words.removalNotice.deleting : words.removalNotice.removing}>
          {removal === 'delete'
            ? words.removalNotice.deletingText(targetLabel)
            : words.removalNotice.removingText(targetLabel)}
          {removeMessage !== null && words.removalNotice.notYet(removeMessage)}
        </Notice>
      </div>
      {removal === 'delete' && <Waiting sync={sync} />}
    </>
  )
}

/** What is deleted once the sync has gone. */
function Waiting({ sync: { projectId, id } }: { sync: Sync }) {
  return usePendingDeletions(projectId)
    .filter(({ syncs }) => syncs.some((each) => each.id === id))
    .map((deletion) => (
      <PendingNotice
        key={deletion.subjectId}
        what={nameOfDeletion(deletion)}
        projectId={projectId}
        deletion={deletion}
      />
    ))
}
