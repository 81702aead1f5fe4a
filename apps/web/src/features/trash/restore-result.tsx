import { joinPath } from '@keyferry/schemas/secret-path'
import { LinkedText } from '../../components/linked-text.tsx'
import { FolderLink } from '../../components/folder-link.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Restored } from './use-restore.ts'
import { words } from './words.ts'

/** What came back and where it is now, and by name what did not, with the reason. */
export function RestoreResult({ projectId, result: { back, refused } }: { projectId: string; result: Restored }) {
  const leftOut = back.flatMap(({ item, leftOut }) => leftOut.map((what) => `${item.name}: ${what}`))
  return (
    <div className="grid gap-3">
      {back.length > 0 && (
        <div role="status">
          <Notice title={words.restoreResult.back(words.restoreResult.itemsAre(back.length))}>
            <ul className="flex flex-wrap gap-x-4 gap-y-1">
              {back.map(({ item: { id, kind, name }, environment, secretPath }) => (
                <li key={id} className="break-all">
                  {kind === 'secret' ? (
                    <FolderLink place={{ projectId, environment, secretPath }} secretKey={name} />
                  ) : (
                    <FolderLink place={{ projectId, environment, secretPath: joinPath(secretPath, name) }} />
                  )}
                </li>
              ))}
            </ul>
            {leftOut.length > 0 && <p className="mt-1">{words.restoreResult.without(leftOut.join(', '))}</p>}
          </Notice>
        </div>
      )}
      {refused.length > 0 && (
        <Notice kind="bad" title={words.restoreResult.refused(words.restoreResult.items(refused.length))}>
          <ul className="grid gap-1">
            {refused.map(({ item, reason, mentions }) => (
              <li key={item.id}>
                <FolderLink
                  place={{ projectId, environment: item.environment, secretPath: item.secretPath }}
                  {...(item.kind === 'secret' ? { secretKey: item.name } : {})}
                />
                : <LinkedText text={reason} mentions={mentions} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  )
}
