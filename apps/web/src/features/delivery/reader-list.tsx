import type { SecretReader } from '@keyferry/schemas'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { words } from './words.ts'

/** Who read the value, by the audit log. */
export function ReaderList({ readers, since }: { readers: readonly SecretReader[]; since: string }) {
  return (
    <section className="grid gap-2">
      <h3 className="text-sm font-semibold">{words.readerList.readers}</h3>
      {readers.length === 0 ? (
        <p className="text-sm text-soft">
          {words.readerList.nobodyReadValueSince} <Time iso={since} />.
        </p>
      ) : (
        <ul className="grid gap-1 text-sm">
          {readers.map(({ actor, readAt, isNewest }) => (
            <li key={`${actor.kind} ${actor.id}`} className="flex flex-wrap items-center gap-2">
              <span className="font-medium wrap-anywhere">{actor.name}</span>
              <span className="text-soft">
                {actor.kind === 'identity' ? words.readerList.machine : ''}
                {words.readerList.lastRead} <Time iso={readAt} />
              </span>
              <span className="ml-auto">
                <Badge tone={isNewest ? 'good' : 'warn'}>
                  {isNewest ? words.readerList.hasValue : words.readerList.readOldValue}
                </Badge>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
