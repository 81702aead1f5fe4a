/** The whole product in a process of its own, on the data directory of the first argument. Started by delivery.ts. */
import { readEnv } from '@keyferry/runtime'
import { startKeyferry } from '@keyferry/server'

const [, , dataDir] = process.argv
if (dataDir === undefined) throw new Error('Name the data directory.')
const env = { PORT: '0', KEYFERRY_DATA_DIR: dataDir, KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true', LOG_LEVEL: 'error' }
const keyferry = await startKeyferry(readEnv(env))
process.on('disconnect', () => void keyferry.stop().finally(() => process.exit(0)))
process.send?.(keyferry.url)
