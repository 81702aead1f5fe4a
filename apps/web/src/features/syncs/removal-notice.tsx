import { PendingNotice, usePendingDeletions } from '../../components/pending-deletion.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { PendingDeletion, Sync } from '../../lib/types.ts'

/** The sync is removing what it wrote, and what waits for that. */
export function RemovalNotice({ sync }: { sync: Sync }) {
  const { removal, removeMessage, targetLabel } = sync
  if (removal === null) return null
  return (
    <>
      <div role="status">
        <Notice
          kind="warn"
          title={removal === 'delete' ? 'This sync is being deleted' : 'What it wrote is being removed'}
        >
          {removal === 'delete'
            ? `It is deleted once its keys are removed from ${targetLabel}.`
            : `What it wrote to ${targetLabel} is removed there; the sync stays.`}
          {removeMessage !== null && ` Not yet: ${removeMessage}`}
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
      <PendingNotice key={deletion.subjectId} what={nameOf(deletion)} projectId={projectId} deletion={deletion} />
    ))
}

const nameOf = ({ kind, environment, secretPath }: PendingDeletion): string =>
  kind === 'project'
    ? 'This project'
    : kind === 'environment'
      ? `Environment ${environment}`
      : `Folder ${environment}:${secretPath}`
