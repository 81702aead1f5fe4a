import { joinPath } from '@keyferry/schemas/secret-path'
import { LinkedText } from '../../components/linked-text.tsx'
import { FolderLink } from '../../components/folder-link.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { cn } from '../../lib/cn.ts'
import type { Restored } from './use-restore.ts'
import { words } from './words.ts'

/** What came back and where it is now, and by name what did not, with the reason. */
export function RestoreResult({ projectId, result }: { projectId: string; result: Restored | undefined }) {
  const { back = [], refused = [] } = result ?? {}
  const leftOut = back.flatMap(({ item, leftOut }) => leftOut.map((what) => `${item.name}: ${what}`))
  return (
    <div className={cn('grid gap-3', !result && 'sr-only')}>
      {/* There before something comes back: screen readers announce only what changes in a region that they know. */}
      <div role="status">
        {back.length > 0 && (
          <Notice kind="good" title={words.restoreResult.restored(words.restoreResult.items(back.length))}>
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
        )}
      </div>
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
