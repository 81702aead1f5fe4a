import { StartupError } from './startup-error.ts'

interface Port {
  /** The variable that sets it. */
  setting: 'PORT' | 'METRICS_PORT'
  port: number
  host: string
}

/** Why a port cannot be listened on, as `StartupError` where that is known; else the error itself. */
export function refusedPort(error: unknown, { setting, port, host }: Port): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return new StartupError(`Port ${port} is in use by another program. Stop it, or set ${setting} to a free one.`)
  if (code === 'EACCES')
    return new StartupError(`Port ${port} requires more privileges. Set ${setting} to 1024 or higher.`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new StartupError(`HOST=${host} is not an address of this machine.`)
  return error
}
