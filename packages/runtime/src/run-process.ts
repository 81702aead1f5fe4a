import { StartupError } from './startup-error.ts'

/** Something that serves until it is stopped. */
export interface Service {
  /** Ends it in order: nothing that was accepted is lost. Bounded in time. */
  stop(): Promise<void>
}

/**
 * Runs a service as this process: the first SIGTERM or SIGINT stops it in order and exits 0; a second one, or one while
 * it starts, exits immediately. When it cannot start, the reason is printed, without a stack when it is one a person
 * can act on, and the process exits 1.
 */
export async function runProcess(start: () => Promise<Service>): Promise<void> {
  // Whatever is written is for this user only, also in a data directory that others may enter.
  process.umask(0o077)
  let service: Service | null = null
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping || !service) process.exit(signal === 'SIGINT' ? 130 : 143)
    stopping = true
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(stackOf(error))
        process.exit(1)
      },
    )
  }
  // Before the start: process 1 of a container ignores signals that it does not handle.
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  try {
    service = await start()
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : stackOf(error))
    process.exit(1)
  }
}

/** Not the error itself: one of a database carries its client and the row it refused. */
const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
