#!/usr/bin/env node
import module from 'node:module'

// Before anything else is loaded: a command takes about as long as its modules take to compile.
// Node 20 has none.
module.enableCompileCache?.()
// Its reader has enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})
const { run } = await import('./program.ts')
process.exitCode = await run(process.argv.slice(2), process.env, process)
