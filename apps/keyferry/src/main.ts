/** `pnpm start`: the whole of Keyferry in one process. */
import { readEnv, runProcess } from '@keyferry/instance'
import { startKeyferry } from './start.ts'

await runProcess(async () => {
  const running = await startKeyferry(readEnv(process.env))
  console.log(`Keyferry serves on ${running.url}${running.initialized ? '' : ' · open it to create the first account'}`)
  return running
})
