/** Live events to the subscribers within one process. */
import { Unavailable, type Events } from '@keyferry/kernel'
import type { LiveEvent } from '@keyferry/schemas'

/** A subscriber that does not read keeps the newest event of this many things; beyond it events are missed. */
const KEPT = 1000

function subjectOf(event: LiveEvent): string {
  switch (event.kind) {
    case 'secrets':
      return event.folderId
    case 'deletion-ended':
      return event.subjectId
    case 'settings':
      return `${event.about} ${event.projectId} ${event.actorId}`
    case 'pauses':
      return event.projectId
    case 'sync':
    case 'sync-deleted':
      return event.syncId
  }
}

/**
 * The project whose subscribers get an event; null: those of every project. All of them show the name of a project, and
 * what belongs to none.
 */
const projectOf = (event: LiveEvent): string | null =>
  event.kind === 'settings' && event.about === 'project' ? null : event.projectId

interface Subscriber {
  push(event: LiveEvent): void
  /** Events did not come this way. */
  miss(): void
  end(): void
}

/** `listen` says that events are heard from now on, `miss` fails every subscription, `end` ends it. */
export function fanOut(): { events: Events; listen: () => void; miss: () => void; end: () => void } {
  /** By project: an event costs nothing to the subscribers of other projects. */
  const subscribers = new Map<string, Set<Subscriber>>()
  /** When the last event of a project came. Those before `listensSince` are none of it. */
  const lastAt = new Map<string, number>()
  let listensSince = performance.now()
  const listen = (): void => {
    listensSince = performance.now()
    lastAt.clear()
  }
  const each = (act: (subscriber: Subscriber) => void): void => {
    for (const ofProject of subscribers.values()) for (const subscriber of ofProject) act(subscriber)
  }
  return {
    events: {
      publish(event) {
        const projectId = projectOf(event)
        if (event.kind !== 'settings') lastAt.set(event.projectId, performance.now())
        if (projectId === null) each((subscriber) => subscriber.push(event))
        else for (const subscriber of subscribers.get(projectId) ?? []) subscriber.push(event)
      },
      quietMs: (projectId) => performance.now() - (lastAt.get(projectId) ?? listensSince),
      // It listens from this call on, not from the first read.
      subscribe(projectId, signal) {
        /** By what is to be read again: a newer event says all that an older one does. */
        const kept = new Map<string, LiveEvent>()
        let ended = signal.aborted
        let missed = false
        let awake = Promise.withResolvers<void>()
        const subscriber: Subscriber = {
          push(event) {
            const key = `${event.kind} ${subjectOf(event)}`
            kept.delete(key)
            kept.set(key, event)
            if (kept.size > KEPT) subscriber.miss()
            awake.resolve()
          },
          miss() {
            missed = true
            subscriber.end()
          },
          end() {
            ended = true
            const others = subscribers.get(projectId)
            if (others?.delete(subscriber) && others.size === 0) subscribers.delete(projectId)
            signal.removeEventListener('abort', subscriber.end)
            awake.resolve()
          },
        }
        if (!ended) {
          const others = subscribers.get(projectId) ?? new Set()
          subscribers.set(projectId, others.add(subscriber))
          signal.addEventListener('abort', subscriber.end)
        }
        return (async function* () {
          try {
            while (!ended) {
              const [oldest] = kept
              if (oldest) {
                const [key, event] = oldest
                kept.delete(key)
                yield event
                continue
              }
              awake = Promise.withResolvers()
              await awake.promise
            }
            if (missed) throw new Unavailable('Live events were missed. Read everything again.')
          } finally {
            subscriber.end()
          }
        })()
      },
    },
    listen,
    miss() {
      listen()
      each((subscriber) => subscriber.miss())
    },
    end: () => each((subscriber) => subscriber.end()),
  }
}
