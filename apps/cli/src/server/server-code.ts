import manifest from '../../../../package.json' with { type: 'json' }
import { Failure } from '../failure.ts'

/** The command line itself runs on older ones. */
const OLDEST_NODE = manifest.engines.node.replace('>=', '')

/**
 * The server's code, which `load` imports. The packed command line comes without it: throws `Failure` that says how to
 * get it. Throws the same where this Node is too old for it.
 */
export async function serverCode<Code>(load: () => Promise<Code>): Promise<Code> {
  const { node } = process.versions
  if (node.localeCompare(OLDEST_NODE, 'en', { numeric: true }) < 0)
    throw new Failure(`The server does not run on Node ${node}`, `Use Node ${OLDEST_NODE} or newer.`)
  return load().catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new Failure(
        'This needs the code of the server, the package keyferry-server, which is not installed beside this one',
        'Install keyferry-server of the same version beside it (docs/deploying.md), or run the command where the instance is installed.',
      )
    throw error
  })
}
