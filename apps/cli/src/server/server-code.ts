import { Failure } from '../failure.ts'

/**
 * The server's code, which `load` imports. The packed command line comes without it: throws `Failure` that says how to
 * get it.
 */
export const serverCode = <Code>(load: () => Promise<Code>): Promise<Code> =>
  load().catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new Failure(
        'This needs the code of the server, the package keyferry-server, which is not installed beside this one',
        'Install keyferry-server of the same version beside it (docs/deploying.md), or run the command where the instance is installed.',
      )
    throw error
  })
